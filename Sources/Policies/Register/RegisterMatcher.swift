import CustodyCore

/// Finds the row that comes closest to an item. Deterministic, and the same however the inventory is split.
///
/// Rows of the holder are compared by: class listed, system listed, path listed, signature verified where that is
/// required, state (active first), later end of validity, then id. The winner's failures are the reason given to the reader.
struct RegisterMatcher: Sendable {
  let rows: [AuthorizationRow]
  let states: [RegisterState]
  /// What became of the signatures of each row; nil when no trust file was given.
  let verifications: [RowVerification?]
  /// Signatures are required and the row has none that was verified: it authorizes nothing.
  let refused: [Bool]
  /// The holder that was audited: as given, or the only one the register names.
  let holder: String?
  /// True when `holder` was not given and read from the register.
  let holderIsAssumed: Bool
  /// Positions of the holder's rows.
  let holderRows: [Int]
  /// Ids of rows that are other holders', and that none of the holder's rows hangs from; empty while the holder is not known.
  let foreignRows: Set<String>
  private let absent: RegisterState?
  private let candidates: [Candidate]
  /// True when no candidate's path patterns look at file names: one answer per folder and class.
  let dependsOnFolderOnly: Bool

  private struct Candidate: Sendable {
    var row: Int32
    /// Bits by position of the data class: rows are large, and this is asked for every item.
    var classes: UInt64
    var paths: [PathGlob]
    var systemFails: Bool
    var systemUnknown: Bool
    var signatureFails: Bool
    var base: Int
  }

  private static let categoryScore = 1 << 40
  private static let systemScore = 1 << 38
  private static let pathScore = 1 << 37
  private static let signatureScore = 1 << 36

  init(register: Register?, engagement: Engagement, asOf: Instant) {
    let standing = register?.standing(at: asOf) ?? []
    let rows = standing.compactMap { register?.rows[$0] }
    verifications = standing.map { register?.verifications?[$0] }
    let refused = standing.map { register?.isRefused($0) ?? false }
    self.refused = refused
    let states = rows.map { $0.state(at: asOf) }
    let names = Set(rows.map { $0.holder.name.lowercased() })
    var holder = engagement.holder
    holderIsAssumed = holder == nil && names.count == 1
    if holder == nil, names.count == 1 { holder = rows.first?.holder.name }
    self.rows = rows
    self.states = states
    self.holder = holder
    let wanted = holder?.lowercased()
    let system = engagement.system.map { Array($0.lowercased().utf8) }
    let mine = rows.indices.filter { rows[$0].holder.name.lowercased() == wanted }
    holderRows = mine
    // A subcontractor's records may name the prime's row under which it works.
    let own = Set(mine.map { rows[$0].id }).union(mine.compactMap { rows[$0].holder.parentRow })
    foreignRows = holder == nil ? [] : Set(rows.map(\.id)).subtracting(own)
    // Ties: later end of validity first, then id (rows are in order of id).
    let order = mine.sorted {
      let a = rows[$0].notAfter ?? .latest
      let b = rows[$1].notAfter ?? .latest
      return a == b ? $0 < $1 : a > b
    }
    candidates = order.enumerated().map { position, index in
      let fit = Self.fit(system, rows[index].systems)
      let signature = refused[index] ? 0 : Self.signatureScore
      let base =
        fit.score * Self.systemScore + signature + Self.rank(states[index]) << 32 + (order.count - position)
      let classes = rows[index].categories.reduce(UInt64(0)) { $0 | 1 << UInt64(DataClassTable.position($1)) }
      return Candidate(
        row: Int32(index), classes: classes, paths: rows[index].paths, systemFails: fit.fails,
        systemUnknown: fit.unknown, signatureFails: refused[index], base: base)
    }
    dependsOnFolderOnly = mine.allSatisfy { rows[$0].paths.allSatisfy(\.dependsOnFolderOnly) }
    absent =
      register == nil
      ? .noRegister : rows.isEmpty ? .noRow : holder == nil ? .holderUnknown : mine.isEmpty ? .noRow : nil
  }

  private static func fit(
    _ system: [UInt8]?, _ systems: [AuthorizationRow.System]
  ) -> (score: Int, fails: Bool, unknown: Bool) {
    if systems.isEmpty { return (2, false, false) }
    guard let system else { return (1, false, true) }
    let found = systems.contains { PathGlob($0.host.lowercased())?.matches(system[...]) ?? false }
    return found ? (2, false, false) : (0, true, false)
  }

  private static func rank(_ state: RegisterState) -> Int {
    switch state {
    case .active: 6
    case .suspended: 5
    case .notYetValid: 4
    case .expired: 3
    case .revoked: 2
    default: 1
    }
  }

  /// - Parameters:
  ///   - dataClass: nil for an entry in which nothing could be observed: every row's categories are taken to fit.
  ///   - locator: the normalized locator, containers joined by `!/`.
  ///   - innerStart: where the part inside the snapshot begins.
  ///   - hidesItsPlace: the path has a component `..`.
  func match(
    _ dataClass: DataClass?, locator: [UInt8], innerStart: Int, hidesItsPlace: Bool
  ) -> AuthorizationMatch {
    if let absent { return .none(absent) }
    var best = -1
    var found = AuthorizationMatch.none(.noRow)
    let bit = dataClass.map { 1 << UInt64(DataClassTable.position($0)) } ?? UInt64.max
    for candidate in candidates {
      let listed = dataClass == nil || candidate.classes & bit != 0
      let score = candidate.base + (listed ? Self.categoryScore : 0)
      guard score + Self.pathScore > best else { continue }
      let inPath =
        candidate.paths.isEmpty
        || (!hidesItsPlace && candidate.paths.contains { $0.matches(locator: locator, innerStart: innerStart) })
      let total = score + (inPath ? Self.pathScore : 0)
      guard total > best else { continue }
      best = total
      var failed: RowDimensions = []
      if !listed { failed.insert(.category) }
      if candidate.systemFails { failed.insert(.system) }
      if !inPath { failed.insert(.path) }
      if candidate.signatureFails { failed.insert(.signature) }
      found = AuthorizationMatch(
        state: states[Int(candidate.row)], row: candidate.row, failed: failed,
        unknown: candidate.systemUnknown ? .system : [])
    }
    return found
  }
}
