public import CustodyCore
internal import Records

/// What a worker made of one picture or video.
public struct VisionVerdict: Sendable, Hashable {
  /// A picture inside the picture's file, to be examined as an entry of its own.
  public struct Child: Sendable, Hashable {
    public var place: Place
    /// `thumbnail`, `preview` …
    public var role: String
    public init(place: Place, role: String) {
      self.place = place
      self.role = role
    }
  }
  /// A hash that similar pictures share most bits of.
  public struct PerceptualHash: Sendable, Hashable {
    public var bits: Digest
    /// 0 to 100: below about 50 the picture has too little structure to be told from others.
    public var quality: Int
    public init(bits: Digest, quality: Int) {
      self.bits = bits
      self.quality = quality
    }
  }

  public var disposition: Disposition
  /// Present unless `disposition` is `examined`.
  public var reason: Reason?
  public var notes: [String]
  /// Facts about the picture as a whole: `width`, `height`, `capturedAt` …
  public var attributes: Attributes
  public var observations: [Observation]
  public var children: [Child]
  public var hash: PerceptualHash?

  public init(
    _ disposition: Disposition, _ reason: Reason? = nil, notes: [String] = [], attributes: Attributes = [:],
    observations: [Observation] = [], children: [Child] = [], hash: PerceptualHash? = nil
  ) {
    self.disposition = disposition
    self.reason = reason
    self.notes = notes
    self.attributes = attributes
    self.observations = observations
    self.children = children
    self.hash = hash
  }

  /// What belongs into the entry's line: the attributes, and the hash as `pdq` and `pdqQuality`.
  public var entryAttributes: Attributes {
    var all = attributes
    if let hash {
      all["pdq"] = .string(hash.bits.description)
      all["pdqQuality"] = .int(Int64(hash.quality))
    }
    return all
  }

  /// Bounds of what a client believes.
  package enum Limits {
    package static let notes = 16
    package static let note = 256
    package static let attributes = 48
    package static let value = 512
    package static let observations = 64
    package static let count = 1_000_000
    package static let children = 16
  }

  // MARK: - As JSON

  package var document: [UInt8] {
    var object = JSONObject()
    object.add("disposition", .string(disposition.rawValue))
    object.add("reason", (reason?.rawValue).map { .string($0) })
    if !notes.isEmpty { object.add("notes", .array(notes.map { .string($0) })) }
    if !attributes.isEmpty { object.add("attributes", Self.json(attributes)) }
    if !observations.isEmpty { object.add("observations", .array(observations.map(Self.json))) }
    if !children.isEmpty { object.add("children", .array(children.map(Self.json))) }
    if let hash {
      object.add("hash", .string(hash.bits.description))
      object.add("hashQuality", JSONNumber.of(hash.quality))
    }
    return JSONWriter.compact(.object(object))
  }

  static func json(_ attributes: Attributes) -> JSONValue {
    .object(
      JSONObject(
        attributes.entries.map { entry in
          switch entry.value {
          case .string(let s): (key: entry.key, value: .string(s))
          case .int(let n): (key: entry.key, value: .int(n))
          case .bool(let b): (key: entry.key, value: .bool(b))
          }
        }))
  }
  private static func json(_ o: Observation) -> JSONValue {
    var object = JSONObject()
    object.add("dataClass", .string(o.dataClass.rawValue))
    object.add("detector", .string(o.detector))
    object.add("version", JSONNumber.of(o.version))
    object.add("strength", .string(o.strength.rawValue))
    object.add("count", JSONNumber.of(o.count))
    if !o.attributes.isEmpty { object.add("attributes", json(o.attributes)) }
    return .object(object)
  }
  private static func json(_ c: Child) -> JSONValue {
    .object(
      JSONObject([
        (key: "offset", value: JSONNumber.of(c.place.offset)), (key: "length", value: JSONNumber.of(c.place.length)),
        (key: "role", value: .string(c.role)),
      ]))
  }

