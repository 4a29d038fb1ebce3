/// Bytes as programs write them into text, what cannot be printed behind a backslash.
public enum EscapedBytes {
  /// In a literal of `mysqldump`: all other bytes as they are.
  public static func mysql(_ bytes: [UInt8]) -> [UInt8] {
    let named: [UInt8: String] = [0: "0", 10: "n", 13: "r", 26: "Z", 0x22: "\"", 0x27: "'", 0x5C: "\\"]
    return bytes.flatMap { c -> [UInt8] in named[c].map { Array("\\\($0)".utf8) } ?? [c] }
  }

  /// In a literal of `pg_dump`, `bytea_output` set to `escape`.
  ///
  /// - Parameter slash: two where the text of a value is escaped once more.
  public static func postgres(_ bytes: [UInt8], slash: String = "\\") -> [UInt8] {
    bytes.flatMap { c -> [UInt8] in
      if c == 0x5C { return Array((slash + slash).utf8) }
      if (0x20...0x7E).contains(c) { return c == 0x27 ? [c, c] : [c] }
      let digits = String(c, radix: 8)
      return Array((slash + String(repeating: "0", count: 3 - digits.count) + digits).utf8)
    }
  }

  /// In a field of COPY.
  public static func copy(_ bytes: [UInt8]) -> [UInt8] {
    postgres(bytes, slash: "\\\\").reduce(into: []) { all, c in
      // A quote is not doubled there.
      if c == 0x27, all.last == 0x27 { return }
      all.append(c)
    }
  }

  /// As Python shows bytes.
  public static func python(_ bytes: [UInt8]) -> [UInt8] {
    let named: [UInt8: String] = [9: "t", 10: "n", 13: "r", 0x27: "'", 0x5C: "\\"]
    return bytes.flatMap { c -> [UInt8] in
      if let name = named[c] { return Array("\\\(name)".utf8) }
      return (0x20...0x7E).contains(c) ? [c] : Array(("\\x" + hex(c)).utf8)
    }
  }

  /// As a string of JSON, a letter of Latin-1 for every byte.
  public static func json(_ bytes: [UInt8], isASCII: Bool = true) -> [UInt8] {
    let named: [UInt8: String] = [8: "b", 9: "t", 10: "n", 12: "f", 13: "r", 0x22: "\"", 0x5C: "\\"]
    return bytes.flatMap { c -> [UInt8] in
      if let name = named[c] { return Array("\\\(name)".utf8) }
      if (0x20...0x7E).contains(c) || (c >= 0x80 && !isASCII) { return Array(String(UnicodeScalar(c)).utf8) }
      return Array(("\\u00" + hex(c)).utf8)
    }
  }

  /// A string of JSON in a string of JSON.
  public static func nested(_ bytes: [UInt8]) -> [UInt8] {
    json(bytes).flatMap { [0x22, 0x5C].contains($0) ? [0x5C, $0] : [$0] as [UInt8] }
  }

  private static func hex(_ c: UInt8) -> String { (c < 16 ? "0" : "") + String(c, radix: 16) }
}
