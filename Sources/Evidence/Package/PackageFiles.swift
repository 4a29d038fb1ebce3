internal import CustodyCore

/// Names and rules of the files in an evidence package.
public enum PackageFile {
  /// The record, signed.
  public static let envelope = "findings.dsse.json"
  /// The record of a package nobody signed.
  public static let statement = "findings.intoto.json"
  public static let inventory = "inventory.jsonl"
  public static let sums = "SHA256SUMS"

  /// True for a name a view can have: letters, digits, `.`, `_`, `-`, not beginning with a dot, not one of the above.
  static func isViewName(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    return !bytes.isEmpty && bytes.count <= 100 && bytes.first != 0x2E
      && bytes.allSatisfy { b in
        (0x30...0x39).contains(b) || (0x41...0x5A).contains(b) || (0x61...0x7A).contains(b) || b == 0x2E || b == 0x5F
          || b == 0x2D
      } && ![envelope, statement, inventory, sums].contains(name)
  }
}

/// `SHA256SUMS` as `sha256sum -c` reads it.
struct ChecksumList {
  var entries: [(name: String, sha256: Digest)]

  /// Sorted by name, one file a line.
  var text: [UInt8] {
    Array(
      entries.sorted { Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8)) }
        .map { "\($0.sha256)  \($0.name)\n" }.joined().utf8)
  }

  init(_ entries: [(name: String, sha256: Digest)]) { self.entries = entries }

  /// - Returns: nil when a line is not `digest, two spaces, plain file name`, a name stands twice, or the last newline
  ///   is missing.
  init?(text: [UInt8]) {
    guard text.isEmpty || text.last == 0x0A else { return nil }
    entries = []
    var names: Set<String> = []
    for line in text.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false) {
      guard line.count > 66, let digest = Digest(hex: String(decoding: line.prefix(64), as: UTF8.self)),
        line.dropFirst(64).starts(with: [0x20, 0x20])
      else { return nil }
      let name = String(decoding: line.dropFirst(66), as: UTF8.self)
      guard !name.contains("/"), name != ".", name != "..", names.insert(name).inserted else { return nil }
      entries.append((name: name, sha256: digest))
    }
  }
}
