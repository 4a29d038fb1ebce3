public import CustodyCore

/// A file as bytes: nothing below this line opens files.
public struct PolicySource: Sendable, Hashable {
  /// File or pack name, for messages and for the report's configuration.
  public var name: String
  public var bytes: [UInt8]
  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }
}

/// Packs, register and side records, read and checked as a whole.
///
/// ```swift
/// let policies = try PolicySet.load(packs: [core], registers: [register], records: [])
/// var judge = Judge(policies: policies, engagement: engagement, asOf: asOf, digests: digests)
/// ```
public struct PolicySet: Sendable {
  /// In the order they were given.
  public var packs: [Pack]
  /// Nil when no register was given: then nothing is authorized.
  public var register: Register?
  public var records: Records?
  /// Things worth saying that are no reason to refuse: a parent row that does not exist, an unsigned row.
  public var warnings: [Complaint]
  private var sources: [(role: String, source: PolicySource)]

  public var rules: [Rule] { packs.flatMap(\.rules) }

  /// Reads everything, or throws every complaint about any of the files in one go.
  public static func load(
    packs: [PolicySource], registers: [PolicySource] = [], records: [PolicySource] = []
  ) throws(Complaints) -> PolicySet {
    let (set, complaints) = read(packs: packs, registers: registers, records: records)
    guard complaints.isEmpty else { throw Complaints(complaints) }
    return set
  }

  /// Errors and warnings of all files: `custody policy check`, `custody register check`.
  public static func check(
    packs: [PolicySource], registers: [PolicySource] = [], records: [PolicySource] = []
  ) -> (errors: [Complaint], warnings: [Complaint]) {
    let (set, complaints) = read(packs: packs, registers: registers, records: records)
    return (complaints, set.warnings)
  }

  private static func read(
    packs: [PolicySource], registers: [PolicySource], records: [PolicySource]
  ) -> (PolicySet, [Complaint]) {
    var set = PolicySet(packs: [], register: nil, records: nil, warnings: [], sources: [])
    var complaints: [Complaint] = []
    var ruleOwners: [String: String] = [:]
    for source in packs {
      let page = YAMLPage(name: source.name, bytes: source.bytes)
      let pack = PackLoader.load(page, source.bytes)
      complaints += page.complaints
      set.warnings += page.warnings
      set.sources.append(("policy", source))
      guard let pack else { continue }
      for rule in pack.rules {
        if let owner = ruleOwners.updateValue(pack.name, forKey: rule.id), owner != pack.name || page.complaints.isEmpty
        {
          complaints.append(
            Complaint(
              code: "policy.duplicate-rule", "rule `\(rule.id)` of pack `\(pack.name)` is also in pack `\(owner)`",
              at: page.name, hint: "give each rule an id of its own, and each pack only once"))
        }
      }
      set.packs.append(pack)
    }
    if !registers.isEmpty {
      var register = Register(rows: [])
      for source in registers {
        let page = YAMLPage(name: source.name, bytes: source.bytes)
        let loaded = RegisterLoader.load(page, source.bytes)
        register.add(loaded.register, loaded.rows, places: loaded.places)
        complaints += page.complaints
        set.warnings += page.warnings
        set.sources.append(("register", source))
      }
      set.register = register
      complaints += RegisterCheck.contradictions(register.rows)
      set.warnings += RegisterCheck.warnings(register.rows)
    }
    if !records.isEmpty {
      var certificates: [DestructionCertificate] = []
      for source in records {
        let page = YAMLPage(name: source.name, bytes: source.bytes)
        certificates += RecordsLoader.load(page, source.bytes)
        complaints += page.complaints
        set.warnings += page.warnings
        set.sources.append(("records", source))
      }
      set.records = Records(certificates: certificates)
    }
    return (set, complaints)
  }

  /// Notes a file that was read besides, for the report's configuration.
  mutating func add(_ source: PolicySource, role: String) { sources.append((role, source)) }

  /// The files as the report names them, in the order they were given: packs, registers, records, trust file.
  public func configuration(sha256: @Sendable ([UInt8]) -> [UInt8]) -> [ResourceDescriptor] {
    sources.compactMap { role, source in
      let name = source.name.split(separator: "/").last.map(String.init) ?? source.name
      return Digest(sha256(source.bytes)).map { ResourceDescriptor(role: role, name: name, sha256: $0) }
    }
  }
}
