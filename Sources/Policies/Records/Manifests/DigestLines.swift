import CustodyCore

/// One digest a line and nothing else: the forms `plain` and `hmac-sha256`.
struct DigestLines {
  let bytes: [UInt8]
  let page: ManifestPage

  func read(into draft: inout ManifestDraft) {
    var lines = ManifestLines(bytes, page)
    while let line = lines.next() {
      var range = line.range
      while let last = range.last, ManifestLines.isBlank(bytes[last]) { range = range.lowerBound..<last }
      if let digest = HexDigits.digest(bytes, range) {
        draft.add(digest, nil, line: line.number)
        continue
      }
      page.complain(
        "bad-line", "a digest of 64 hexadecimal digits and nothing else was expected", line: line.number,
        hint: HexDigits.run(bytes, range) == HexDigits.sha256
          ? "a list with file names has the form `sha256sum`" : nil)
    }
  }
}
