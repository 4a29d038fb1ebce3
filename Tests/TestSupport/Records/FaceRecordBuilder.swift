/// Face records (`FAC\0`): ISO/IEC 19794-5:2005, basic format.
public enum FaceRecordBuilder {
  public struct Image: Sendable {
    public var width: Int
    public var height: Int
    /// A JPEG file.
    public var bytes: [UInt8]
    public init(width: Int, height: Int, bytes: [UInt8]) {
      self.width = width
      self.height = height
      self.bytes = bytes
    }

    /// A drawn card, with a capture time in its Exif when one is given.
    public static func card(
      width: Int = 240, height: Int = 320, seed: UInt64 = 1, capturedAt time: RecordTime? = nil
    ) -> Image {
      let exif = time.map { JPEGBuilder.exif(capturedAt: $0) }
      return Image(
        width: width, height: height, bytes: JPEGBuilder.testCard(width: width, height: height, seed: seed, exif: exif))
    }
  }

  /// Header of 14 bytes, then for each image 20 bytes of facial information, `points` feature points of 8 bytes,
  /// 12 bytes of image information and the image.
  public static func iso2005(_ images: [Image] = [.card()], points: Int = 0) -> [UInt8] {
    var body = RecordBytes()
    for image in images {
      body.u32(32 + 8 * points + image.bytes.count)
      body.u16(points)
      body.zeros(3)
      body.u24(0)
      body.u16(0)
      body.zeros(6)
      for point in 0..<points {
        body.raw([1, UInt8(truncatingIfNeeded: 0x21 + point)])
        body.u16(image.width / 2)
        body.u16(image.height / 2)
        body.u16(0)
      }
      // Full frontal, JPEG.
      body.raw([1, 0])
      body.u16(image.width)
      body.u16(image.height)
      body.raw([1, 2])
      body.u16(0)
      body.u16(0)
      body.raw(image.bytes)
    }
    var out = RecordBytes(Array("FAC\0".utf8) + Array("010\0".utf8))
    out.u32(14 + body.count)
    out.u16(images.count)
    out.raw(body.bytes)
    return out.bytes
  }
}
