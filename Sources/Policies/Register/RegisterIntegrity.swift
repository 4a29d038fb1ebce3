import CustodyCore

/// Whether a register only ever grew: no row missing, moved, changed or cut off. Every complaint refuses the audit.
struct RegisterIntegrity {
  /// Larger numbers are refused.
  static let sequenceLimit: Int64 = 1_000_000_000

  let register: Register
  let trust: Trust?
  let sha256: ([UInt8]) -> Digest
  private(set) var complaints: [Complaint] = []
  /// Heads of the registers that are whole, by name.
  private(set) var heads: [String: [Digest]] = [:]
  /// Registers of which the trust file knows no state: rows missing from their end cannot be noticed.
  private(set) var unknown: [String] = []

  /// - Parameter demanded: every row must have a sequence number, also where none has.
  init(_ register: Register, trust: Trust?, demanded: Bool, sha256: @escaping ([UInt8]) -> Digest) {
    self.register = register
    self.trust = trust
    self.sha256 = sha256
    for name in register.names {
      let rows = register.rows.indices.filter { register.origin(of: $0)?.register == name }
      guard demanded || rows.contains(where: { register.rows[$0].sequence != nil }) else { continue }
      check(name, rows)
    }
  }

  private mutating func complain(_ code: String, _ row: Int?, _ message: String, _ hint: String? = nil) {
    guard complaints.count < YAMLPage.complaintLimit else { return }
    let label = row.map { "row `\(Printable.escape(register.rows[$0].label, limit: 120))` " } ?? ""
    complaints.append(
      Complaint(
        code: "register." + code, label + message, at: row.flatMap { register.origin(of: $0)?.place }, hint: hint))
  }

  private mutating func check(_ name: String, _ rows: [Int]) {
    let isOrdered = checkOrder(rows)
    checkVersions(rows)
    // Positions say nothing while rows are missing or moved.
    guard isOrdered else { return }
    let chain = RegisterChain.heads(rows.map { register.rows[$0].payload }, sha256: sha256)
    heads[name] = chain
    guard let trust else { return }
    checkState(name, chain, trust)
  }

  /// Sequence numbers run 1, 2, 3 … in the order of the files. True when they do.
  private mutating func checkOrder(_ rows: [Int]) -> Bool {
    var highest: Int64 = 0
    var numbers: [(number: Int64, row: Int)] = []
    var isOrdered = true
    for row in rows {
      guard let number = register.rows[row].sequence else {
        isOrdered = false
        complain(
          "no-sequence", row, "has no `sequence`", "number the rows 1, 2, 3 … in the order in which they were made")
        continue
      }
      if number <= highest {
        isOrdered = false
        complain(
          "reordered", row, "has sequence \(number) and stands behind \(highest)",
          "rows are only ever added at the end; give several files in their order")
      }
      highest = max(highest, number)
      numbers.append((number, row))
    }
    var expected: Int64 = 1
    for (number, row) in numbers.sorted(by: { ($0.number, $0.row) < ($1.number, $1.row) }) {
      if number > expected {
        isOrdered = false
        let missing = number - 1 == expected ? "\(expected)" : "\(expected) to \(number - 1)"
        complain(
          "row-missing", row, "has sequence \(number), but sequence \(missing) is missing before it",
          "a row is never removed; what no longer holds gets a new version with status revoked")
      }
      expected = number + 1
    }
    return isOrdered
  }

  /// Versions of one id run 1, 2, 3 …, and each names the one before it by its digest.
  private mutating func checkVersions(_ rows: [Int]) {
    var last: [String: Int] = [:]
    for row in rows {
      let current = register.rows[row]
      defer { last[current.id] = row }
      let before = last[current.id]
      let expected = before.map { register.rows[$0].version + 1 } ?? 1
      guard current.version == expected else {
        complain("version-order", row, "stands where version \(expected) is expected", "a change is the next version")
        continue
      }
      guard let before else {
        if current.previous != nil { complain("version-order", row, "is the first version and names a `previous` one") }
        continue
      }
      guard let previous = current.previous else {
        complain(
          "no-previous", row, "does not say which row it replaces",
          "`previous` is the SHA-256 of the payload of version \(current.version - 1); custody register show prints it")
        continue
      }
      if previous != sha256(register.rows[before].payload) {
        complain(
          "edited", before, "is not the row that version \(current.version) replaces: it was edited afterwards",
          "restore the row as it was signed; a change is a new version")
      }
    }
  }

  /// The register goes on from the state the auditor knows.
  private mutating func checkState(_ name: String, _ chain: [Digest], _ trust: Trust) {
    let shown = "register `\(Printable.escape(name, limit: 120))` "
    let size = chain.count - 1
    guard let known = trust.registers.first(where: { $0.name == name }) else {
      if trust.registers.isEmpty {
        unknown.append(name)
      } else {
        complain(
          "not-known", nil, shown + "is not among the registers of the trust file",
          "was it renamed? one that is really new is listed with size 0 and 64 zeros")
      }
      return
    }
    if known.size == 0 { unknown.append(name) }
    if size < known.size {
      complain(
        "rolled-back", nil, shown + "has \(size) rows, and had \(known.size) when the trust file was written",
        "rows were cut off at its end, the last of them perhaps a revocation; ask the holder for the whole register")
    } else if chain[known.size] != known.head {
      complain(
        "rewritten", nil, shown + "differs within its first \(known.size) rows from what the trust file knows",
        "a row was edited, exchanged or added in between; compare with an older copy")
    }
  }
}
