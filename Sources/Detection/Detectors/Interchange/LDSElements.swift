/// The elements inside an LDS file that is not a biometric group.
struct LDSElements {
  /// The first element is the one this file begins with.
  var isPlausible = false
  /// Elements end exactly with the file.
  var isExact = false
  /// `02 01 n` of DG5 to DG7.
  var declared = 0
  var images = 0
  var imageFormat: String?
  /// Elements named by the tag list `5C` that are there.
  var listed = 0
  /// Elements this kind of file is known to hold.
  var known = 0

  private static let most = 256

  init(_ bytes: RawSpan, _ outer: BERTag) {
    switch outer.tag {
    case 0x60:
      // LDS version "0107" and later, then the Unicode version.
      isPlausible =
        bytes.has([0x5F, 0x01, 0x04, 0x30, 0x31], at: outer.content)
        && bytes.has([0x5F, 0x36, 0x06], at: outer.content + 7) && outer.length < 128
      return
    case 0x77:
      // CMS SignedData over id-icao-ldsSecurityObject 2.23.136.1.1.1, or the older 1.3.27.1.1.1.
      guard bytes.u8(outer.content) == 0x30, outer.length >= 128 else { return }
      for at in outer.content..<min(outer.content + 256, bytes.byteCount) {
        guard bytes.u8(at) == 0x06 else { continue }
        if bytes.has([0x06, 0x06, 0x67, 0x81, 0x08, 0x01, 0x01, 0x01], at: at)
          || bytes.has([0x06, 0x05, 0x2B, 0x1B, 0x01, 0x01, 0x01], at: at)
        {
          isPlausible = true
          return
        }
      }
      return
    case 0x6D, 0x6E, 0x6F:
      // Keys and security infos are one DER value.
      guard let inner = BERTag.read(bytes, at: outer.content), inner.tag == 0x30 || inner.tag == 0x31 else { return }
      isPlausible =
        inner.end == outer.end && outer.length >= 32
        && (bytes.u8(inner.content) == 0x30 || bytes.u8(inner.content) == 0x06)
      return
    case 0x65, 0x66, 0x67: walkImages(bytes, outer)
    default: walkRecord(bytes, outer)
    }
  }

  private mutating func walkImages(_ bytes: RawSpan, _ outer: BERTag) {
    guard bytes.u16(outer.content) == 0x0201, let count = bytes.u8(outer.content + 2), (1...9).contains(count) else {
      return
    }
    declared = Int(count)
    let wanted = outer.tag == 0x67 ? 0x5F43 : 0x5F40
    var p = outer.content + 3
    while p < min(outer.end, bytes.byteCount), images < declared, let image = BERTag.read(bytes, at: p) {
      guard image.tag == wanted || image.tag == 0x5F40, let format = bytes.imageSignature(image.content) else { return }
      isPlausible = true
      images += 1
      imageFormat = format
      p = image.end
    }
    isExact = abs(p - outer.end) <= 16
  }

  /// DG11, DG12 and DG16: a tag list and the elements it names.
  private mutating func walkRecord(_ bytes: RawSpan, _ outer: BERTag) {
    let knownTags: Set<Int>
    switch outer.tag {
    case 0x6B:
      knownTags = [
        0x5F0E, 0x5F0F, 0x5F10, 0x5F2B, 0x5F11, 0x5F42, 0x5F12, 0x5F13, 0x5F14, 0x5F15, 0x5F16, 0x5F17, 0x5F18,
      ]
    case 0x6C: knownTags = [0x5F19, 0x5F26, 0x5F1A, 0x5F1B, 0x5F1C, 0x5F1D, 0x5F1E, 0x5F55, 0x5F56]
    default: knownTags = [0x5F50, 0x5F51, 0x5F52, 0x5F53]
    }
    var list: Set<Int> = []
    var p = outer.content
    var walked = 0
    while p < min(outer.end, bytes.byteCount), walked < Self.most, let element = BERTag.read(bytes, at: p),
      element.end <= outer.end
    {
      if element.tag == 0x5C, walked == 0 {
        list = Self.tagList(bytes, element)
      } else if (0xA0...0xAF).contains(element.tag) || element.tag == 0x02 {
        // Other names come in a counted template.
        known += element.tag == 0x02 ? 0 : 1
      } else {
        guard element.tag >> 8 == 0x5F else { return }
        if knownTags.contains(element.tag) { known += 1 }
        if list.contains(element.tag) { listed += 1 }
      }
      walked += 1
      p = element.end
    }
    if outer.tag == 0x70, bytes.u16(outer.content) == 0x0201 {
      listed = known
    } else if list.isEmpty {
      return
    }
    isExact = abs(p - outer.end) <= 16
    isPlausible = known >= 1 || listed >= 1
  }

  private static func tagList(_ bytes: RawSpan, _ element: BERTag) -> Set<Int> {
    var out: Set<Int> = []
    var p = element.content
    while p < element.end, let first = bytes.u8(p), out.count < most {
      if first & 0x1F == 0x1F, let second = bytes.u8(p + 1) {
        out.insert(Int(first) << 8 | Int(second))
        p += 2
      } else {
        out.insert(Int(first))
        p += 1
      }
    }
    return out
  }
}
