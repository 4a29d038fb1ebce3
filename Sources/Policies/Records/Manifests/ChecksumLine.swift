import CustodyCore

/// One line of a checksum list, taken apart.
enum ChecksumLine {
  case listed(Digest, ManifestName)
  /// A digest by another algorithm, which the line names.
  case other
  case malformed(String, hint: String? = nil)

  /// `64-digits  name`, `64-digits *name`, `\64-digits  escaped`, `SHA256 (name) = 64-digits`.
  init(_ bytes: [UInt8], _ line: Range<Int>) {
    let isEscaped = bytes[line.lowerBound] == 0x5C
    let start = line.lowerBound + (isEscaped ? 1 : 0)
    let run = HexDigits.run(bytes, start..<line.upperBound)
    let end = start + run
    if end == line.upperBound || !ManifestLines.isBlank(bytes[end]) {
      self =
        TaggedLine(bytes, start..<line.upperBound).map { Self.tagged($0, bytes, isEscaped) }
        ?? Self.incomplete(run, endsLine: end == line.upperBound)
      return
    }
    guard let digest = HexDigits.digest(bytes, start..<end) else {
      // `ADD (x) = …` cannot occur: no algorithm is spelled in hexadecimal digits alone.
      self = Self.incomplete(run, endsLine: false)
      return
    }
    // One character after the blank is the mode of reading; BSD `sha256 -r` writes the name at once.
    var name = end + 1..<line.upperBound
    if let first = name.first, bytes[first] == 0x20 || bytes[first] == 0x2A { name = first + 1..<name.upperBound }
    self = Self.named(digest, name, bytes, isEscaped)
  }

  /// A line of a bag: digest, white space, path with CR, LF and `%` percent-encoded (RFC 8493, section 2.1.3).
  init(bag bytes: [UInt8], _ line: Range<Int>) {
    let run = HexDigits.run(bytes, line)
    var start = line.lowerBound + run
    guard start < line.upperBound, ManifestLines.isBlank(bytes[start]),
      let digest = HexDigits.digest(bytes, line.lowerBound..<start)
    else {
      self = Self.incomplete(run, endsLine: start == line.upperBound)
      return
    }
    while start < line.upperBound, ManifestLines.isBlank(bytes[start]) { start += 1 }
    // Left over from tools that mark binary reading; no path of a payload begins with an asterisk.
    if start < line.upperBound, bytes[start] == 0x2A { start += 1 }
    guard start < line.upperBound else {
      self = .malformed("the digest has no file name")
      return
    }
    guard let name = NameEscapes.percent(bytes, start..<line.upperBound) else {
      self = .malformed("`%` in a path of a bag must begin `%0A`, `%0D` or `%25`")
      return
    }
    self = .listed(digest, name)
  }

  private static func tagged(_ tagged: TaggedLine, _ bytes: [UInt8], _ isEscaped: Bool) -> ChecksumLine {
    guard tagged.isSHA256 else { return .other }
    guard let digest = HexDigits.digest(bytes, tagged.digest) else {
      return .malformed("a SHA-256 has 64 hexadecimal digits")
    }
    return named(digest, tagged.name, bytes, isEscaped)
  }

  private static func named(
    _ digest: Digest, _ name: Range<Int>, _ bytes: [UInt8], _ isEscaped: Bool
  ) -> ChecksumLine {
    guard !name.isEmpty else { return .malformed("the digest has no file name") }
    guard isEscaped else { return .listed(digest, .raw(name)) }
    guard let name = NameEscapes.backslash(bytes, name) else {
      return .malformed("a name that is escaped holds `\\\\`, `\\n` and `\\r` only")
    }
    return .listed(digest, name)
  }

  private static func incomplete(_ run: Int, endsLine: Bool) -> ChecksumLine {
    if run == HexDigits.sha256, endsLine { return .malformed("the digest has no file name") }
    if let other = HexDigits.others[run] {
      return .malformed(
        "a SHA-256 has 64 hexadecimal digits, this has \(run)", hint: "\(run) digits are a \(other) or a line cut short"
      )
    }
    return .malformed("a SHA-256 of 64 hexadecimal digits and a file name were expected")
  }
}

/// `SHA256 (name) = digits`, as `--tag`, BSD tools and OpenSSL (`SHA2-256(name)= digits`) write it.
struct TaggedLine {
  var isSHA256: Bool
  var name: Range<Int>
  var digest: Range<Int>

  /// Other algorithms such lines are seen with; BLAKE2 and SHA-3 carry a length behind.
  private static let others: Set<String> = [
    "MD4", "MD5", "SHA1", "SHA224", "SHA384", "SHA512", "SHA512T256", "SHA512/224", "SHA512/256", "SHA512-224",
    "SHA512-256", "SHA2-224", "SHA2-384", "SHA2-512", "SHA2-512/224", "SHA2-512/256", "SHA3-224", "SHA3-256",
    "SHA3-384", "SHA3-512", "SM3", "BLAKE2B", "BLAKE2S", "BLAKE3", "RMD160", "RIPEMD160", "WHIRLPOOL", "SKEIN256",
    "SKEIN512",
  ]

  /// Nil when the line is none or names an algorithm nobody knows here.
  init?(_ bytes: [UInt8], _ line: Range<Int>) {
    guard let open = bytes[line].prefix(20).firstIndex(of: 0x28), let close = bytes[line].lastIndex(of: 0x29),
      close > open
    else { return nil }
    var tag = bytes[line.lowerBound..<open]
    if tag.last == 0x20 { tag = tag.dropLast() }
    let algorithm = String(decoding: tag, as: UTF8.self).uppercased()
    isSHA256 = algorithm == "SHA256" || algorithm == "SHA2-256"
    guard isSHA256 || Self.isOther(algorithm) else { return nil }
    name = open + 1..<close
    var at = close + 1
    while at < line.upperBound, ManifestLines.isBlank(bytes[at]) { at += 1 }
    guard at < line.upperBound, bytes[at] == 0x3D else { return nil }
    at += 1
    while at < line.upperBound, ManifestLines.isBlank(bytes[at]) { at += 1 }
    digest = at..<line.upperBound
    guard !digest.isEmpty, isSHA256 || HexDigits.run(bytes, digest) == digest.count else { return nil }
  }

  private static func isOther(_ algorithm: String) -> Bool {
    if others.contains(algorithm) { return true }
    guard algorithm.hasPrefix("BLAKE2B-") || algorithm.hasPrefix("BLAKE2S-") else { return false }
    return Int(algorithm.dropFirst(8)).map { $0 > 0 && $0 <= 512 && $0 % 8 == 0 } ?? false
  }
}
