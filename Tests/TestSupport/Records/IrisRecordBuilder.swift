/// Iris image records (`IIR\0`): ISO/IEC 19794-6:2005 and :2011, uncompressed grey pixels (random).
public enum IrisRecordBuilder {
  /// Record header of 45 bytes, one eye subheader of 3 bytes for each eye, image headers of 11 bytes.
  ///
  /// - Parameter eyes: 1 right, 2 left; one image each.
  public static func iso2005(
    eyes: [Int] = [1], width: Int = 64, height: Int = 48, seed: UInt64 = 1
  ) -> [UInt8] {
    var random = SeededGenerator(seed: seed)
    var body = RecordBytes()
    for eye in eyes {
      body.u8(eye)
      body.u16(1)
      body.u16(1)
      body.u8(90)
      body.u16(0)
      body.u16(0)
      body.u32(width * height)
      body.raw(random.bytes(width * height))
    }
    var out = RecordBytes(Array("IIR\0".utf8) + Array("010\0".utf8))
    out.u32(45 + body.count)
    out.u16(0)
    out.u8(eyes.count)
    out.u16(45)
    out.u16(0)
    out.u16(0)
    out.u16(2)
    out.u16(width)
    out.u16(height)
    out.u8(8)
    out.u8(0)
    out.text("D000000000000000")
    out.raw(body.bytes)
    return out.bytes
  }

  /// General header of 16 bytes, then one representation for each eye, with its capture time.
  public static func iso2011(
    eyes: [Int] = [1], width: Int = 64, height: Int = 48, capturedAt time: RecordTime = RecordTime(2018, 11, 2),
    qualityBlocks: Int = 0, seed: UInt64 = 1
  ) -> [UInt8] {
    var random = SeededGenerator(seed: seed)
    var body = RecordBytes()
    for (i, eye) in eyes.enumerated() {
      var one = RecordBytes(time.record2011)
      one.u8(0)
      one.u16(0)
      one.u16(0)
      one.u8(qualityBlocks)
      for _ in 0..<qualityBlocks { one.raw([80, 0, 1, 0, 1]) }
      one.u16(i + 1)
      one.u8(eye)
      one.u8(1)
      one.u8(2)
      one.u8(0)
      one.u16(width)
      one.u16(height)
      one.u8(8)
      one.u16(0)
      one.u16(0)
      one.u16(0)
      for limit in [width / 2, width / 2, height / 2, height / 2, 20, 200] { one.u16(limit) }
      one.u32(width * height)
      one.raw(random.bytes(width * height))
      body.u32(4 + one.count)
      body.raw(one.bytes)
    }
    var out = RecordBytes(Array("IIR\0".utf8) + Array("020\0".utf8))
    out.u32(16 + body.count)
    out.u16(eyes.count)
    out.u8(0)
    out.u8(Set(eyes).count)
    out.raw(body.bytes)
    return out.bytes
  }
}
