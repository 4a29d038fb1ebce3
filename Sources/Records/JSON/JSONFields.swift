package import CustodyCore

/// Takes an object apart member by member and refuses what nobody asked for.
///
/// Read every known member, then call `end()`: a member that was never read is unknown and stops the load.
package struct JSONFields {
  /// Where the object is in its document, e.g. `findings[3].counts`.
  package let path: String
  private let object: JSONObject
  private var taken: Set<String> = []

  package init(_ value: JSONValue?, path: String) throws(Complaint) {
    guard case .object(let object) = value else { throw JSONFields.complaint("an object was expected", at: path) }
    self.object = object
    self.path = path
  }

  package static func complaint(_ message: String, at path: String) -> Complaint {
    Complaint(code: "record.shape", message, at: path.isEmpty ? nil : path)
  }
  package func complaint(_ message: String, _ key: String) -> Complaint {
    JSONFields.complaint(message, at: path.isEmpty ? key : path + "." + key)
  }

  /// The member, or nil when there is none.
  package mutating func optional(_ key: String) -> JSONValue? {
    taken.insert(key)
    return object[key]
  }
  package mutating func required(_ key: String) throws(Complaint) -> JSONValue {
    guard let value = optional(key) else { throw complaint("missing", key) }
    return value
  }
  package mutating func fields(_ key: String) throws(Complaint) -> JSONFields {
    try JSONFields(try required(key), path: path.isEmpty ? key : path + "." + key)
  }
  package mutating func string(_ key: String) throws(Complaint) -> String {
    guard let s = try required(key).string else { throw complaint("a string was expected", key) }
    return s
  }
  package mutating func optionalString(_ key: String) throws(Complaint) -> String? {
    guard let value = optional(key) else { return nil }
    guard let s = value.string else { throw complaint("a string was expected", key) }
    return s
  }
  package mutating func strings(_ key: String) throws(Complaint) -> [String] {
    var all: [String] = []
    for value in try array(key) {
      guard let s = value.string else { throw complaint("an array of strings was expected", key) }
      all.append(s)
    }
    return all
  }
  package mutating func array(_ key: String) throws(Complaint) -> [JSONValue] {
    guard let a = try required(key).array else { throw complaint("an array was expected", key) }
    return a
  }
  /// Each object of an array, read by `body` to its end.
  package mutating func objects<T>(
    _ key: String, _ body: (inout JSONFields) throws(Complaint) -> T
  ) throws(Complaint) -> [T] {
    var all: [T] = []
    for (i, value) in try array(key).enumerated() {
      var inner = try JSONFields(value, path: (path.isEmpty ? key : path + "." + key) + "[\(i)]")
      all.append(try body(&inner))
      try inner.end()
    }
    return all
  }
  /// A count: 0 or more; a string of digits is taken beyond what a double holds exactly.
  package mutating func count(_ key: String) throws(Complaint) -> Int {
    guard let v = Int(exactly: try unsigned(key)) else { throw complaint("a smaller number was expected", key) }
    return v
  }
  package mutating func unsigned(_ key: String) throws(Complaint) -> UInt64 {
    guard let v = JSONNumber.unsigned(try required(key)) else {
      throw complaint("a whole number of 0 or more was expected", key)
    }
    return v
  }
  package mutating func digest(_ key: String) throws(Complaint) -> Digest {
    guard let d = Digest(hex: try string(key)) else { throw complaint("64 hexadecimal digits were expected", key) }
    return d
  }
  package mutating func instant(_ key: String) throws(Complaint) -> Instant {
    guard let t = Instant(rfc3339: try string(key)) else { throw complaint("an RFC 3339 time was expected", key) }
    return t
  }
  package mutating func value<T: RawRepresentable<String>>(
    _ key: String, as: T.Type = T.self
  ) throws(Complaint) -> T {
    guard let v = T(rawValue: try string(key)) else { throw complaint("not one of the known words", key) }
    return v
  }

  /// - Throws: when the object has a member that was not read.
  package func end() throws(Complaint) {
    if let unknown = object.members.first(where: { !taken.contains($0.key) }) {
      throw complaint("unknown member", Printable.escape(unknown.key, limit: 80))
    }
  }
}

/// Whole numbers as this project's JSON spells them.
package enum JSONNumber {
  /// The largest whole number every JSON reader keeps exactly (RFC 7493 section 2.2): 2^53 - 1.
  package static let largestExact: UInt64 = 9_007_199_254_740_991

  /// A number up to `largestExact`, a string of digits beyond.
  package static func of(_ v: UInt64) -> JSONValue { v <= largestExact ? .int(Int64(v)) : .string(String(v)) }
  package static func of(_ v: Int) -> JSONValue { v < 0 ? .int(Int64(v)) : of(UInt64(v)) }

  /// A number, or a string of decimal digits without leading zeros.
  package static func unsigned(_ value: JSONValue) -> UInt64? {
    switch value {
    case .int(let v): return UInt64(exactly: v)
    case .uint(let v): return v
    case .string(let s):
      guard let v = UInt64(s), String(v) == s else { return nil }
      return v
    default: return nil
    }
  }
}
