import CustodyCore

/// Files that a policy file names (tables, manifests, keys), read beforehand: nothing below this line opens files.
public struct Attachments: Sendable, Hashable {
  public enum Content: Sendable, Hashable {
    case bytes([UInt8])
    /// Why it is not there.
    case missing(String)
  }
  public var files: [String: Content]
  public init(_ files: [String: Content] = [:]) { self.files = files }

  /// Larger files are not taken.
  public static let sizeLimit = 64 << 20
  /// All files together that one policy file names: a name can be spelled in many ways (`./a`, `././a`).
  public static let totalLimit = 256 << 20
  /// Files one policy file may name.
  public static let countLimit = 1000

  /// The content of a file, or nil after a complaint at the key that names it.
  func bytes(_ name: String, of m: YAMLMapping, at key: String) -> [UInt8]? {
    switch files[name] {
    case .bytes(let bytes): return bytes
    case .missing(let why):
      m.complain("missing-file", "`\(Printable.escape(name, limit: 200))` \(why)", at: key)
    case nil:
      m.complain(
        "missing-file", "`\(Printable.escape(name, limit: 200))` was not read", at: key,
        hint: "a file beside this one, named without `..` and not from the root")
    }
    return nil
  }

  /// The names a file refers to: values of `file` and `key_file` anywhere, and of the entries of `tables`.
  public static func names(in bytes: [UInt8]) -> [String] {
    // Mistakes are reported when the file is loaded.
    guard let root = YAMLDocument.parse(bytes, into: YAMLPage(name: "", bytes: bytes)) else { return [] }
    var names: [String] = []
    collect(root, isTable: false, &names)
    return Array(Set(names)).sorted()
  }

  private static func collect(_ node: YAMLNode, isTable: Bool, _ names: inout [String]) {
    switch node.content {
    case .scalar: break
    case .sequence(let items): for item in items { collect(item, isTable: false, &names) }
    case .mapping(let pairs):
      for pair in pairs {
        if case .scalar(let text, _) = pair.value.content {
          if isTable || pair.key == "file" || pair.key == "key_file" { names.append(text) }
        } else {
          collect(pair.value, isTable: pair.key == "tables", &names)
        }
      }
    }
  }

  /// Only files beside or below the one that names them: a register or records file comes from the party under audit.
  static func isAllowed(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 1024 && !name.hasPrefix("/") && !name.utf8.contains(0)
      && !name.split(separator: "/", omittingEmptySubsequences: false).contains("..")
  }
}
