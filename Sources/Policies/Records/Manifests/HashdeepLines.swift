import CustodyCore

/// Output of `hashdeep`: two lines of header that name the columns, comments, and one line for each file.
///
/// ```
/// %%%% HASHDEEP-1.0
/// %%%% size,md5,sha256,filename
/// 1,0cc1…,ca97…,a b
/// ```
///
/// The name is the last column and may hold commas. hashdeep 4.4 writes a line break in a name as it is, which leaves a
/// line that is none: such a list is refused, because what follows a line break could pose as a file of its own.
struct HashdeepLines {
  static let mark = Array("%%%% HASHDEEP-".utf8)
  private static let version = Array("%%%% HASHDEEP-1.0".utf8)
  /// Hexadecimal digits of the columns hashdeep 4.4 can write.
  private static let digits = ["md5": 32, "sha1": 40, "sha256": 64, "tiger": 48, "whirlpool": 128]

  let bytes: [UInt8]
  let page: ManifestPage

  func read(into draft: inout ManifestDraft) {
    var lines = ManifestLines(bytes, page)
    guard let first = lines.next(), bytes[first.range].elementsEqual(Self.version) else {
      page.refuse("bad-header", "the file does not begin with `%%%% HASHDEEP-1.0`", line: 1)
      return
    }
    guard let second = lines.next(), let columns = columns(second.range, second.number) else {
      if page.complaints.isEmpty {
        page.refuse("bad-header", "the line that names the columns is missing", line: first.number)
      }
      return
    }
    while let (range, number) = lines.next() { read(range, number, columns, into: &draft) }
  }

  /// The columns between size and name; nil after a complaint.
  private func columns(_ line: Range<Int>, _ number: Int) -> [String]? {
    let text = String(decoding: bytes[line], as: UTF8.self)
    let names = text.dropFirst(5).split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let hashes = Array(names.dropFirst().dropLast())
    guard text.hasPrefix("%%%% "), names.count >= 2, names.first == "size", names.last == "filename",
      hashes.allSatisfy({ Self.digits[$0] != nil }), Set(hashes).count == hashes.count
    else {
      page.refuse(
        "bad-header", "the columns are not `size`, known digests and `filename`", line: number,
        hint: "known digests: " + Self.digits.keys.sorted().joined(separator: ", "))
      return nil
    }
    guard hashes.contains("sha256") else {
      page.refuse(
        "no-sha256", "there is no column `sha256`", line: number, hint: "make the list with `hashdeep -c sha256`")
      return nil
    }
    return hashes
  }

  private func read(_ line: Range<Int>, _ number: Int, _ columns: [String], into draft: inout ManifestDraft) {
    var at = line.lowerBound
    /// Up to the next comma, which is stepped over.
    func field() -> Range<Int>? {
      guard let comma = bytes[at..<line.upperBound].firstIndex(of: 0x2C) else { return nil }
      defer { at = comma + 1 }
      return at..<comma
    }
    var digest: Digest?
    var isGood = true
    guard let sizeField = field(), let size = Self.number(bytes[sizeField]) else {
      complain(number)
      return
    }
    for column in columns {
      guard let range = field(), range.count == Self.digits[column], HexDigits.run(bytes, range) == range.count else {
        isGood = false
        break
      }
      if column == "sha256" { digest = HexDigits.digest(bytes, range) }
    }
    guard isGood, let digest, at < line.upperBound else {
      complain(number)
      return
    }
    let name = at..<line.upperBound
    if isPiece(name, size: size) {
      draft.skip(.piecewise, line: number)
    } else {
      draft.add(digest, .raw(name), line: number)
    }
  }

  private func complain(_ number: Int) {
    page.complain(
      "bad-line", "the line does not have the columns of the header", line: number,
      hint: "a file name with a line break cannot be told from a forged line: use `sha256sum`")
  }

  /// `name offset 0-511` of a piece of 512 bytes (`hashdeep -p`).
  private func isPiece(_ name: Range<Int>, size: UInt64) -> Bool {
    let words = bytes[name].suffix(64).split(separator: 0x20, omittingEmptySubsequences: false)
    guard words.count >= 3, words[words.count - 2].elementsEqual("offset".utf8), let span = words.last else {
      return false
    }
    let ends = span.split(separator: 0x2D, omittingEmptySubsequences: false)
    guard ends.count == 2, let from = Self.number(ends[0]), let to = Self.number(ends[1]), to >= from else {
      return false
    }
    return to - from == size &- 1
  }

  /// Decimal digits only, below 10¹⁹.
  private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
    guard !digits.isEmpty, digits.count <= 19 else { return nil }
    var value: UInt64 = 0
    for c in digits {
      guard (0x30...0x39).contains(c) else { return nil }
      value = value * 10 + UInt64(c - 0x30)
    }
    return value
  }
}
