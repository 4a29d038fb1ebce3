public import CustodyCore
internal import Evidence
public import Policies

/// Where packs, registers and side records come from: packs that ship with the program, files and folders.
public struct PolicySources: Sendable {
  /// Names of shipped packs, files or folders of `*.yaml`.
  public var packs: [String]
  public var registers: [String]
  public var records: [String]
  /// Parameters, `PACK.NAME=VALUE`.
  public var settings: [String]
  /// Trust file: the data owner's keys, from the auditor. Nil: signatures of rows are not verified.
  public var trust: String?
  /// Rows without a verified signature authorize nothing; needs `trust`.
  public var requireSigned: Bool
  public var waivers: [String]
  /// File with the key of the waivers' values.
  public var waiverKey: String?

  public init(
    packs: [String], registers: [String] = [], records: [String] = [], settings: [String] = [], trust: String? = nil,
    requireSigned: Bool = false, waivers: [String] = [], waiverKey: String? = nil
  ) {
    self.packs = packs
    self.registers = registers
    self.records = records
    self.settings = settings
    self.trust = trust
    self.requireSigned = requireSigned
    self.waivers = waivers
    self.waiverKey = waiverKey
  }

  /// The packs that ship, by name.
  public static let shipped = ShippedPacks.all.map { pack in
    let bytes = Array(pack.text.utf8)
    let named = Set(Attachments.names(in: bytes))
    let tables = ShippedPacks.tables.filter { named.contains($0.name) }
    return PolicySource(
      name: pack.name, bytes: bytes,
      attachments: Attachments(
        Dictionary(tables.map { ($0.name, .bytes(Array($0.text.utf8))) }, uniquingKeysWith: { first, _ in first })))
  }

  /// Reads the files.
  ///
  /// - Throws: everything that cannot be read, at once.
  public func read() throws(Complaints) -> (packs: [PolicySource], registers: [PolicySource], records: [PolicySource]) {
    var problems: [Complaint] = []
    func collect(_ body: () throws(Complaints) -> [PolicySource]) -> [PolicySource] {
      do throws(Complaints) { return try body() } catch {
        problems += error.all
        return []
      }
    }
    let packs = collect { () throws(Complaints) in try PolicyFiles.packs(self.packs, builtIn: Self.shipped) }
    let registers = collect { () throws(Complaints) in try PolicyFiles.files(self.registers) }
    let records = collect { () throws(Complaints) in try PolicyFiles.files(self.records) }
    guard problems.isEmpty else { throw Complaints(problems) }
    return (packs, registers, records)
  }

  /// Reads and checks everything, the register as evidence.
  ///
  /// - Throws: every problem of every file at once.
  public func load() throws(Complaints) -> PolicySet {
    let texts = try read()
    var set = try PolicySet.load(
      packs: texts.packs, registers: texts.registers, records: texts.records, settings: try parsedSettings(),
      library: Self.shipped)
    var trusted: PolicySource?
    if let trust {
      do throws(Complaint) {
        trusted = PolicySource(name: trust, bytes: try FileBytes.read(trust, atMost: PolicyFiles.sizeLimit))
      } catch { throw Complaints([error]) }
    }
    try set.admitRegister(trust: trusted, requireSigned: requireSigned, cryptography: .openSSL)
    if !waivers.isEmpty || waiverKey != nil { try addWaivers(to: &set) }
    return set
  }

  private func addWaivers(to set: inout PolicySet) throws(Complaints) {
    guard let waiverKey, !waivers.isEmpty else {
      throw Complaints([
        Complaint(
          code: "usage.waivers", "--waivers and --waiver-key belong together", at: "--waivers",
          hint: "the key is the file that `custody waive` was given")
      ])
    }
    let key: [UInt8]
    do throws(Complaint) { key = try WaiverKey.read(waiverKey) } catch { throw Complaints([error]) }
    try set.addWaivers(try PolicyFiles.files(waivers), key: key)
  }

  private func parsedSettings() throws(Complaints) -> [ParameterSetting] {
    var problems: [Complaint] = []
    let parsed = settings.compactMap { text in
      let setting = ParameterSetting(text)
      if setting == nil {
        problems.append(
          Complaint(
            code: "usage.set", "not of the form PACK.NAME=VALUE: \(Printable.escape(text, limit: 100))", at: "--set",
            hint: "for example us-dhs-contractor.pii_report_clock=PT1H"))
      }
      return setting
    }
    guard problems.isEmpty else { throw Complaints(problems) }
    return parsed
  }
}
