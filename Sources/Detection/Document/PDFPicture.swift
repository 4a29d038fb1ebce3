internal import CZlib
internal import CustodyCore

/// A picture of a PDF that is bare samples under Flate (ISO 32000-1 8.9.5): scans, screenshots, pictures that were PNG.
///
/// Its samples become a file that any decoder of pictures reads: PNG where the PDF keeps them as PNG does (predictors
/// of 10 and more, 7.4.4.4), which leaves the compressed bytes as they are, else PNM.
struct PDFPicture {
  private let width: Int
  private let height: Int
  private let bits: Int
  /// Samples of a pixel; nil where the dictionary refers to an object that says so.
  private let components: Int?
  private let hasPredictor: Bool
  /// Colours of the indices that samples are; empty for true colours.
  private let palette: [UInt8]

  /// Longest dictionary that is read, and largest side of a picture that decoders take.
  static let dictionaryLimit = 2048
  private static let largest = 65_500

  /// - Parameters:
  ///   - bytes: the file, or its beginning.
  ///   - word: offset of the word `stream`.
  init?(_ bytes: RawSpan, before word: Int) {
    let from = max(0, word - Self.dictionaryLimit)
    guard let window = bytes.from(from, count: word - from) else { return nil }
    let text = window.withUnsafeBytes { Array($0) }
    // Behind the last object's end, this one's dictionary.
    let start = Self.last(of: "obj", in: text).map { $0 + 3 } ?? 0
    let dictionary = PDFDictionary(text[start...])
    guard dictionary.has("/Image"), let width = dictionary.number("/Width"), let height = dictionary.number("/Height"),
      (1...Self.largest).contains(width), (1...Self.largest).contains(height)
    else { return nil }
    (self.width, self.height) = (width, height)
    let isMask = dictionary.has("/ImageMask true")
    bits = isMask ? 1 : dictionary.number("/BitsPerComponent") ?? 8
    hasPredictor = (dictionary.number("/Predictor") ?? 1) >= 10
    palette = dictionary.palette
    let isIndexed = dictionary.has("/Indexed")
    guard !isIndexed || !palette.isEmpty else { return nil }
    if isMask || isIndexed || dictionary.has("/DeviceGray") || dictionary.has("/CalGray") {
      components = 1
    } else if dictionary.has("/DeviceRGB") || dictionary.has("/CalRGB") {
      components = 3
    } else if dictionary.has("/DeviceCMYK") {
      components = 4
    } else {
      components = hasPredictor ? dictionary.number("/Colors") ?? 1 : nil
    }
  }

  private static func last(of word: StaticString, in text: [UInt8]) -> Int? {
    let pattern = word.withUTF8Buffer { Array($0) }
    var at = text.count - pattern.count
    while at >= 0 {
      if text[at] == pattern[0], text[at..<(at + pattern.count)].elementsEqual(pattern) { return at }
      at -= 1
    }
    return nil
  }

  /// The picture as a file; nil where samples and dictionary do not agree, or no plain form takes them.
  ///
  /// - Parameters:
  ///   - compressed: the zlib stream.
  ///   - samples: what came out of it.
  func file(_ compressed: RawSpan, _ samples: [UInt8]) -> [UInt8]? {
    hasPredictor ? png(compressed) : pnm(samples)
  }

  private func png(_ compressed: RawSpan) -> [UInt8]? {
    let colour: Int
    switch components {
    case 1: colour = palette.isEmpty ? 0 : 3
    case 3: colour = 2
    default: return nil
    }
    guard [1, 2, 4, 8, 16].contains(bits), colour != 3 || bits <= 8 else { return nil }
    var header = ByteFields()
    header.big(width, 4)
    header.big(height, 4)
    header.bytes += [UInt8(bits), UInt8(colour), 0, 0, 0]
    var out: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    Self.chunk("IHDR", header.bytes, &out)
    if colour == 3 { Self.chunk("PLTE", palette, &out) }
    Self.chunk("IDAT", compressed.withUnsafeBytes { Array($0) }, &out)
    Self.chunk("IEND", [], &out)
    return out
  }

