import CustodyCore

/// The sentence that says what was found: text with counts and classes filled in, never anything read from the data.
struct ConditionTemplate: Sendable {
  enum Part: Sendable {
    case text(String)
    case value(Placeholder)
  }
  enum Placeholder: String, CaseIterable, Sendable {
    case items, entries, distinct, bytes, classes, specimens, state, record, cause

    /// What stands in its place, with an example; for the documentation.
    var meaning: (text: String, example: String) {
      switch self {
      case .items: ("items of the finding's classes", "12 items")
      case .entries: ("entries that hold them", "9 entries")
      case .distinct: ("different contents among the entries", "8 distinct contents")
      case .bytes: ("size of the entries", "48211 bytes")
      case .classes: ("data classes, sorted", "face.image, plate.image")
      case .specimens: ("items that are public test material", "3 items of public test material")
      case .state: ("state of the authorization; `mixed` when it differs", "expired")
      case .record: ("id and version of the row that came closest, id of the side record, or `no row`", "ROW-1 v2")
      case .cause: ("the cause", "no-row")
      }
    }
  }

  struct Values {
    var items: Int
    var entries: Int
    var distinct: Int
    var bytes: UInt64
    var classes: [DataClass]
    var specimens: Int
    var authorization: AuthorizationState
    var cause: String
  }

  let parts: [Part]

  /// - Parameter unknown: called with each placeholder that does not exist.
  init(_ text: String, unknown: (String) -> Void) {
    var parts: [Part] = []
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      parts.append(.text(String(rest[..<open])))
      let after = rest.index(after: open)
      guard let close = rest[after...].firstIndex(of: "}") else {
        unknown(String(rest[after...]))
        rest = rest[rest.endIndex...]
        break
      }
      let name = String(rest[after..<close])
      if let placeholder = Placeholder(rawValue: name) { parts.append(.value(placeholder)) } else { unknown(name) }
      rest = rest[rest.index(after: close)...]
    }
    parts.append(.text(String(rest)))
    self.parts = parts
  }

  func render(_ v: Values) -> String {
    var out = ""
    for part in parts {
      switch part {
      case .text(let text): out += text
      case .value(.items): out += Self.counted(v.items, "item", "items")
      case .value(.entries): out += Self.counted(v.entries, "entry", "entries")
      case .value(.distinct): out += Self.counted(v.distinct, "distinct content", "distinct contents")
      case .value(.bytes): out += String(v.bytes) + (v.bytes == 1 ? " byte" : " bytes")
      case .value(.classes):
        out += v.classes.isEmpty ? "no observed class" : v.classes.map(\.rawValue).joined(separator: ", ")
      case .value(.specimens): out += Self.counted(v.specimens, "item", "items") + " of public test material"
      case .value(.state): out += v.authorization.state
      case .value(.record): out += v.authorization.record.map { Printable.escape($0, limit: 120) } ?? "no row"
      case .value(.cause): out += v.cause
      }
    }
    return out
  }

  static func counted(_ n: Int, _ one: String, _ many: String) -> String { "\(n) \(n == 1 ? one : many)" }
}
