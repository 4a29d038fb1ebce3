import Testing

@testable import Detection

@Suite struct ImageSizeTests {
  private static let images: [(ImageSignature, [UInt8])] = [
    (.jpeg, SyntheticImage.jpeg(321, 123)), (.jp2, SyntheticImage.jp2(321, 123)),
    (.j2k, SyntheticImage.j2k(321, 123)), (.png, SyntheticImage.png(321, 123)),
    (.wsq, SyntheticImage.wsq(321, 123)),
    (.jpegLS, ByteBuilder().hex("FFD8 FFF7 000B 08 007B 0141 01 01 11 00").zeros(20).bytes),
  ]

  @Test func sizesAreRead() {
    for (signature, image) in Self.images {
      #expect(ImageSignature.of(image.span.bytes, at: 0) == signature)
      let size = ImageSize.of(image.span.bytes, at: 0, count: image.count)
      #expect(size == ImageSize(width: 321, height: 123), "\(signature)")
      let inside = SyntheticImage.noise(7) + image + SyntheticImage.noise(9)
      #expect(ImageSize.of(inside.span.bytes, at: 7, count: image.count) == size, "\(signature)")
    }
  }

  /// The size of a thumbnail in a segment is not the image's.
  @Test func thumbnailsAreSteppedOver() {
    let thumbnail = SyntheticImage.jpeg(16, 12)
    let image = ByteBuilder().hex("FFD8 FFE1").counted(2, Array("Exif\0\0".utf8) + thumbnail)
      .raw(Array(SyntheticImage.jpeg(640, 480).dropFirst(2))).bytes
    #expect(ImageSize.of(image.span.bytes, at: 0, count: image.count) == ImageSize(width: 640, height: 480))
  }

  @Test func nothingIsReadBeyondTheCount() {
    for (signature, image) in Self.images {
      for count in 0..<image.count {
        let size = ImageSize.of(image.span.bytes, at: 0, count: count)
        #expect(size == nil || size == ImageSize(width: 321, height: 123), "\(signature) \(count)")
      }
      #expect(ImageSize.of(image.span.bytes, at: 0, count: 3) == nil)
      #expect(ImageSize.of(image.span.bytes, at: image.count, count: 100) == nil)
      #expect(ImageSize.of(image.span.bytes, at: -4, count: 100) == nil)
    }
  }

  @Test func boxesThatDoNotAdvanceEnd() {
    let stuck = ByteBuilder().hex("0000000C 6A502020 0D0A870A").u32(8).ascii("free").u32(0).ascii("jp2x").bytes
    #expect(ImageSize.of(stuck.span.bytes, at: 0, count: stuck.count) == nil)
  }
}
