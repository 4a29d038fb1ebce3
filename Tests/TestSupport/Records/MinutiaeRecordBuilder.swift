/// Finger minutiae records (`FMR\0`): ISO/IEC 19794-2:2005 and ANSI INCITS 378-2004. The points are random.
public enum MinutiaeRecordBuilder {
  public static let width = 512
  public static let height = 512

  /// ISO/IEC 19794-2:2005 clause 7: header of 24 bytes, length u32 at 8.
  ///
  /// - Parameter views: minutiae of each view, 0...255; views take finger positions 1, 2 … 10 in turn.
  public static func iso2005(views: [Int] = [32], seed: UInt64 = 1) -> [UInt8] {
    let body = self.views(views, maximumAngle: 255, seed: seed)
    var out = RecordBytes(Array("FMR\0 20\0".utf8))
    out.u32(24 + body.count)
    common(views.count, into: &out)
    out.raw(body)
    return out.bytes
  }

  /// INCITS 378-2004: header of 26 bytes, length u16 at 8, CBEFF product identifier at 10, angles in units of two degrees.
  public static func incits2004(views: [Int] = [32], seed: UInt64 = 1) -> [UInt8] {
    let body = self.views(views, maximumAngle: 179, seed: seed)
    var out = RecordBytes(Array("FMR\0 20\0".utf8))
    out.u16(26 + body.count)
    out.u16(0x0042)
    out.u16(0x0011)
    common(views.count, into: &out)
    out.raw(body)
    return out.bytes
  }

  private static func common(_ views: Int, into out: inout RecordBytes) {
    out.u16(0)
    out.u16(width)
    out.u16(height)
    out.u16(197)
    out.u16(197)
    out.u8(views)
    out.u8(0)
  }

  private static func views(_ views: [Int], maximumAngle: Int, seed: UInt64) -> [UInt8] {
    var random = SeededGenerator(seed: seed)
    var out = RecordBytes()
    for (i, count) in views.enumerated() {
      out.u8(i % 10 + 1)
      out.u8(i / 10 << 4)
      out.u8(80)
      out.u8(count)
      for _ in 0..<count {
        out.u16(random.number(in: 1...2) << 14 | random.number(in: 8...(width - 9)))
        out.u16(random.number(in: 8...(height - 9)))
        out.u8(random.number(in: 0...maximumAngle))
        out.u8(random.number(in: 40...95))
      }
      out.u16(0)
    }
    return out.bytes
  }
}
