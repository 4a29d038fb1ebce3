/// Where an entry is: the chain of containers and, last, the entry's own path, all as raw bytes.
///
/// Shown as `outer.tar!/lane3/day.zip!/0001.jpg`. Paths are bytes: two names that look alike stay two names.
public struct Locator: Sendable, Hashable {
  public let components: [[UInt8]]

  public init(_ components: [[UInt8]]) { self.components = components }
  public init(_ name: String) { components = [Array(name.utf8)] }

  /// The locator of a member of this container.
  public func appending(_ path: [UInt8]) -> Locator { Locator(components + [path]) }

  /// Number of containers around the entry.
  public var depth: Int { components.count - 1 }

  /// All components joined by `!/`.
  public var bytes: [UInt8] { Array(components.joined(separator: [0x21, 0x2F])) }

  /// For showing: invalid UTF-8 repaired. Not escaped; see `Printable`.
  public var description: String { String(decoding: bytes, as: UTF8.self) }
}

/// Text made safe to print on a terminal or into a log line.
public enum Printable {
  /// Control characters, escapes, bidirectional overrides and line separators become `\u{…}`;
  /// anything longer than `limit` characters is cut in the middle.
  public static func escape(_ text: String, limit: Int = 1024) -> String {
    var out = ""
    for s in text.unicodeScalars {
      switch s.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
        out += "\\u{" + String(s.value, radix: 16) + "}"
      default:
        if s == "\\" { out += "\\\\" } else { out.unicodeScalars.append(s) }
      }
    }
    guard out.count > limit else { return out }
    return String(out.prefix(limit * 2 / 3)) + "…" + String(out.suffix(limit / 3))
  }
}
