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

  public init(packs: [String], registers: [String] = [], records: [String] = [], settings: [String] = []) {
    self.packs = packs
    self.registers = registers
    self.records = records
    self.settings = settings
  }

  /// The packs that ship, by name.
  public static let shipped = ShippedPacks.all.map {
    PolicySource(
      name: $0.name, bytes: Array($0.text.utf8),
      attachments: Attachments(
        Dictionary(ShippedPacks.tables.map { ($0.name, .bytes(Array($0.text.utf8))) }, uniquingKeysWith: { a, _ in a }))
    )
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

  /// Reads and checks everything.
  ///
  /// - Throws: every problem of every file at once.
  public func load() throws(Complaints) -> PolicySet {
    let texts = try read()
    return try PolicySet.load(
      packs: texts.packs, registers: texts.registers, records: texts.records, settings: try parsedSettings(),
      library: Self.shipped)
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
