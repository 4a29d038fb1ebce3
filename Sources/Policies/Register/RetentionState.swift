import CustodyCore

/// Where an item stands towards the retention limit of the row that comes closest.
enum RetentionState: String, CaseIterable, Sendable, Hashable {
  /// No row.
  case none
  /// The row states no limit.
  case notStated = "not-stated"
  case within, expired
  /// Past the limit or not, a hold commands keeping it.
  case held
  /// The limit runs from capture and nothing says when that was.
  case clockUnknown = "clock-unknown"
  /// Only the file's own time is known, which copying resets, or the clock runs ahead: never a violation.
  case clockUnreliable = "clock-unreliable"
  /// The time has no zone and the limit falls within the 26 hours it may mean.
  case zoneUnknown = "zone-unknown"
  /// The limit runs from receipt, which no snapshot shows.
  case receiptUnknown = "receipt-unknown"
}

/// The retention rule of one row, ready for many items.
struct RetentionLimit: Sendable {
  let limit: CalendarDuration?
  let clock: AuthorizationRow.RetentionClock
  let purposeEnd: Instant?
  let isHeld: Bool
  let asOf: Instant

  init(_ facts: RowFacts, asOf: Instant) {
    limit = facts.row.retention?.limit
    clock = facts.row.retention?.clock ?? .capture
    purposeEnd = facts.row.retention?.purposeEnd
    isHeld = facts.isHeld
    self.asOf = asOf
  }

  /// `PT0S`: nothing may be kept at all, so no clock is needed to know that it was kept too long.
  static func isZero(_ limit: CalendarDuration?) -> Bool { limit.map { $0.months == 0 && $0.seconds == 0 } ?? false }

  func state(_ captured: CaptureTime?) -> RetentionState {
    guard let limit else { return .notStated }
    if isHeld { return .held }
    switch clock {
    case .purposeEnd:
      guard let purposeEnd else { return .notStated }
      return purposeEnd.adding(limit) < asOf ? .expired : .within
    case .receipt:
      return Self.isZero(limit) ? .expired : .receiptUnknown
    case .capture:
      if Self.isZero(limit) { return .expired }
      guard let captured else { return .clockUnknown }
      // Nobody captured anything later than now: such a clock is wrong, and would never let a limit pass.
      guard captured.clock.isReliable, captured.earliest <= asOf else { return .clockUnreliable }
      if captured.latest.adding(limit) < asOf { return .expired }
      return captured.earliest.adding(limit) >= asOf ? .within : .zoneUnknown
    }
  }

  /// The last moment at which the item may be kept, where that is known.
  func retainUntil(_ captured: CaptureTime?) -> Instant? {
    guard let limit else { return nil }
    switch clock {
    case .purposeEnd: return purposeEnd?.adding(limit)
    case .receipt: return nil
    case .capture: return captured?.nominal.adding(limit)
    }
  }
}
