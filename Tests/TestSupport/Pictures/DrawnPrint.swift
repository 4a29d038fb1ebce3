import Foundation

/// The ridges of a finger nobody has: arches around a core.
public enum DrawnPrint {
  /// 300 × 400 pixels, 9 pixels a ridge.
  public static func whorl(seed: UInt64) -> Canvas {
    var canvas = Canvas(width: 300, height: 400, shade: 235)
    canvas.shade { x, y in
      let dx = Float(x) - 150
      let dy = (Float(y) - 190) * 0.8
      let outside = max(0, ((dx / 130) * (dx / 130) + (dy / 150) * (dy / 150)) - 0.85) * 6
      let phase = (dx * dx + dy * dy).squareRoot() + 6 * sin(atan2(dy, dx) * 2 + Float(seed % 7))
      let ridge = 130 + 90 * cos(phase * 2 * Float.pi / 9)
      return ridge + (235 - ridge) * min(1, outside)
    }
    canvas.soften()
    canvas.grain(6, seed: seed)
    return canvas
  }
}
