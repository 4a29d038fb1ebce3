/// Finger image records (`FIR\0`): ISO/IEC 19794-4:2005.
public enum FingerImageRecordBuilder {
  public enum Compression: Int, Sendable {
    case none = 0
    case wsq = 2
    case jpeg = 3
    case png = 5
  }
  public struct View: Sendable {
    /// 0 unknown, 1 right thumb … 10 left little.
    public var position: Int
    public var width: Int
    public var height: Int
    public var bytes: [UInt8]
    public init(position: Int, width: Int, height: Int, bytes: [UInt8]) {
      self.position = position
      self.width = width
      self.height = height
      self.bytes = bytes
    }

    /// Uncompressed pixels, 8 bits, random stripes.
    public static func raw(position: Int = 1, width: Int = 64, height: Int = 64, seed: UInt64 = 1) -> View {
      var random = SeededGenerator(seed: seed)
      return View(position: position, width: width, height: height, bytes: random.bytes(width * height))
    }
  }

  /// Header of 32 bytes with a 6-byte length at 8; view heads of 14 bytes whose length counts itself.
  public static func iso2005(_ views: [View] = [.raw()], compression: Compression = .none) -> [UInt8] {
    var body = RecordBytes()
    for view in views {
      body.u32(14 + view.bytes.count)
      body.raw([UInt8(truncatingIfNeeded: view.position), 1, 1, 254, 0])
      body.u16(view.width)
      body.u16(view.height)
      body.u8(0)
      body.raw(view.bytes)
    }
    var out = RecordBytes(Array("FIR\0".utf8) + Array("010\0".utf8))
    out.u48(32 + body.count)
    out.u16(0)
    out.u16(31)
    out.u8(views.count)
    out.u8(1)
    for _ in 0..<4 { out.u16(500) }
    out.u8(8)
    out.u8(compression.rawValue)
    out.u16(0)
    out.raw(body.bytes)
    return out.bytes
  }
}