  /// Takes a verdict apart as something a hostile process may have written.
  ///
  /// - Parameter size: bytes of the file that was looked at; children must lie inside.
  /// - Throws: for anything that is not exactly of the form of `docs/vision-protocol.md`.
  package init(document: [UInt8], size: UInt64) throws(Complaint) {
    var fields = try JSONFields(try JSONParser.parse(document, source: "verdict"), path: "")
    self.init(try fields.value("disposition", as: Disposition.self))
    if let word = try fields.optionalString("reason") {
      guard VisionWords.isToken(word) else { throw fields.complaint("not a word", "reason") }
      reason = Reason(rawValue: word)
    }
    guard (reason == nil) == (disposition == .examined) else {
      throw fields.complaint("stands exactly where the disposition is not examined", "reason")
    }
    if fields.optional("notes") != nil {
      notes = try fields.strings("notes")
      guard notes.count <= Limits.notes, notes.allSatisfy({ VisionWords.isText($0, limit: Limits.note) }) else {
        throw fields.complaint("too many, too long or not printable", "notes")
      }
    }
    attributes = try Self.attributes(fields.optional("attributes"), &fields, "attributes")
    if let list = fields.optional("observations") {
      guard (list.array?.count ?? 0) <= Limits.observations else { throw fields.complaint("too many", "observations") }
      observations = try fields.objects("observations", Self.observation)
    }
    if let list = fields.optional("children") {
      guard (list.array?.count ?? 0) <= Limits.children else { throw fields.complaint("too many", "children") }
      children = try fields.objects("children") { (inner) throws(Complaint) in try Self.child(&inner, size: size) }
    }
    if fields.optional("hash") != nil {
      let quality = try fields.count("hashQuality")
      guard quality <= 100 else { throw fields.complaint("0 to 100 was expected", "hashQuality") }
      hash = PerceptualHash(bits: try fields.digest("hash"), quality: quality)
    }
    try fields.end()
  }

  static func attributes(
    _ value: JSONValue?, _ fields: inout JSONFields, _ key: String
  ) throws(Complaint) -> Attributes {
    guard let value else { return [:] }
    guard let members = value.object?.members, members.count <= Limits.attributes else {
      throw fields.complaint("an object of at most \(Limits.attributes) members was expected", key)
    }
    var entries: [(key: String, value: AttributeValue)] = []
    for member in members {
      guard VisionWords.isToken(member.key) else { throw fields.complaint("a name that is no word", key) }
      switch member.value {
      case .bool(let b): entries.append((key: member.key, value: .bool(b)))
      case .int(let n): entries.append((key: member.key, value: .int(n)))
      case .string(let s) where VisionWords.isText(s, limit: Limits.value):
        entries.append((key: member.key, value: .string(s)))
      default: throw fields.complaint("a truth value, a whole number or a short text was expected", key)
      }
    }
    // Names differ: the parser refuses a name that stands twice.
    return Attributes(distinct: entries)
  }

  private static func observation(_ fields: inout JSONFields) throws(Complaint) -> Observation {
    let dataClass = try fields.value("dataClass", as: DataClass.self)
    let detector = try fields.string("detector")
    guard VisionWords.isToken(detector) else { throw fields.complaint("not a word", "detector") }
    let version = try fields.count("version")
    let strength = try fields.value("strength", as: Strength.self)
    let count = try fields.count("count")
    guard (1...Limits.count).contains(version), (1...Limits.count).contains(count) else {
      throw fields.complaint("1 to \(Limits.count) was expected", "count")
    }
    return Observation(
      dataClass, detector: detector, version: version, strength: strength, count: count,
      attributes: try attributes(fields.optional("attributes"), &fields, "attributes"))
  }

  private static func child(_ fields: inout JSONFields, size: UInt64) throws(Complaint) -> Child {
    let place = Place(offset: try fields.unsigned("offset"), length: try fields.unsigned("length"))
    let role = try fields.string("role")
    guard VisionWords.isToken(role) else { throw fields.complaint("not a word", "role") }
    let (end, overflow) = place.offset.addingReportingOverflow(place.length)
    guard !overflow, place.length > 0, end <= size else { throw fields.complaint("outside of the file", "offset") }
    return Child(place: place, role: role)
  }
}

/// Which strings a worker may send: the alphabets of inventory lines.
package enum VisionWords {
  /// Letters, digits, `.`, `_`, `-`; at most 64.
  package static func isToken(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count) && text.utf8.allSatisfy(isWordByte)
  }
  /// A token, a slash, a version.
  package static func isDetector(_ text: String) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count == 2 && isToken(String(parts[0])) && (UInt32(parts[1]) ?? 0) > 0
  }
  /// No control characters, at most `limit` bytes.
  package static func isText(_ text: String, limit: Int) -> Bool {
    text.utf8.count <= limit
      && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
  }
  private static func isWordByte(_ b: UInt8) -> Bool {
    switch b {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2E, 0x5F, 0x2D: true
    default: false
    }
  }
}
