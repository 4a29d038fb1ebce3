public import CustodyCore

/// A file as bytes: nothing below this line opens files.
public struct PolicySource: Sendable, Hashable {
  /// File or pack name, for messages and for the report's configuration.
  public var name: String
  public var bytes: [UInt8]
  /// Files it names.
  public var attachments: Attachments
  public init(name: String, bytes: [UInt8], attachments: Attachments = Attachments()) {
    self.name = name
    self.bytes = bytes
    self.attachments = attachments
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
  /// Nil when none were given.
  public var waivers: Waivers?
  /// Things worth saying that are no reason to refuse: a parent row that does not exist, an unsigned row.
  public var warnings: [Complaint]
  private var sources: [(role: String, source: PolicySource)]
  /// Attachments that are secret.
  private var keyFiles: Set<String>
  /// Parameters that are not what their packs say.
  public var settings: [(pack: String, parameter: Parameter)] {
    packs.flatMap { pack in pack.parameters.filter(\.isSet).map { (pack.name, $0) } }
  }
  /// Changes that packs make to rules of other packs.
  public var adjustments: [Pack.Adjustment] { packs.flatMap(\.adjustments) }

  public var rules: [Rule] { packs.flatMap(\.rules) }

  /// Reads everything, or throws every complaint about any of the files in one go.
  ///
  /// - Parameters:
  ///   - settings: parameters that the operator sets.
  ///   - library: packs that others may extend without their being named.
  public static func load(
    packs: [PolicySource], registers: [PolicySource] = [], records: [PolicySource] = [],
    settings: [ParameterSetting] = [], library: [PolicySource] = []
  ) throws(Complaints) -> PolicySet {
    let (set, complaints) = read(packs, registers, records, settings, library)
    guard complaints.isEmpty else { throw Complaints(complaints) }
    return set
  }

  /// Errors and warnings of all files: `custody policy check`, `custody register check`.
  public static func check(
    packs: [PolicySource], registers: [PolicySource] = [], records: [PolicySource] = [],
    settings: [ParameterSetting] = [], library: [PolicySource] = []
  ) -> (errors: [Complaint], warnings: [Complaint]) {
    let (set, complaints) = read(packs, registers, records, settings, library)
    return (complaints, set.warnings)
  }

  private static func read(
    _ packs: [PolicySource], _ registers: [PolicySource], _ records: [PolicySource], _ settings: [ParameterSetting],
    _ library: [PolicySource]
  ) -> (PolicySet, [Complaint]) {
    var set = PolicySet(packs: [], register: nil, records: nil, warnings: [], sources: [], keyFiles: [])
    var complaints: [Complaint] = []
    var reader = PackReader(library: library, settings: settings)
    reader.read(packs)
    complaints += reader.complaints
    set.warnings += reader.warnings
    set.sources += reader.sources.map { ("policy", $0) }
    set.packs = reader.packs
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
      complaints += register.clashes().prefix(YAMLPage.complaintLimit)
      set.warnings += RegisterCheck.warnings(register.rows)
    }
    if !records.isEmpty {
      var files: [[SideRecord]] = []
      for source in records {
        let page = YAMLPage(name: source.name, bytes: source.bytes)
        files.append(RecordsLoader.load(page, source, keyFiles: &set.keyFiles))
        complaints += page.complaints
        set.warnings += page.warnings
        set.sources.append(("records", source))
      }
      complaints += Records.clashes(files)
      set.records = Records(files.flatMap { $0 })
    }
    return (set, complaints)
  }

  /// Notes a file that was read besides, for the report's configuration.
  mutating func add(_ source: PolicySource, role: String) { sources.append((role, source)) }

  /// Adds waivers.
  ///
  /// - Parameter key: of their values; at least 16 bytes.
  /// - Throws: every complaint about any of the files. A rule that no pack used here has is no mistake, because one file
  ///   serves several audits: such a waiver is reported as unmatched.
  public mutating func addWaivers(_ files: [PolicySource], key: [UInt8]) throws(Complaints) {
    var all: [Waiver] = []
    var complaints: [Complaint] = []
    for source in files {
      let page = YAMLPage(name: source.name, bytes: source.bytes)
      all += WaiverLoader.load(page, source)
      complaints += page.complaints
      warnings += page.warnings
      sources.append(("waivers", source))
    }
    guard complaints.isEmpty else { throw Complaints(complaints) }
    waivers = Waivers(all, key: key)
  }

  /// The files as the report names them, in the order they were given: packs, registers, records, trust file.
  public func configuration(sha256: @Sendable ([UInt8]) -> [UInt8]) -> [ResourceDescriptor] {
    func base(_ name: String) -> String { name.split(separator: "/").last.map(String.init) ?? name }
    var list: [ResourceDescriptor] = []
    func add(_ role: String, _ name: String, _ bytes: [UInt8]) {
      if let digest = Digest(sha256(bytes)) {
        list.append(ResourceDescriptor(role: role, name: name, sha256: digest))
      }
    }
    for (role, source) in sources {
      add(role, base(source.name), source.bytes)
      // Keys shape the result too, but their digests could be tried out.
      for (name, content) in source.attachments.files.sorted(by: { $0.key < $1.key }) {
        if case .bytes(let bytes) = content, !keyFiles.contains(name) { add(role + "-attachment", base(name), bytes) }
      }
    }
    for (pack, parameter) in settings {
      let text = pack + "." + parameter.name + "=" + parameter.text
      add("parameter", Printable.escape(text, limit: 200), Array(text.utf8))
    }
    return list
  }
}
