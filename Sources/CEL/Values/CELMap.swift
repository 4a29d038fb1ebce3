/// A map at run time: entries in the order they were written, keys unique.
///
/// Keys are `int`, `uint`, `bool` or `string`. Numeric keys are one key when they are the same number, whatever their
/// type (`{1: 'a'}[1u]` finds `'a'`); strings are compared by their code points, without Unicode normalization.
public struct CELMap: Sendable {
  /// Above this many entries a hash index is built; below it a scan is quicker than hashing.
  private static let scanLimit = 8

  public private(set) var keys: [CELValue]
  public private(set) var values: [CELValue]
  private var index: [MapKey: Int]?

  public init() {
    keys = []
    values = []
  }

  /// A map with string keys; the first of two equal keys wins.
  public init(_ entries: [(String, CELValue)]) {
    self.init()
    reserve(entries.count)
    for (key, value) in entries { _ = insert(.string(key), value) }
  }

  /// Nil when a key is of a type no map may have, or occurs twice.
  public init?(entries: [(CELValue, CELValue)]) {
    self.init()
    reserve(entries.count)
    for (key, value) in entries {
      guard insert(key, value) == .inserted else { return nil }
    }
  }

  public var count: Int { keys.count }
  public var isEmpty: Bool { keys.isEmpty }

  /// The value under `key`, nil when there is none or no map can have such a key.
  public subscript(key: CELValue) -> CELValue? {
    find(key).map { values[$0] }
  }

  /// The value under a string key.
  public subscript(key: String) -> CELValue? {
    find(.string(key)).map { values[$0] }
  }

  enum Insertion { case inserted, repeated, unsupportedKey }

  mutating func reserve(_ count: Int) {
    keys.reserveCapacity(count)
    values.reserveCapacity(count)
  }

  mutating func insert(_ key: CELValue, _ value: CELValue) -> Insertion {
    switch key {
    case .bool, .int, .uint, .string: break
    default: return .unsupportedKey
    }
    guard find(key) == nil else { return .repeated }
    keys.append(key)
    values.append(value)
    if index != nil {
      if let k = MapKey(key) { index?[k] = keys.count - 1 }
    } else if keys.count > Self.scanLimit {
      var built: [MapKey: Int] = [:]
      built.reserveCapacity(keys.count * 2)
      for (i, key) in keys.enumerated() {
        if let k = MapKey(key) { built[k] = i }
      }
      index = built
    }
    return .inserted
  }

  func find(_ key: CELValue) -> Int? {
    guard let wanted = MapKey(key) else { return nil }
    if let index { return index[wanted] }
    for i in keys.indices where MapKey(keys[i]) == wanted { return i }
    return nil
  }
}

/// A map key by what it means: numbers by their value, strings by their bytes.
enum MapKey: Hashable {
  case bool(Bool)
  /// Every whole number an int can hold, whatever type it came in.
  case int(Int64)
  /// Whole numbers beyond int.
  case uint(UInt64)
  case string(String)

  init?(_ value: CELValue) {
    switch value {
    case .bool(let b): self = .bool(b)
    case .int(let i): self = .int(i)
    case .uint(let u):
      if let i = Int64(exactly: u) { self = .int(i) } else { self = .uint(u) }
    case .double(let d):
      if let i = Int64(exactly: d) {
        self = .int(i)
      } else if let u = UInt64(exactly: d) {
        self = .uint(u)
      } else {
        return nil
      }
    case .string(let s): self = .string(s)
    default: return nil
    }
  }

  static func == (a: MapKey, b: MapKey) -> Bool {
    switch (a, b) {
    case (.bool(let x), .bool(let y)): x == y
    case (.int(let x), .int(let y)): x == y
    case (.uint(let x), .uint(let y)): x == y
    case (.string(let x), .string(let y)): Text.equal(x, y)
    default: false
    }
  }

  func hash(into hasher: inout Hasher) {
    switch self {
    case .bool(let b): hasher.combine(b)
    case .int(let i): hasher.combine(i)
    case .uint(let u): hasher.combine(u)
    case .string(let s):
      var s = s
      s.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
  }
}
