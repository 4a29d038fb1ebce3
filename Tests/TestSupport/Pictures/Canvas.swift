import Foundation

/// A grey picture to draw on: soft ellipses, thick lines, gradients. Everything is a function of its arguments.
public struct Canvas: Sendable {
  public let width: Int
  public let height: Int
  /// Row by row, 0 black to 255 white.
  public private(set) var pixels: [Float]

  public init(width: Int, height: Int, shade: Float) {
    self.width = width
    self.height = height
    pixels = Array(repeating: shade, count: width * height)
  }

  public var bytes: [UInt8] { pixels.map { UInt8(min(max($0, 0), 255)) } }

  private mutating func blend(_ x: Int, _ y: Int, _ shade: Float, _ share: Float) {
    let i = y * width + x
    pixels[i] += (shade - pixels[i]) * min(max(share, 0), 1)
  }

  private func rows(_ low: Float, _ high: Float) -> Range<Int> { Self.span(low, high, height) }
  private func columns(_ low: Float, _ high: Float) -> Range<Int> { Self.span(low, high, width) }
  private static func span(_ low: Float, _ high: Float, _ limit: Int) -> Range<Int> {
    let a = min(max(Int(low), 0), limit)
    return a..<max(a, min(Int(high) + 2, limit))
  }

  /// - Parameter soft: share of the radius over which the edge fades, above 0.
  public mutating func ellipse(
    _ x: Float, _ y: Float, _ across: Float, _ down: Float, shade: Float, soft: Float = 0.08, share: Float = 1
  ) {
    let reach = 1 + soft
    for v in rows(y - down * reach, y + down * reach) {
      for u in columns(x - across * reach, x + across * reach) {
        let dx = (Float(u) - x) / across
        let dy = (Float(v) - y) / down
        let edge = (reach - (dx * dx + dy * dy).squareRoot()) / (2 * soft)
        blend(u, v, shade, min(max(edge, 0), 1) * share)
      }
    }
  }

  public mutating func rectangle(_ x: Float, _ y: Float, _ across: Float, _ down: Float, shade: Float) {
    for v in rows(y, y + down - 2) { for u in columns(x, x + across - 2) { blend(u, v, shade, 1) } }
  }

  /// A line with round ends and an edge one pixel soft.
  public mutating func line(
    _ x0: Float, _ y0: Float, _ x1: Float, _ y1: Float, thickness: Float, shade: Float, share: Float = 1
  ) {
    let r = thickness / 2 + 1
    let length = max((x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0), 1e-6)
    for v in rows(min(y0, y1) - r, max(y0, y1) + r) {
      for u in columns(min(x0, x1) - r, max(x0, x1) + r) {
        let t = min(max(((Float(u) - x0) * (x1 - x0) + (Float(v) - y0) * (y1 - y0)) / length, 0), 1)
        let dx = Float(u) - x0 - t * (x1 - x0)
        let dy = Float(v) - y0 - t * (y1 - y0)
        blend(u, v, shade, (thickness / 2 + 0.5 - (dx * dx + dy * dy).squareRoot()) * share)
      }
    }
  }

  /// Every pixel by its own rule.
  public mutating func shade(_ rule: (_ x: Int, _ y: Int) -> Float) {
    for v in 0..<height { for u in 0..<width { pixels[v * width + u] = rule(u, v) } }
  }

  /// From `top` to `bottom` over the whole picture.
  public mutating func gradient(top: Float, bottom: Float) {
    for v in 0..<height {
      let shade = top + (bottom - top) * Float(v) / Float(max(1, height - 1))
      for u in 0..<width { pixels[v * width + u] = shade }
    }
  }

  /// The grain of a sensor.
  public mutating func grain(_ amount: Float, seed: UInt64) {
    var state = seed | 1
    for i in pixels.indices {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      pixels[i] += (Float(state >> 40) / 16_777_216 - 0.5) * 2 * amount
    }
  }

  /// Means over 3 × 3 pixels: no lens draws sharper.
  public mutating func soften() {
    let old = pixels
    for v in 1..<max(2, height - 1) where v + 1 < height {
      for u in 1..<max(2, width - 1) where u + 1 < width {
        var sum: Float = 0
        for dv in -1...1 { for du in -1...1 { sum += old[(v + dv) * width + u + du] } }
        pixels[v * width + u] = sum / 9
      }
    }
  }
}
