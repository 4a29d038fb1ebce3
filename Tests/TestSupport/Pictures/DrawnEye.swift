/// An eye from close by, without its owner.
public enum DrawnEye {
  /// 400 × 300 pixels.
  public static func closeUp(seed: UInt64) -> Canvas {
    var canvas = Canvas(width: 400, height: 300, shade: 165)
    canvas.ellipse(200, 150, 190, 112, shade: 228, soft: 0.04)
    canvas.ellipse(200, 150, 92, 92, shade: 112, soft: 0.04)
    canvas.ellipse(200, 150, 66, 66, shade: 132, soft: 0.25)
    canvas.ellipse(200, 150, 38, 38, shade: 18, soft: 0.06)
    canvas.ellipse(185, 130, 9, 9, shade: 250, soft: 0.3)
    canvas.soften()
    canvas.grain(4, seed: seed)
    return canvas
  }
}
