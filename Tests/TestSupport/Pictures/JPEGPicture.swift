import Foundation

/// Baseline JPEG (ITU-T T.81) of a grey canvas, with the quantization and Huffman tables of its annex K.
public enum JPEGPicture {
  /// - Parameters:
  ///   - quality: 1 to 100, scaled as the Independent JPEG Group's software does.
  ///   - exif: an APP1 body made by `JPEGBuilder.exif(capturedAt:)`; nil for a JFIF file.
  public static func encode(_ canvas: Canvas, quality: Int = 85, exif: [UInt8]? = nil) -> [UInt8] {
    let scale = quality < 50 ? 5000 / max(1, quality) : 200 - 2 * min(quality, 100)
    let steps = luminance.map { min(max(($0 * scale + 50) / 100, 1), 255) }
    var out: [UInt8] = [0xFF, 0xD8]
    func segment(_ marker: UInt8, _ body: [UInt8]) {
      out += [0xFF, marker, UInt8((body.count + 2) >> 8), UInt8((body.count + 2) & 255)] + body
    }
    if let exif { segment(0xE1, exif) } else { segment(0xE0, Array("JFIF\0".utf8) + [1, 1, 1, 0, 72, 0, 72, 0, 0]) }
    segment(0xDB, [0] + zigzag.map { UInt8(steps[$0]) })
    let (w, h) = (canvas.width, canvas.height)
    segment(0xC0, [8, UInt8(h >> 8), UInt8(h & 255), UInt8(w >> 8), UInt8(w & 255), 1, 1, 0x11, 0])
    segment(0xC4, [0x00] + dcCounts + dcValues)
    segment(0xC4, [0x10] + acCounts + acValues)
    segment(0xDA, [1, 1, 0, 0, 63, 0])
    out += scan(canvas, steps) + [0xFF, 0xD9]
    return out
  }

  private static func scan(_ canvas: Canvas, _ steps: [Int]) -> [UInt8] {
    let dc = codes(dcCounts, dcValues)
    let ac = codes(acCounts, acValues)
    var bits = Bits()
    var previous = 0
    for top in stride(from: 0, to: canvas.height, by: 8) {
      for left in stride(from: 0, to: canvas.width, by: 8) {
        let block = transformed(canvas, left, top)
        let values = zigzag.map { Int((block[$0] / Float(steps[$0])).rounded()) }
        bits.value(values[0] - previous, dc, run: 0)
        previous = values[0]
        var run = 0
        for value in values.dropFirst() {
          if value == 0 {
            run += 1
            continue
          }
          while run > 15 {
            bits.put(ac[0xF0])
            run -= 16
          }
          bits.value(value, ac, run: run)
          run = 0
        }
        if run > 0 { bits.put(ac[0]) }
      }
    }
    return bits.finished()
  }

  /// The cosine transform of one block, row by row; what lies outside the picture repeats its edge.
  private static func transformed(_ canvas: Canvas, _ left: Int, _ top: Int) -> [Float] {
    var half = [Float](repeating: 0, count: 64)
    for y in 0..<8 {
      let row = min(top + y, canvas.height - 1) * canvas.width
      for u in 0..<8 {
        var sum: Float = 0
        for x in 0..<8 {
          let pixel = min(max(canvas.pixels[row + min(left + x, canvas.width - 1)], 0), 255)
          sum += (pixel - 128) * cosines[u * 8 + x]
        }
        half[y * 8 + u] = sum
      }
    }
    var out = [Float](repeating: 0, count: 64)
    for v in 0..<8 {
      for u in 0..<8 {
        var sum: Float = 0
        for y in 0..<8 { sum += half[y * 8 + u] * cosines[v * 8 + y] }
        out[v * 8 + u] = sum
      }
    }
    return out
  }

  private static let cosines: [Float] = (0..<64).map { i in
    let (u, x) = (i / 8, i % 8)
    return Float((u == 0 ? 0.125.squareRoot() : 0.5) * cos(Double((2 * x + 1) * u) * Double.pi / 16))
  }

  /// Code and length of each symbol (annex C).
  private static func codes(_ counts: [UInt8], _ values: [UInt8]) -> [(code: UInt32, length: Int)] {
    var table = [(code: UInt32, length: Int)](repeating: (0, 0), count: 256)
    var code: UInt32 = 0
    var next = 0
    for (i, count) in counts.enumerated() {
      for _ in 0..<count {
        table[Int(values[next])] = (code, i + 1)
        code += 1
        next += 1
      }
      code <<= 1
    }
    return table
  }

  private struct Bits {
    private var out: [UInt8] = []
    private var pending: UInt64 = 0
    private var held = 0

    mutating func put(_ symbol: (code: UInt32, length: Int)) {
      pending = pending << UInt64(symbol.length) | UInt64(symbol.code)
      held += symbol.length
      while held >= 8 {
        let byte = UInt8(truncatingIfNeeded: pending >> UInt64(held - 8))
        out.append(byte)
        if byte == 0xFF { out.append(0) }
        held -= 8
      }
    }

    mutating func value(_ value: Int, _ table: [(code: UInt32, length: Int)], run: Int) {
      let size = Int.bitWidth - value.magnitude.leadingZeroBitCount
      put(table[run << 4 | size])
      let bits = value < 0 ? value - 1 : value
      if size > 0 { put((UInt32(truncatingIfNeeded: bits) & (1 << UInt32(size) - 1), size)) }
    }

    mutating func finished() -> [UInt8] {
      if held > 0 { put((0x7F >> UInt32(held - 1), 8 - held)) }
      return out
    }
  }

  // Annex K: tables K.1, K.3 and K.5, and figure A.6.
  private static let luminance = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
    87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103, 99,
  ]
  private static let zigzag: [Int] = {
    var order: [Int] = []
    for sum in 0..<15 {
      let cells = (0...sum).filter { $0 < 8 && sum - $0 < 8 }.map { $0 * 8 + sum - $0 }
      order += sum % 2 == 0 ? cells.reversed() : cells
    }
    return order
  }()
  private static let dcCounts: [UInt8] = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]
  private static let dcValues: [UInt8] = Array(0...11)
  private static let acCounts: [UInt8] = [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7D]
  private static let acValues: [UInt8] = [
    0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07, 0x22, 0x71, 0x14,
    0x32, 0x81, 0x91, 0xA1, 0x08, 0x23, 0x42, 0xB1, 0xC1, 0x15, 0x52, 0xD1, 0xF0, 0x24, 0x33, 0x62, 0x72, 0x82, 0x09,
    0x0A, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2A, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3A,
    0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0x63, 0x64, 0x65,
    0x66, 0x67, 0x68, 0x69, 0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88,
    0x89, 0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9,
    0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA,
    0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA, 0xE1, 0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA,
    0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0xFA,
  ]
}
