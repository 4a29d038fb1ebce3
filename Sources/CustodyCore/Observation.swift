/// What one detector saw in one entry. Never the payload: no pixel, template, name, plate or MRZ value.
public struct Observation: Sendable, Hashable {
  public var dataClass: DataClass
  /// Stable name of the detector, e.g. `finger.iso19794-2`.
  public var detector: String
  /// The detector's version; it rises whenever its answers can change.
  public var version: Int
  public var strength: Strength
  /// How many items of the class (images, templates, reads, persons …). At least 1.
  public var count: Int
  public var place: Place?
  /// Facts about the observation in the order the detector gives them.
  public var attributes: Attributes

  public init(
    _ dataClass: DataClass, detector: String, version: Int, strength: Strength, count: Int = 1,
    place: Place? = nil, attributes: Attributes = [:]
  ) {
    self.dataClass = dataClass
    self.detector = detector
    self.version = version
    self.strength = strength
    self.count = count
    self.place = place
    self.attributes = attributes
  }
}

/// Where in an entry something was seen.
public struct Place: Sendable, Hashable {
  /// Bytes from the start of the entry.
  public var offset: UInt64
  /// Bytes; 0 when unknown.
  public var length: UInt64
  public init(offset: UInt64, length: UInt64) {
    self.offset = offset
    self.length = length
  }
}

/// A fact: a number, a truth value or a short token of the program's own vocabulary.
public enum AttributeValue: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral
{
  case string(String)
  case int(Int64)
  case bool(Bool)

  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int64) { self = .int(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
}

/// Attributes keep the order in which they were given, so that equal input gives equal bytes.
///
/// Names in use: `width`, `height`, `depth` (bits), `format`, `compression`, `records`, `views`, `position`, `eye`,
/// `capturedAt` (`yyyy-MM-ddTHH:mm:ss`, optionally with offset), `clock` (`record` | `database` | `exif` | `name` | `mtime`),
/// `worldReadable` (of entries with observations), `deleted` (a file recovered from a disk image), `gps` (presence only), `specimen` (public test material, with the reason), `issuer`, `documentKind`, `encoding`, `encrypted`.
public struct Attributes: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  public private(set) var entries: [(key: String, value: AttributeValue)]

  public init() { entries = [] }
  public init(dictionaryLiteral elements: (String, AttributeValue)...) {
    entries = elements.map { (key: $0.0, value: $0.1) }
  }
  /// - Parameter entries: facts whose names are known to differ; not checked again.
  public init(distinct entries: [(key: String, value: AttributeValue)]) { self.entries = entries }
  public var isEmpty: Bool { entries.isEmpty }

  public subscript(key: String) -> AttributeValue? {
    get { entries.first { $0.key == key }?.value }
    set {
      if let i = entries.firstIndex(where: { $0.key == key }) {
        if let newValue { entries[i].value = newValue } else { entries.remove(at: i) }
      } else if let newValue {
        entries.append((key: key, value: newValue))
      }
    }
  }
  public static func == (a: Attributes, b: Attributes) -> Bool {
    a.entries.elementsEqual(b.entries) { $0.key == $1.key && $0.value == $1.value }
  }
  public func hash(into hasher: inout Hasher) {
    for e in entries {
      hasher.combine(e.key)
      hasher.combine(e.value)
    }
  }
}
