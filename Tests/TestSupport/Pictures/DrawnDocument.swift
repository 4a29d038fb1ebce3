/// The data page of a travel document that was never issued: a drawn portrait, some print, a machine readable zone of
/// the specimen state `UTO`.
public enum DrawnDocument {
  /// 1000 × 700 pixels.
  public static func page(seed: UInt64) -> Canvas {
    var canvas = Canvas(width: 1000, height: 700, shade: 225)
    canvas.gradient(top: 232, bottom: 214)
    canvas.rectangle(60, 90, 260, 330, shade: 190)
    DrawnFace.draw(on: &canvas, x: 190, y: 230, size: 140, seed: seed)
    // What the shoulders hang over.
    canvas.rectangle(30, 420, 330, 130, shade: 221)
    for (n, text) in ["SPECIMEN", "UTOPIA", "L898902C3", "SAMPLE"].enumerated() {
      StrokeFont.draw(text, on: &canvas, x: 400, y: 110 + Float(n) * 70, height: 24, thickness: 3.4, shade: 60)
    }
    for (n, line) in MRZBuilder.td3().enumerated() {
      StrokeFont.draw(line, on: &canvas, x: 62, y: 570 + Float(n) * 50, height: 21, thickness: 3.2, shade: 25)
    }
    canvas.soften()
    canvas.grain(2, seed: seed)
    return canvas
  }
}
