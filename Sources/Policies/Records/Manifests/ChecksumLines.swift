import CustodyCore

/// Lists of digest and name: the forms `sha256sum` and `bagit`, which differ in spacing and in how names are escaped.
struct ChecksumLines {
  let bytes: [UInt8]
  let page: ManifestPage
  let isBag: Bool

  /// - Parameter name: of the file.
  func read(_ name: String, into draft: inout ManifestDraft) {
    if let algorithm = Self.bagAlgorithm(name), algorithm != "sha256" {
      page.refuse(
        "no-sha256", "by its name the manifest is not of SHA-256", line: nil,
        hint: "give the `manifest-sha256.txt` of the bag")
      return
    }
    var lines = ManifestLines(bytes, page)
    var isFirst = true
    while let (range, number) = lines.next() {
      if isFirst, refusesOther(range, number) { return }
      isFirst = false
      switch isBag ? ChecksumLine(bag: bytes, range) : ChecksumLine(bytes, range) {
      case .listed(let digest, let name): draft.add(digest, name, line: number)
      case .other: draft.skip(.otherAlgorithm, line: number)
      case .malformed(let message, let hint): page.complain("bad-line", message, line: number, hint: hint)
      }
    }
  }

  /// A list that begins with an MD5 or a SHA-512 is one complaint, not one for each line.
  private func refusesOther(_ line: Range<Int>, _ number: Int) -> Bool {
    let start = line.lowerBound + (bytes[line.lowerBound] == 0x5C ? 1 : 0)
    let run = HexDigits.run(bytes, start..<line.upperBound)
    guard let other = HexDigits.others[run], start + run == line.upperBound || bytes[start + run] <= 0x20 else {
      return false
    }
    page.refuse(
      "no-sha256", "the digests are not SHA-256: \(run) digits are a \(other)", line: number,
      hint: isBag ? "give the `manifest-sha256.txt` of the bag" : "make the list with `sha256sum`")
    return true
  }

  /// `md5` for `…/manifest-md5.txt` and `tagmanifest-md5.txt` (RFC 8493, sections 2.1.3 and 2.2.1); nil for other names.
  static func bagAlgorithm(_ name: String) -> String? {
    let file = name.split(separator: "/").last?.lowercased() ?? ""
    guard file.hasSuffix(".txt"), let prefix = ["manifest-", "tagmanifest-"].first(where: file.hasPrefix) else {
      return nil
    }
    return String(file.dropFirst(prefix.count).dropLast(4))
  }
}
