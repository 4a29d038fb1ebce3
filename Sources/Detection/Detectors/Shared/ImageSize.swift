/// Width and height in pixels as an image itself states them.
struct ImageSize: Sendable, Equatable {
  var width: Int
  var height: Int

  /// Reads no more than the headers of the at most `count` bytes at `at`; nil when they hold no size.
  static func of(_ bytes: RawSpan, at: Int, count: Int) -> ImageSize? {
    guard let signature = ImageSignature.of(bytes, at: at), let image = bytes.from(at, count: count) else { return nil }
    switch signature {
    case .jpeg, .jpegLS: return jpeg(image)
    case .jp2: return jp2(image)
    case .j2k: return codestream(image, at: 0)
    case .png: return image.has([0x49, 0x48, 0x44, 0x52], at: 12) ? size(image.u32(16), image.u32(20)) : nil
    case .wsq: return wsq(image)
    }
  }

  private static func size(_ width: Int?, _ height: Int?) -> ImageSize? {
    guard let width, let height, width > 0, height > 0 else { return nil }
    return ImageSize(width: width, height: height)
  }

  /// Segments up to the first SOFn (ISO/IEC 10918-1 B.2.2, ISO/IEC 14495-1 C.2.2); thumbnails lie inside segments.
  private static func jpeg(_ image: RawSpan) -> ImageSize? {
    var at = 2
    for _ in 0..<512 {
      guard image.u8(at) == 0xFF, let marker = image.u8(at + 1) else { return nil }
      switch marker {
      case 0xFF: at += 1
      case 0x01, 0xD0...0xD8: at += 2
      case 0xD9, 0xDA: return nil
      case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF, 0xF7:
        guard let length = image.u16(at + 2), let components = image.u8(at + 9), length == 8 + 3 * Int(components)
        else { return nil }
        return size(image.u16(at + 7), image.u16(at + 5))
      default:
        guard let length = image.u16(at + 2), length >= 2 else { return nil }
        at += 2 + length
      }
    }
    return nil
  }

  /// `ihdr` inside `jp2h`, or the codestream in `jp2c` (ISO/IEC 15444-1 annex I).
  private static func jp2(_ image: RawSpan) -> ImageSize? {
    var at = 0
    for _ in 0..<64 {
      guard let short = image.u32(at), let type = image.u32(at + 4) else { return nil }
      var header = 8
      var length = short
      if short == 1 {
        guard let high = image.u32(at + 8), let low = image.u32(at + 12), high == 0 else { return nil }
        header = 16
        length = low
      }
      switch type {
      case 0x6A70_3268:  // jp2h: a superbox, ihdr comes first
        at += header
        continue
      case 0x6968_6472: return size(image.u32(at + header + 4), image.u32(at + header))
      case 0x6A70_3263: return codestream(image, at: at + header)
      default: break
      }
      guard length >= header else { return nil }
      at += length
    }
    return nil
  }

  /// SIZ (ISO/IEC 15444-1 A.5.1).
  private static func codestream(_ image: RawSpan, at: Int) -> ImageSize? {
    guard image.has([0xFF, 0x4F, 0xFF, 0x51], at: at), let x = image.u32(at + 8), let y = image.u32(at + 12),
      let left = image.u32(at + 16), let top = image.u32(at + 20)
    else { return nil }
    return size(x - left, y - top)
  }

  private static func wsq(_ image: RawSpan) -> ImageSize? {
    var at = 2
    for _ in 0..<64 {
      guard let marker = image.u16(at), let length = image.u16(at + 2), length >= 2 else { return nil }
      switch marker {
      case 0xFFA2: return length == 17 ? size(image.u16(at + 8), image.u16(at + 6)) : nil
      case 0xFFA4...0xFFA8: at += 2 + length
      default: return nil
      }
    }
    return nil
  }
}
