/// A face drawn from ellipses and lines: nobody's, and yet of the gradients a face detector looks for.
public enum DrawnFace {
  /// - Parameters:
  ///   - x: middle of the face.
  ///   - y: level of the nose's bridge.
  ///   - size: width of the head in pixels.
  ///   - seed: small differences of features and light.
  public static func draw(on canvas: inout Canvas, x: Float, y: Float, size: Float, seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    func vary(_ amount: Float) -> Float { Float(random.number(in: -100...100)) / 100 * amount }
    let s = size / 100
    let skin = 178 + vary(18)
    let hair = 45 + vary(20)
    func at(_ dx: Float, _ dy: Float) -> (Float, Float) { (x + dx * s, y + dy * s) }
    func oval(_ dx: Float, _ dy: Float, _ rx: Float, _ ry: Float, _ shade: Float, _ soft: Float, _ share: Float = 1) {
      canvas.ellipse(x + dx * s, y + dy * s, rx * s, ry * s, shade: shade, soft: soft, share: share)
    }
    // Neck and shoulders, hair, head.
    oval(0, 88, 26, 42, skin - 45, 0.1)
    oval(0, 150, 85, 52, 70 + vary(30), 0.06)
    oval(0, -8, 56, 66, hair, 0.06)
    oval(0, 8, 47, 62, skin, 0.05)
    // Light from the front: sides, temples and chin are darker.
    for side: Float in [-1, 1] {
      oval(side * 45, 12, 10, 46, skin - 55, 0.9, 0.7)
      oval(side * 26, 34, 11, 12, skin + 14, 0.9, 0.6)
    }
    oval(0, -30, 30, 16, skin + 20, 0.9, 0.7)
    oval(0, 66, 20, 6, skin - 40, 0.9, 0.6)
    // The hair's edge over the forehead.
    oval(0, -58, 46, 20, hair, 0.15)
    let eyes = 21 + vary(1)
    for side: Float in [-1, 1] {
      // Socket, brow, eye.
      oval(side * eyes, -4, 15, 9, skin - 62, 0.8, 0.85)
      let (bx0, by0) = at(side * (eyes - 12), -15 + vary(1))
      let (bx1, by1) = at(side * (eyes + 12), -16 + vary(1))
      canvas.line(bx0, by0, bx1, by1, thickness: 5.5 * s, shade: hair + 10)
      oval(side * eyes, -2, 9, 4.5, 215, 0.2)
      oval(side * eyes, -2, 4.6, 4.8, 28, 0.2)
      let (lx0, ly0) = at(side * (eyes - 10), -5)
      let (lx1, ly1) = at(side * (eyes + 10), -5)
      canvas.line(lx0, ly0, lx1, ly1, thickness: 2.4 * s, shade: 40)
      // Side and wing of the nose.
      oval(side * 9, 14, 4, 20, skin - 48, 0.9, 0.75)
      oval(side * 8, 28, 5, 4, skin - 78, 0.6, 0.9)
    }
    oval(0, 10, 5, 22, skin + 26, 0.8, 0.8)
    oval(0, 33, 12, 3.5, skin - 85, 0.8, 0.85)
    // Mouth.
    let mouth = 20 + vary(2)
    oval(0, 48, mouth, 6.5, skin - 62, 0.3)
    let (mx0, my0) = at(-mouth, 47)
    let (mx1, my1) = at(mouth, 47)
    canvas.line(mx0, my0, mx1, my1, thickness: 3 * s, shade: 50)
    oval(0, 58, 15, 3, skin - 40, 0.8, 0.7)
  }

  /// A portrait on a plain ground.
  public static func portrait(width: Int = 240, height: Int = 320, seed: UInt64) -> Canvas {
    var canvas = Canvas(width: width, height: height, shade: 120)
    canvas.gradient(top: 150, bottom: 110)
    draw(on: &canvas, x: Float(width) / 2, y: Float(height) * 0.42, size: Float(width) * 0.5, seed: seed)
    canvas.soften()
    canvas.grain(3, seed: seed)
    return canvas
  }
}
