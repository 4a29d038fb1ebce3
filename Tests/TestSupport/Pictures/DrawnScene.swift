/// What a lane camera sees, drawn: road, the front of a car, a driver behind the windscreen, a licence plate.
public enum DrawnScene {
  /// Three letters and four digits, none of them easily taken for another.
  public static func plateText(seed: UInt64) -> String {
    var random = SeededGenerator(seed: seed &+ 77)
    let letters = Array("ACEHKLMNPRTVXYZ")
    let digits = Array("23456789")
    func pick(_ all: [Character], _ n: Int) -> String {
      String((0..<n).map { _ in all[random.number(in: 0...(all.count - 1))] })
    }
    return pick(letters, 3) + " " + pick(digits, 4)
  }

  public static func plate(on canvas: inout Canvas, x: Float, y: Float, textHeight: Float, seed: UInt64) {
    let text = plateText(seed: seed)
    let margin = textHeight * 0.45
    let width = StrokeFont.width(text, height: textHeight)
    canvas.rectangle(x - margin * 1.3, y - margin, width + margin * 2.6, textHeight + margin * 2, shade: 60)
    canvas.rectangle(x - margin * 1.15, y - margin * 0.85, width + margin * 2.3, textHeight + margin * 1.7, shade: 232)
    StrokeFont.draw(text, on: &canvas, x: x, y: y, height: textHeight, thickness: textHeight / 6.5, shade: 25)
  }

  /// 640 × 480 pixels.
  public static func lane(seed: UInt64) -> Canvas {
    var canvas = Canvas(width: 640, height: 480, shade: 120)
    canvas.gradient(top: 165, bottom: 95)
    // Lane markings, body, windscreen.
    canvas.line(40, 470, 190, 200, thickness: 8, shade: 205)
    canvas.line(600, 470, 450, 200, thickness: 8, shade: 205)
    canvas.ellipse(320, 330, 255, 210, shade: 74, soft: 0.03)
    canvas.ellipse(320, 190, 205, 135, shade: 150, soft: 0.03)
    canvas.rectangle(80, 300, 480, 150, shade: 66)
    for side: Float in [-1, 1] {
      canvas.ellipse(320 + side * 190, 345, 40, 20, shade: 225, soft: 0.15)
      canvas.ellipse(320 + side * 190, 448, 48, 26, shade: 24, soft: 0.1)
    }
    DrawnFace.draw(on: &canvas, x: 320 + Float(seed % 5) * 12 - 24, y: 172, size: 104, seed: seed)
    canvas.rectangle(110, 285, 420, 36, shade: 80)
    canvas.line(150, 305, 490, 305, thickness: 3, shade: 120)
    let height: Float = 34
    let width = StrokeFont.width(plateText(seed: seed), height: height)
    plate(on: &canvas, x: 320 - width / 2, y: 372, textHeight: height, seed: seed)
    canvas.soften()
    canvas.grain(3, seed: seed)
    return canvas
  }

  /// What a plate camera sees: the rear of a car with its plate, and nobody. 480 × 240 pixels.
  public static func rear(seed: UInt64) -> Canvas {
    var canvas = Canvas(width: 480, height: 240, shade: 120)
    canvas.gradient(top: 140, bottom: 90)
    canvas.rectangle(30, 30, 420, 190, shade: 72)
    let height: Float = 44
    let width = StrokeFont.width(plateText(seed: seed), height: height)
    plate(on: &canvas, x: 240 - width / 2, y: 98, textHeight: height, seed: seed)
    canvas.soften()
    canvas.grain(3, seed: seed)
    return canvas
  }
}
