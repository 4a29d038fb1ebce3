internal import CEL
internal import CustodyCore

/// A value as text, for comparing the results of two evaluations: doubles by their bits, so that NaN equals itself.
///
/// Values share their parts and can be exponentially larger when written out, so the text ends after `limit` values.
struct Canonical {
  static let limit = 2000
  private(set) var text = ""
  private var left = Canonical.limit

  init(_ outcome: Result<CELValue, CELError>) {
    switch outcome {
    case .success(let value): add(value)
    case .failure(let error): text = "\(error.kind.rawValue)|\(error.message)|\(error.offset ?? -1)"
    }
  }

  private mutating func add(_ value: CELValue) {
    guard left > 0 else { return }
    left -= 1
    switch value {
    case .null: text += "null"
    case .bool(let b): text += "\(b)"
    case .int(let i): text += "\(i)"
    case .uint(let u): text += "\(u)u"
    case .double(let d): text += d.isNaN ? "NaN" : "d\(d.bitPattern)"
    case .string(let s): text += "'\(s)'"
    case .bytes(let b): text += "b\(b)"
    case .timestamp(let t): text += "t\(t.seconds).\(t.nanoseconds)"
    case .duration(let s, let n): text += "e\(s).\(n)"
    case .list(let list): addAll("[", list)
    case .map(let map):
      addAll("{", map.keys)
      addAll("}", map.values)
    case .object(let object): text += type(of: object).celTypeName
    case .type(let type): text += "type \(type)"
    case .optional(let inner): addAll("?", inner.map { [$0] } ?? [])
    }
  }

  private mutating func addAll(_ mark: String, _ values: [CELValue]) {
    text += "\(mark)\(values.count)"
    for value in values {
      guard left > 0 else { return }
      text += ","
      add(value)
    }
  }
}

extension CELValue {
  /// Whether a value of the declared type may look like this. Contents of lists and maps are looked at one level deep.
  func fits(_ type: CELType, depth: Int = 1) -> Bool {
    switch (type, self) {
    case (.dyn, _), (.null, .null), (.bool, .bool), (.int, .int), (.uint, .uint), (.double, .double),
      (.string, .string), (.bytes, .bytes), (.timestamp, .timestamp), (.duration, .duration), (.type, .type):
      true
    case (.list(let element), .list(let values)):
      depth == 0 || values.prefix(Canonical.limit).allSatisfy { $0.fits(element, depth: depth - 1) }
    case (.map(let key, let value), .map(let map)):
      depth == 0
        || (map.keys.prefix(Canonical.limit).allSatisfy { $0.fits(key, depth: depth - 1) }
          && map.values.prefix(Canonical.limit).allSatisfy { $0.fits(value, depth: depth - 1) })
    case (.optional(let wrapped), .optional(let inner)):
      depth == 0 || (inner.map { $0.fits(wrapped, depth: depth - 1) } ?? true)
    case (.object(let name), .object(let object)): Swift.type(of: object).celTypeName == name
    default: false
    }
  }
}
