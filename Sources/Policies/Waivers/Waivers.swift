public import CustodyCore

/// Somebody answers for contents that a rule finds fault with, until a day.
///
/// Contents are named by keyed values (HMAC-SHA256 over `contentLabel` and the SHA-256 of the bytes), so that a list of
/// waivers says nothing about files to those without the key, and never by their place.
public struct Waiver: Sendable, Hashable {
  public var id: String
  /// Id of the rule it is about.
  public var rule: String
  public var owner: String
  public var reason: String
  public var expires: Instant
  public var contents: Set<Digest>
}

/// Waivers of every file that was given, with the key of their values.
public struct Waivers: Sendable {
  public var all: [Waiver]
  var key: [UInt8]
  private let byContent: [Digest: [Int32]]

  /// Goes before the digest in what is keyed, so that the same key gives other values elsewhere.
  static let contentLabel = Array("custody waiver 1\n".utf8)

  public init(_ all: [Waiver], key: [UInt8]) {
    self.all = all
    self.key = key
    var byContent: [Digest: [Int32]] = [:]
    for (position, waiver) in all.enumerated() {
      for content in waiver.contents { byContent[content, default: []].append(Int32(position)) }
    }
    self.byContent = byContent
  }

  /// The value that stands for a content.
  public static func value(of content: Digest, key: [UInt8], sha256: ([UInt8]) -> [UInt8]) -> Digest? {
    Digest(KeyedHashes.hmacSHA256(key: key, message: contentLabel + content.bytes, sha256: sha256))
  }

  /// Positions of the waivers that name a content.
  func matches(_ content: Digest?, sha256: ([UInt8]) -> [UInt8]) -> [Int32] {
    guard !byContent.isEmpty, let content, let value = Self.value(of: content, key: key, sha256: sha256) else {
      return []
    }
    return byContent[value] ?? []
  }
}

/// Reads the YAML of waivers.
///
/// ```yaml
/// waivers: "Example contractor, 2019"
/// entries:
///   - id: W-1
///     rule: AUTH-01
///     owner: Privacy office
///     reason: public data set, licence on file
///     expires: 2019-12-31
///     contents: [64 hexadecimal digits, …]
/// ```
struct WaiverLoader {
  static let code = "waivers"

  static func load(_ page: YAMLPage, _ source: PolicySource) -> [Waiver] {
    guard let root = YAMLDocument.parse(source.bytes, into: page),
      let file = YAMLMapping(root, .waivers, code: code, page: page)
    else { return [] }
    _ = file.requiredText("waivers")
    _ = file.text("description")
    var seen: Set<String> = []
    guard file.required("entries") != nil else { return [] }
    return file.mappings("entries", .waiver).compactMap { m in
      guard let waiver = waiver(m) else { return nil }
      if !seen.insert(waiver.id).inserted { m.complain("duplicate-waiver", "waiver id is given twice", at: "id") }
      return waiver
    }
  }

  private static func waiver(_ m: YAMLMapping) -> Waiver? {
    let id = m.requiredText("id")
    let rule = m.requiredText("rule")
    let owner = m.requiredText("owner")
    let reason = m.requiredText("reason")
    let expires = m.required("expires").flatMap { _ in m.instant("expires", endOfDay: true) }
    var contents: Set<Digest> = []
    if m.required("contents") != nil {
      for node in m.list("contents") {
        guard case .scalar(let text, _) = node.content, let digest = Digest(hex: text) else {
          m.page.complain(
            code + ".bad-content", "`contents` must list keyed values", at: node.mark,
            hint: "64 hexadecimal digits each; `custody waive` writes them")
          continue
        }
        contents.insert(digest)
      }
      if contents.isEmpty, m.list("contents").isEmpty {
        m.complain("empty", "a waiver names at least one content", at: "contents")
      }
    }
    guard let id, let rule, let owner, let reason, let expires else { return nil }
    return Waiver(id: id, rule: rule, owner: owner, reason: reason, expires: expires, contents: contents)
  }
}
