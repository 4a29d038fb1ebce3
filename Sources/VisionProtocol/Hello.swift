public import CustodyCore
internal import Records

/// How a worker shall look at pictures: the payload of `hello`.
public struct VisionSettings: Sendable, Hashable {
  /// Operating point: `audit` or `ci`.
  public var profile: String
  /// Single parameters that differ from the profile, by the names of `docs/vision-profiles.md`.
  public var overrides: [String: Double]
  /// Bytes of memory the worker may take.
  public var memory: UInt64
  /// Key under which readings of plates are turned into codes for linking; at most 32 bytes, none: no codes.
  public var linkKey: [UInt8]

  public init(
    profile: String = "audit", overrides: [String: Double] = [:], memory: UInt64 = 512 << 20, linkKey: [UInt8] = []
  ) {
    self.profile = profile
    self.overrides = overrides
    self.memory = memory
    self.linkKey = linkKey
  }

  package var document: [UInt8] {
    var object = JSONObject()
    object.add("profile", .string(profile))
    if !overrides.isEmpty {
      let sorted = overrides.sorted { $0.key < $1.key }.map { (key: $0.key, value: JSONValue.double($0.value)) }
      object.add("options", .object(JSONObject(sorted)))
    }
    object.add("limits", .object(JSONObject([(key: "memory", value: JSONNumber.of(memory))])))
    if !linkKey.isEmpty { object.add("linkKey", .string(Hex.encode(linkKey))) }
    return JSONWriter.compact(.object(object))
  }

  package init(document: [UInt8]) throws(Complaint) {
    var fields = try JSONFields(try JSONParser.parse(document, source: "hello"), path: "")
    self.init(profile: try fields.string("profile"))
    if let options = fields.optional("options") {
      guard let members = options.object?.members else { throw fields.complaint("an object was expected", "options") }
      for member in members {
        switch member.value {
        case .int(let v): overrides[member.key] = Double(v)
        case .uint(let v): overrides[member.key] = Double(v)
        case .double(let v): overrides[member.key] = v
        default: throw fields.complaint("a number was expected", "options." + Printable.escape(member.key, limit: 60))
        }
      }
    }
    var limits = try fields.fields("limits")
    memory = try limits.unsigned("memory")
    try limits.end()
    if let key = try fields.optionalString("linkKey") {
      guard let bytes = Hex.decode(key), (1...32).contains(bytes.count) else {
        throw fields.complaint("1 to 32 bytes in hexadecimal digits were expected", "linkKey")
      }
      linkKey = bytes
    }
    try fields.end()
  }
}

/// Who answers: the payload of `ready`.
public struct VisionWorkerFacts: Sendable, Hashable {
  public var name: String
  /// `face.hog/1` …
  public var detectors: [String]
  /// Versions of the libraries it is built on, for reading.
  public var libraries: String
  /// Bytes of the largest picture it takes.
  public var pictureBytes: UInt64
  /// What the worker says it has given up; its word only.
  public var sandbox: Attributes

  public init(
    name: String, detectors: [String], libraries: String = "", pictureBytes: UInt64 = 64 << 20,
    sandbox: Attributes = [:]
  ) {
    self.name = name
    self.detectors = detectors
    self.libraries = libraries
    self.pictureBytes = pictureBytes
    self.sandbox = sandbox
  }

  package var document: [UInt8] {
    var object = JSONObject()
    object.add("name", .string(name))
    object.add("version", .int(Int64(FrameHeader.version)))
    object.add("detectors", .array(detectors.map { .string($0) }))
    if !libraries.isEmpty { object.add("libraries", .string(libraries)) }
    object.add("pictureBytes", JSONNumber.of(pictureBytes))
    if !sandbox.isEmpty { object.add("sandbox", VisionVerdict.json(sandbox)) }
    return JSONWriter.compact(.object(object))
  }

  package init(document: [UInt8]) throws(Complaint) {
    var fields = try JSONFields(try JSONParser.parse(document, source: "ready"), path: "")
    let name = try fields.string("name")
    guard try fields.unsigned("version") == UInt64(FrameHeader.version) else {
      throw fields.complaint("version \(FrameHeader.version) was expected", "version")
    }
    let detectors = try fields.strings("detectors")
    let libraries = try fields.optionalString("libraries") ?? ""
    guard VisionWords.isToken(name), detectors.count <= 64, detectors.allSatisfy(VisionWords.isDetector),
      VisionWords.isText(libraries, limit: 1024)
    else { throw fields.complaint("names of letters, digits, `.`, `_`, `-` were expected", "detectors") }
    let pictureBytes = try fields.unsigned("pictureBytes")
    let sandbox = try VisionVerdict.attributes(fields.optional("sandbox"), &fields, "sandbox")
    try fields.end()
    self.init(
      name: name, detectors: detectors, libraries: libraries,
      pictureBytes: min(pictureBytes, UInt64(FrameLimits.picture)), sandbox: sandbox)
  }
}
