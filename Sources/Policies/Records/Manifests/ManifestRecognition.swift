/// Tells the form of a manifest from its bytes.
enum ManifestRecognition {
  /// Nil after a complaint. Never `.hmac`, whose lines look like those of `.plain`.
  static func form(of bytes: [UInt8], _ page: ManifestPage) -> HashManifest.Form? {
    var lines = ManifestLines(bytes, page)
    guard let (line, number) = lines.next() else {
      if page.complaints.isEmpty { page.refuse("empty", "the list names no file with its SHA-256", line: nil) }
      return nil
    }
    if bytes[line].first(where: { !ManifestLines.isBlank($0) }) == 0x3C { return .dfxml }
    if bytes[line].starts(with: HashdeepLines.mark) { return .hashdeep }
    let start = line.lowerBound + (bytes[line.lowerBound] == 0x5C ? 1 : 0)
    let end = start + HexDigits.run(bytes, start..<line.upperBound)
    if let other = HexDigits.others[end - start], bytes[end..<line.upperBound].allSatisfy(ManifestLines.isBlank) {
      page.refuse(
        "no-sha256", "the digests are not SHA-256: \(end - start) digits are a \(other)", line: number,
        hint: "make the list with SHA-256")
      return nil
    }
    if end - start == HexDigits.sha256, bytes[end..<line.upperBound].allSatisfy(ManifestLines.isBlank) {
      return .plain
    }
    let isDigest = end - start == HexDigits.sha256 || HexDigits.others[end - start] != nil
    if isDigest, end < line.upperBound, ManifestLines.isBlank(bytes[end]) {
      return isBag(bytes, page.limits) ? .bagit : .sha256sum
    }
    if TaggedLine(bytes, start..<line.upperBound) != nil { return .sha256sum }
    page.refuse(
      "unrecognized", "this is no list of digests known here", line: number,
      hint: "known are: " + HashManifest.Form.allCases.map(\.rawValue).joined(separator: ", "))
    return nil
  }

  /// True when every path begins with `data/`, as those of a payload do (RFC 8493, section 2.1.2), and none holds a `%` a
  /// bag could not hold. Either form gives the same digests; only what counts as the same name differs.
  private static func isBag(_ bytes: [UInt8], _ limits: ManifestLimits) -> Bool {
    var lines = ManifestLines(bytes, ManifestPage(name: "", limits: limits))
    while let (line, _) = lines.next() {
      guard bytes[line.lowerBound] != 0x5C else { return false }
      var at = line.lowerBound + HexDigits.run(bytes, line)
      while at < line.upperBound, ManifestLines.isBlank(bytes[at]) || bytes[at] == 0x2A { at += 1 }
      let path = at..<line.upperBound
      guard bytes[path].starts(with: "data/".utf8), NameEscapes.percent(bytes, path) != nil else { return false }
    }
    return true
  }
}
