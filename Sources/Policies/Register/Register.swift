public import CustodyCore

/// The rows of every register file that was given, ready for matching.
public struct Register: Sendable {
  /// In the order they were read; the highest version of each id is the one that counts.
  public var rows: [AuthorizationRow]

  public init(rows: [AuthorizationRow]) { self.rows = rows }

  /// The rows that count at `asOf`: of each id the highest version issued by then, in order of id.
  public func rows(at asOf: Instant) -> [AuthorizationRow] {
    var newest: [String: AuthorizationRow] = [:]
    for row in rows where row.issuedAt.map({ $0 <= asOf }) ?? true {
      if let known = newest[row.id], known.version >= row.version { continue }
      newest[row.id] = row
    }
    return newest.values.sorted { Array($0.id.utf8).lexicographicallyPrecedes(Array($1.id.utf8)) }
  }
}
