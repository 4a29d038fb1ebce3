import CustodyCore

/// A fingerprint compressed by wavelet scalar quantization (FBI IAFIS-IC-0110), told by the chain of its segments.
struct WSQImage: Sendable, Equatable {
  /// In pixels; 0 when the frame header was not reached.
  var width = 0
  var height = 0
  /// Pixels per inch, when the NIST comment says.
  var ppi: Int?
  /// The comment names a NIST Special Database: public test material.
  var isSpecimen = false
  /// Bytes up to and with the end marker, or as far as the chain holds.
  var length = 0
  var strength: Strength = .weak
  /// How the chain of segments ended.
  var end: WalkEnd = .fails

  static let magic: [UInt8] = [0xFF, 0xA0]

  /// Walks the segments of the image at `start`.
  ///
  /// - Returns: nil when not even one segment with an inner structure stands behind the start marker.
  static func parse(_ bytes: RawSpan, at start: Int, room: RecordRoom) -> WSQImage? {
    guard let image = bytes.from(start, count: room.available), image.has(magic, at: 0) else { return nil }
    var walk = WSQWalk()
    walk.run(image, room: room)
    return walk.found
  }
}

private struct WSQWalk {
  var image = WSQImage()
  /// Segments whose lengths agree with their own content, the frame header aside.
  private var structured = 0
  private var hasFrame = false
  private var declaredSize: (width: Int?, height: Int?) = (nil, nil)
  private var at = 2

  private var sizeIsPlausible: Bool {
    hasFrame && (64...8192).contains(image.width) && (64...8192).contains(image.height)
  }

  /// Two structured segments and a frame header make a proof, once the image ends as it should.
  var found: WSQImage? {
    guard structured >= 1 || sizeIsPlausible && image.end == .lands else { return nil }
    var result = image
    result.length = at
    let commentDisagrees =
      declaredSize.width.map { $0 != image.width } ?? false || declaredSize.height.map { $0 != image.height } ?? false
    guard sizeIsPlausible, structured >= 2 else { return result }
    switch image.end {
    case .lands, .cut: result.strength = commentDisagrees ? .strong : .proof
    case .truncated, .fails: result.strength = .strong
    }
    return result
  }

  mutating func run(_ bytes: RawSpan, room: RecordRoom) {
    // A dozen segments is usual; the bound keeps chains made of nothing from being walked from each of their links.
    for _ in 0..<128 {
      guard let marker = bytes.u16(at) else {
        image.end = room.isCut ? .cut : .truncated
        return
      }
      if marker == 0xFFA1 {
        at += 2
        image.end = hasFrame ? .lands : .fails
        return
      }
      guard (0xFFA2...0xFFA8).contains(marker) else { return }
      guard let length = bytes.u16(at + 2) else {
        image.end = room.isCut ? .cut : .truncated
        return
      }
      guard length >= 2 else { return }
      guard at + 2 + length <= bytes.byteCount else {
        // Only what has shown structure may be called cut short.
        image.end = room.isCut ? .cut : .truncated
        return
      }
      guard segment(bytes, marker, length) else { return }
      at += 2 + length
      if marker == 0xFFA3 {
        // What cannot become more than a lead is not worth reading a whole image for.
        guard sizeIsPlausible, structured >= 2 else { return }
        guard skipEntropy(bytes) else {
          // Only the segments are claimed: what is taken for entropy may be anything.
          image.end = room.isCut ? .cut : .truncated
          return
        }
      }
    }
  }

  /// Takes in one whole segment at `at`; false when its content contradicts its length.
  private mutating func segment(_ bytes: RawSpan, _ marker: Int, _ length: Int) -> Bool {
    switch marker {
    case 0xFFA2:  // SOF
      guard length == 17, let height = bytes.u16(at + 6), let width = bytes.u16(at + 8) else { return false }
      hasFrame = true
      image.width = width
      image.height = height
    case 0xFFA3:  // SOB
      return length == 3 && hasFrame
    case 0xFFA4:  // DTT: filter taps, six bytes for each coefficient of half a filter
      guard let low = bytes.u8(at + 4), let high = bytes.u8(at + 5) else { return false }
      guard length == 4 + 6 * ((Int(low) + 1) / 2 + (Int(high) + 1) / 2) else { return false }
      structured += 1
    case 0xFFA5:  // DQT
      guard length == 389 else { return false }
      structured += 1
    case 0xFFA6:  // DHT: tables of 16 counts and as many values as they sum to
      var used = 2
      while used < length {
        guard used + 17 <= length else { return false }
        var values = 0
        for i in 0..<16 { values += Int(bytes.u8(at + 2 + used + 1 + i) ?? 0) }
        used += 17 + values
      }
      guard used == length, length > 2 else { return false }
      structured += 1
    case 0xFFA8: comment(bytes, at + 4, length - 2)
    default: break
    }
    return true
  }

  /// `NIST_COM n` and lines of `KEY value`.
  private mutating func comment(_ bytes: RawSpan, _ start: Int, _ count: Int) {
    guard bytes.has(Array("NIST_COM".utf8), at: start), count <= 4096 else { return }
    structured += 1
    var text: [UInt8] = []
    text.reserveCapacity(count)
    for i in 0..<count { text.append(bytes.u8(start + i) ?? 0) }
    for line in text.split(separator: 0x0A) {
      let words = line.split(separator: 0x20, maxSplits: 1)
      guard words.count == 2 else { continue }
      let number = Int(String(decoding: words[1], as: UTF8.self).filter { $0 != "\0" && $0 != "\r" })
      switch String(decoding: words[0], as: UTF8.self) {
      case "PIX_WIDTH": declaredSize.width = number
      case "PIX_HEIGHT": declaredSize.height = number
      case "PPI": if let number, (1...10_000).contains(number) { image.ppi = number }
      case "SD_ID": image.isSpecimen = true
      default: break
      }
    }
  }

  /// Entropy-coded data, in which `FF` is followed by `00`; stops on the next marker.
  private mutating func skipEntropy(_ bytes: RawSpan) -> Bool {
    var i = at
    let last = bytes.byteCount - 1
    while i < last {
      if bytes.unsafeLoad(fromUncheckedByteOffset: i, as: UInt8.self) == 0xFF,
        bytes.unsafeLoad(fromUncheckedByteOffset: i + 1, as: UInt8.self) != 0
      {
        at = i
        return true
      }
      i += 1
    }
    return false
  }
}
