import CEL
import CustodyCore

/// Functions that rules have beyond the language: calendar arithmetic, which CEL's durations cannot do.
enum RuleFunctions {
  static let all: [CELFunction] = [plus, againstLimit, isShorterThan]

  /// For `custody policy show` and the documentation.
  static let meanings: [(signature: String, meaning: String)] = [
    (
      "timestamp.plus(string) -> timestamp",
      "the moment an ISO 8601 duration later; months first, the day clamped to the end of the month"
    ),
    (
      "item.captureTime.againstLimit(string) -> string",
      "within, past, clock-unknown, clock-unreliable (the file's own time only, or later than the moment judged for) or zone-unknown: the item's age held"
        + " against an ISO 8601 duration; PT0S is past at once"
    ),
    (
      "string.isShorterThan(string) -> bool",
      "compares two ISO 8601 durations as they pass from 2001-01-01, a year without leap day"
    ),
  ]

  private static let plus = CELFunction(
    name: "plus", isMember: true, parameters: [.timestamp, .string], result: .timestamp
  ) { values in
    guard case .timestamp(let moment) = values[0], case .string(let text) = values[1] else { return noOverload }
    guard let duration = CalendarDuration(text) else { return noDuration }
    return .success(.timestamp(moment.adding(duration)))
  }

  private static let againstLimit = CELFunction(
    name: "againstLimit", isMember: true, parameters: [.object("captureTime"), .string], result: .string
  ) { values in
    guard case .object(let object) = values[0], let time = object as? CaptureTimeObject,
      case .string(let text) = values[1]
    else { return noOverload }
    guard let duration = CalendarDuration(text) else { return noDuration }
    return .success(.string(time.against(duration).rawValue))
  }

  private static let isShorterThan = CELFunction(
    name: "isShorterThan", isMember: true, parameters: [.string, .string], result: .bool
  ) { values in
    guard case .string(let a) = values[0], case .string(let b) = values[1] else { return noOverload }
    guard let first = CalendarDuration(a), let second = CalendarDuration(b) else { return noDuration }
    return .success(.bool(base.adding(first) < base.adding(second)))
  }

  private static let base = Instant(seconds: 978_307_200)

  private static let noOverload = Result<CELValue, CELError>.failure(
    CELError(kind: .noOverload, message: "no such overload"))
  private static let noDuration = Result<CELValue, CELError>.failure(
    CELError(kind: .invalidArgument, message: "invalid argument: no ISO 8601 duration"))
}

/// When an item was captured, for `againstLimit`.
struct CaptureTimeObject: CELObject {
  static var celTypeName: String { "captureTime" }

  enum Age: String {
    case within, past, clockUnknown = "clock-unknown", clockUnreliable = "clock-unreliable", zoneUnknown =
      "zone-unknown"
  }

  let captured: CaptureTime?
  let asOf: Instant

  static let type = CELObjectType(name: celTypeName, fields: [(name: "clock", type: .string)])

  func celField(_ index: Int) -> CELValue? {
    index == 0 ? .string((captured?.clock ?? .none).rawValue) : nil
  }

  func against(_ limit: CalendarDuration) -> Age {
    // Nothing may be kept at all: no clock is needed to know that it was kept too long.
    if RetentionLimit.isZero(limit) { return .past }
    guard let captured else { return .clockUnknown }
    // Nobody captured anything later than now: such a clock is wrong, and would never let a limit pass.
    guard captured.clock.isReliable, captured.earliest <= asOf else { return .clockUnreliable }
    if captured.latest.adding(limit) < asOf { return .past }
    return captured.earliest.adding(limit) >= asOf ? .within : .zoneUnknown
  }
}
