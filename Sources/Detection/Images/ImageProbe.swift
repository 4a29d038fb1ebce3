internal import CustodyCore

/// What a still picture says about itself without being decoded.
struct ImageFacts: Sendable {
  /// Refined by what is inside: a TIFF may turn out to be a camera's raw file.
  var kind: ContentKind
  /// Pixels, as stored (orientation tags are not applied). Nil when unknown.
  var width: Int?
  var height: Int?
  var exif = EXIF()

  /// `width`, `height`, `capturedAt` with `clock`, `gps`, `camera`.
  var attributes: Attributes {
    var out: Attributes = [:]
    if let width, let height, width > 0 || height > 0 {
      out["width"] = .int(Int64(width))
      out["height"] = .int(Int64(height))
    }
    if let captured = exif.capturedAt {
      out["capturedAt"] = .string(captured)
      out["clock"] = "exif"
    }
    if exif.hasGPS { out["gps"] = true }
    if exif.hasMake || exif.hasModel { out["camera"] = true }
    return out
  }
}

/// Measures pictures. Every walk is bounded by the bytes at hand and by a fixed number of steps.
///
/// A picture by itself is no biometric observation: nothing here makes one.
enum ImageProbe {
  /// - Parameters:
  ///   - bytes: the picture, or its first 16 MiB.
  ///   - kind: as identified from its head.
  ///   - name: last path component; tells camera raw formats apart that are all plain TIFF.
  static func examine(_ bytes: RawSpan, kind: ContentKind, name: [UInt8]) -> ImageFacts {
    var facts = ImageFacts(kind: kind)
    switch kind.rawValue {
    case "image/jpeg", "image/jls": JPEG.examine(bytes, &facts)
    case "image/png", "image/apng": PNG.examine(bytes, &facts)
    case "image/gif": facts.size(bytes.u16le(6), bytes.u16le(8))
    case "image/bmp": BMP.examine(bytes, &facts)
    case "image/tiff", "image/x-canon-cr2", "image/x-olympus-orf", "image/x-panasonic-rw2":
      TIFF.examine(bytes, &facts, name: name)
    case "image/webp": WebP.examine(bytes, &facts)
    case "image/jp2": JP2.examine(bytes, &facts)
    case "image/j2c": JP2.codestream(bytes, at: 0, &facts)
    case "image/jxl": JPEGXL.examine(bytes, &facts)
    case "image/heic", "image/heif", "image/avif", "image/heic-sequence": HEIF.examine(bytes, &facts)
    case "image/x-canon-cr3": CR3.examine(bytes, &facts)
    case "image/x-fuji-raf": RAF.examine(bytes, &facts)
    case "image/x-minolta-mrw": MRW.examine(bytes, &facts)
    case "image/x-sigma-x3f": facts.size(bytes.u32le(28), bytes.u32le(32))
    case "image/vnd.microsoft.icon": Icon.examine(bytes, &facts)
    case "image/x-portable-bitmap", "image/x-portable-graymap", "image/x-portable-pixmap",
      "image/x-portable-arbitrarymap":
      PNM.examine(bytes, &facts)
    case "image/vnd.adobe.photoshop": facts.size(bytes.u32(18), bytes.u32(14))
    case "image/x-pcx": PCX.examine(bytes, &facts)
    case "image/x-tga": facts.size(bytes.u16le(12), bytes.u16le(14))
    case "image/x-sgi": facts.size(bytes.u16(6), bytes.u16(8))
    case "image/vnd.ms-dds": facts.size(bytes.u32le(16), bytes.u32le(12))
    case "image/qoi", "image/x-sun-raster": facts.size(bytes.u32(4), bytes.u32(8))
    case "image/x-xcf": facts.size(bytes.u32(14), bytes.u32(18))
    default: break
    }
    return facts
  }
}

extension ImageFacts {
  mutating func size(_ w: Int?, _ h: Int?) {
    guard let w, let h else { return }
    width = w
    height = h
  }
}
