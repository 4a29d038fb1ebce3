public import CustodyCore

/// The rows of every register file that was given, ready for matching.
public struct Register: Sendable {
  /// Where a row was read.
  public struct Origin: Sendable, Hashable {
    /// Name of the register, as its file says.
    public var register: String
    /// File, line and column, for messages.
    public var place: String
  }

  /// In the order they were read; the highest version of each id is the one that counts.
  public var rows: [AuthorizationRow]
  /// By position in `rows`.
  private(set) var origins: [Origin] = []
  /// Names of the registers, in the order in which they were first read.
  public private(set) var names: [String] = []
  /// What became of the signatures, by position in `rows`; nil when no trust file was given.
  public internal(set) var verifications: [RowVerification]?
  /// Rows whose signatures were not verified authorize nothing.
  public internal(set) var requiresSignatures = false
  /// The trust file knows no state of a register: rows missing from its end cannot be noticed.
  var hasUnknownState = false

  public init(rows: [AuthorizationRow]) { self.rows = rows }

  /// Adds the rows of one file.
  mutating func add(_ name: String, _ rows: [AuthorizationRow], places: [String]) {
    // A register without an origin for each row would shift all that follow.
    guard rows.count == places.count, origins.count == self.rows.count else { return }
    if !names.contains(name) { names.append(name) }
    self.rows += rows
    origins += places.map { Origin(register: name, place: $0) }
  }

  /// Rows whose id is another grant's in another register: the higher version of the one would replace the other.
  func clashes() -> [Complaint] {
    var first: [String: Int] = [:]
    return rows.indices.compactMap { i in
      guard let known = first[rows[i].id] else {
        first[rows[i].id] = i
        return nil
      }
      let isSame =
        rows[known].agency == rows[i].agency
        && rows[known].holder.name.lowercased() == rows[i].holder.name.lowercased()
      // Equal versions that differ are conflicting rows, whatever register they stand in.
      guard !isSame, rows[known].version != rows[i].version, origin(of: known)?.register != origin(of: i)?.register
      else { return nil }
      return Complaint(
        code: "register.id-taken",
        "row `\(Printable.escape(rows[i].label, limit: 120))` has the id of another holder's or agency's row",
        at: origin(of: i)?.place, hint: "the other stands at \(origin(of: known)?.place ?? "another place")")
    }
  }

  func origin(of row: Int) -> Origin? { origins.indices.contains(row) ? origins[row] : nil }

  /// Nothing but a verified signature would let this row authorize anything, and it has none.
  func isRefused(_ row: Int) -> Bool {
    guard requiresSignatures else { return false }
    guard let verifications, verifications.indices.contains(row) else { return true }
    return !verifications[row].isVerified
  }

  /// The rows that count at `asOf`: of each id the highest version issued by then, in order of id.
  public func rows(at asOf: Instant) -> [AuthorizationRow] { standing(at: asOf).map { rows[$0] } }

  /// Positions of the rows that count at `asOf`.
  ///
  /// Where signatures are required, an issue date that nobody signed postpones nothing: or else a revocation would be
  /// undone by writing a later date into it.
  public func standing(at asOf: Instant) -> [Int] {
    var newest: [String: Int] = [:]
    for (i, row) in rows.enumerated() where isRefused(i) || row.issuedAt.map({ $0 <= asOf }) ?? true {
      if let known = newest[row.id], rows[known].version >= row.version { continue }
      newest[row.id] = i
    }
    return newest.values.sorted { rows[$0].id.utf8.lexicographicallyPrecedes(rows[$1].id.utf8) }
  }
}