  private static func chunk(_ type: StaticString, _ content: [UInt8], _ out: inout [UInt8]) {
    var length = ByteFields()
    length.big(content.count, 4)
    out += length.bytes
    let start = out.count
    type.withUTF8Buffer { out += $0 }
    out += content
    let sum = out[start...].withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32(clamping: $0.count)) }
    var end = ByteFields()
    end.big(Int(sum), 4)
    out += end.bytes
  }

  private func pnm(_ samples: [UInt8]) -> [UInt8]? {
    func size(_ components: Int) -> Int { (width * components * bits + 7) / 8 * height }
    // A stream may end in a line break of its own.
    let known = components ?? [3, 1, 4].first { (size($0)...(size($0) + 4)).contains(samples.count) }
    // What breaks off in the middle can still show a face.
    guard let known, samples.count * 2 >= size(known) else { return nil }
    let missing = max(0, size(known) - samples.count)
    let body = samples.prefix(size(known)) + [UInt8](repeating: 0, count: missing)
    switch (bits, known) {
    case (8, 1) where !palette.isEmpty:
      let colours = palette
      return header(6, 255)
        + body.flatMap { index -> ArraySlice<UInt8> in
          let at = 3 * Int(index)
          return at + 3 <= colours.count ? colours[at..<(at + 3)] : [0, 0, 0]
        }
    case (8, 1): return header(5, 255) + body
    case (8, 3): return header(6, 255) + body
    case (8, 4): return header(6, 255) + Self.rgb(cmyk: body)
    case (16, 1): return header(5, 65_535) + body
    case (16, 3): return header(6, 65_535) + body
    // In a PBM a one is black, here it is white.
    case (1, 1): return Array("P4\n\(width) \(height)\n".utf8) + body.map { ~$0 }
    default: return nil
    }
  }

  private func header(_ form: Int, _ most: Int) -> [UInt8] { Array("P\(form)\n\(width) \(height)\n\(most)\n".utf8) }

  private static func rgb(cmyk: ArraySlice<UInt8>) -> [UInt8] {
    let bytes = Array(cmyk)
    return stride(from: 0, to: bytes.count - 3, by: 4).flatMap { at in
      (0..<3).map { UInt8(clamping: 255 - Int(bytes[at + $0]) - Int(bytes[at + 3])) }
    }
  }
}

/// Fields appended big-endian.
private struct ByteFields {
  var bytes: [UInt8] = []
  mutating func big(_ value: Int, _ width: Int) {
    for i in (0..<width).reversed() { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * i))) }
  }
}

/// The little of a stream's dictionary that is wanted, found by its words (ISO 32000-1 7.3.7).
private struct PDFDictionary {
  private let text: ArraySlice<UInt8>

  init(_ text: ArraySlice<UInt8>) { self.text = text }

  func has(_ word: StaticString) -> Bool { place(word) != nil }

  /// The integer behind a key; nil for anything else, a reference among them.
  func number(_ key: StaticString) -> Int? {
    guard var at = place(key) else { return nil }
    while at < text.endIndex, text[at] <= 0x20 { at += 1 }
    var value = 0
    let start = at
    while at < text.endIndex, (0x30...0x39).contains(text[at]), at - start < 9 {
      value = value * 10 + Int(text[at] - 0x30)
      at += 1
    }
    guard at > start else { return nil }
    // `12 0 R` is a reference.
    var words = text[at...].split(maxSplits: 3) { $0 <= 0x20 }.prefix(2).makeIterator()
    if text[at...].first.map({ $0 <= 0x20 }) ?? false, let first = words.next(),
      first.allSatisfy({ 0x30...0x39 ~= $0 }),
      let second = words.next(), second.first == 0x52
    {
      return nil
    }
    return value
  }

  /// Three bytes a colour, where they are written down in the dictionary itself.
  var palette: [UInt8] {
    guard let start = place("/Indexed"), let open = text[start...].firstIndex(of: 0x3C),
      text[start..<open].count < 64, let close = text[open...].firstIndex(of: 0x3E), close - open > 6
    else { return [] }
    let digits = text[(open + 1)..<close].compactMap { Character(UnicodeScalar($0)).hexDigitValue }
    let bytes = stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    return Array(bytes.prefix(bytes.count / 3 * 3).prefix(768))
  }

  /// Behind the first place of the word.
  private func place(_ word: StaticString) -> Int? {
    word.withUTF8Buffer { pattern -> Int? in
      var at = text.startIndex
      while at + pattern.count <= text.endIndex {
        if text[at] == pattern[0], text[at..<(at + pattern.count)].elementsEqual(pattern) {
          let behind = at + pattern.count
          // A longer name is another one.
          let goesOn = behind < text.endIndex && ((text[behind] | 0x20) &- 0x61 < 26)
          if !goesOn { return behind }
        }
        at += 1
      }
      return nil
    }
  }
}
