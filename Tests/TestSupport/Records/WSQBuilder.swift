/// WSQ fingerprint images (FBI IAFIS-IC-0110): a well-formed chain of segments.
///
/// Structurally valid and not decodable: the transform and quantization tables are in range, the Huffman table obeys
/// its counts, but the entropy bytes are random (with `FF00` stuffing), so no image comes out of them.
public enum WSQBuilder {
  public static func structure(
    width: Int = 256, height: Int = 256, ppi: Int = 500, entropyBytes: Int = 600, seed: UInt64 = 1
  ) -> [UInt8] {
    var random = SeededGenerator(seed: seed)
    var out = RecordBytes([0xFF, 0xA0])
    let comment = [
      "NIST_COM 8", "PIX_WIDTH \(width)", "PIX_HEIGHT \(height)", "PIX_DEPTH 8", "PPI \(ppi)", "LOSSY 1",
      "COLORSPACE GRAY", "COMPRESSION WSQ",
    ].joined(separator: "\n")
    segment(0xA8, Array(comment.utf8), into: &out)
    segment(0xA4, transform, into: &out)
    segment(0xA5, quantization, into: &out)
    segment(0xA2, frame(width, height), into: &out)
    for block in 0..<3 {
      if block < 2 { segment(0xA6, huffman(block), into: &out) }
      segment(0xA3, [UInt8(min(block, 1))], into: &out)
      for byte in random.bytes(entropyBytes / 3) {
        out.raw([byte])
        if byte == 0xFF { out.raw([0]) }
      }
    }
    out.raw([0xFF, 0xA1])
    return out.bytes
  }

  /// The usual 9/7 filter pair: 5 and 4 coefficients, each sign, decimal scale, value.
  private static var transform: [UInt8] {
    var out = RecordBytes([9, 7])
    let coefficients = [
      (0, 9, 852_698_679), (0, 10, 3_774_028_556), (1, 10, 1_106_244_044), (1, 11, 2_384_946_502),
      (0, 11, 3_782_845_551), (0, 9, 788_485_616), (1, 10, 4_180_922_732), (1, 11, 4_068_941_761),
      (0, 10, 645_388_826),
    ]
    for (sign, scale, value) in coefficients {
      out.u8(sign)
      out.u8(scale)
      out.u32(value)
    }
    return out.bytes
  }

  /// Bin centre 0.44 and 64 pairs of quantizer and zero bin.
  private static var quantization: [UInt8] {
    var out = RecordBytes([2])
    out.u16(44)
    for band in 0..<64 {
      out.u8(band < 60 ? 3 : 0)
      out.u16(band < 60 ? 9000 + 50 * band : 0)
      out.u8(band < 60 ? 3 : 0)
      out.u16(band < 60 ? 10800 + 60 * band : 0)
    }
    return out.bytes
  }

  private static func frame(_ width: Int, _ height: Int) -> [UInt8] {
    var out = RecordBytes([0, 255])
    out.u16(height)
    out.u16(width)
    out.u8(2)
    out.u16(12_750)
    out.u8(2)
    out.u16(4_400)
    out.u8(0)
    out.u16(0)
    return out.bytes
  }

  /// Table id, 16 counts, as many values.
  private static func huffman(_ id: Int) -> [UInt8] {
    let counts: [UInt8] = [0, 1, 3, 2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    return [UInt8(id)] + counts + (0..<10).map { UInt8(60 + $0) }
  }

  private static func segment(_ marker: Int, _ body: [UInt8], into out: inout RecordBytes) {
    out.raw([0xFF])
    out.u8(marker)
    out.u16(body.count + 2)
    out.raw(body)
  }
}
