import CEL
import CustodyCore
import Testing

@testable import Policies

/// Laws of time as rules see it, over seeded random moments.
@Suite struct TimeLawTests {
  private static let environment = RuleEnvironments(parameters: [], tables: [])[.item]

  private func evaluate(_ source: String, _ values: [String: CELValue] = [:]) throws -> CELValue {
    let environment = CELEnvironment(
      variables: [
        CELVariable(name: "t", type: .timestamp), CELVariable(name: "d", type: .string),
        CELVariable(name: "e", type: .string), CELVariable(name: "c", type: .object("captureTime")),
      ], objects: [CaptureTimeObject.type], functions: RuleFunctions.all)
    let program = try CELProgram(source, in: environment)
    let slots = ["t", "d", "e", "c"].map { values[$0] ?? .null }
    return try program.evaluate(slots).get()
  }

  private func plus(_ t: String, _ d: String) throws -> String {
    guard case .timestamp(let moment) = try evaluate("t.plus(d)", ["t": .timestamp(Make.moment(t)), "d": .string(d)])
    else { return "no timestamp" }
    return moment.description
  }

  @Test(
    "minutes are no months, months end where they end, leap days are days",
    arguments: [
      ("2019-01-31T10:00:00Z", "PT3M", "2019-01-31T10:03:00Z"), ("2019-01-31T10:00:00Z", "P3M", "2019-04-30T10:00:00Z"),
      ("2019-01-31T00:00:00Z", "P1M", "2019-02-28T00:00:00Z"), ("2020-01-31T00:00:00Z", "P1M", "2020-02-29T00:00:00Z"),
      ("2020-02-29T12:00:00Z", "P1Y", "2021-02-28T12:00:00Z"), ("2020-02-29T12:00:00Z", "P4Y", "2024-02-29T12:00:00Z"),
      ("2019-02-28T23:59:59Z", "PT1S", "2019-03-01T00:00:00Z"), ("2020-02-28T00:00:00Z", "P1D", "2020-02-29T00:00:00Z"),
      ("2019-12-31T00:00:00Z", "P30M", "2022-06-30T00:00:00Z"),
      ("2019-05-31T23:00:00+14:00", "P1M", "2019-06-30T09:00:00Z"),
      ("2019-06-01T00:00:00Z", "PT0S", "2019-06-01T00:00:00Z"),
    ])
  func calendar(_ start: String, _ duration: String, _ end: String) throws {
    #expect(try plus(start, duration) == end)
  }

  @Test func noDurationIsAnErrorOfTheExpression() {
    for text in ["", "3M", "P", "PT", "P-1D", "P1.5D", "P1H"] {
      #expect(throws: CELError.self) { _ = try plus("2019-01-01T00:00:00Z", text) }
    }
  }

  private static func random(_ g: inout SeededGenerator) -> Instant {
    Instant(seconds: Int64.random(in: 0...4_000_000_000, using: &g))
  }

  private static let durations = [
    "PT0S", "PT3M", "PT12H", "P1D", "P21D", "P1M", "P3M", "P18M", "P30M", "P1Y", "P3Y", "P75Y",
  ]

  @Test func laws() throws {
    var g = SeededGenerator(state: 7)
    for _ in 0..<2000 {
      let a = Self.random(&g)
      let b = Self.random(&g)
      let text = Self.durations.randomElement(using: &g) ?? "P1D"
      let duration = try #require(CalendarDuration(text))
      // Later stays later or equal: clamping to a month's end never turns two moments round.
      #expect((min(a, b).adding(duration) <= max(a, b).adding(duration)))
      // Nothing is ever shorter than it says: months last 28 days at least.
      let least = duration.months * 28 * 86_400 + duration.seconds
      #expect(a.adding(duration).seconds - a.seconds >= least)
      // Within: not yet past. Past: one second later than the limit.
      let captured = CaptureTime(instant: a, clock: .exif)
      let end = a.adding(duration)
      if !RetentionLimit.isZero(duration) {
        #expect(CaptureTimeObject(captured: captured, asOf: end).against(duration) == .within)
      }
      let after = Instant(seconds: end.seconds + 1)
      #expect(CaptureTimeObject(captured: captured, asOf: after).against(duration) == .past)
    }
  }

  @Test("an offset names the same moment", arguments: ["+00:00", "-05:00", "+05:30", "+14:00", "-12:00"])
  func offsets(_ offset: String) throws {
    let utc = try #require(Instant(rfc3339: "2019-03-10T12:00:00Z"))
    let sign: Int64 = offset.hasPrefix("-") ? -1 : 1
    let parts = offset.dropFirst().split(separator: ":").compactMap { Int64($0) }
    let shift = sign * (parts[0] * 3600 + parts[1] * 60)
    let local = CivilTime(secondsSinceEpoch: utc.seconds + shift)
    let text = local.dateText + "T" + local.timeText + offset
    let captured = try #require(CaptureTime(text, clock: .exif))
    #expect(captured.earliest == utc && captured.latest == utc && captured.hasZone)
    let limit = try #require(CalendarDuration("PT3M"))
    #expect(CaptureTimeObject(captured: captured, asOf: Instant(seconds: utc.seconds + 180)).against(limit) == .within)
    #expect(CaptureTimeObject(captured: captured, asOf: Instant(seconds: utc.seconds + 181)).against(limit) == .past)
  }

  @Test func withoutAZoneTwentySixHoursStayOpen() throws {
    let captured = try #require(CaptureTime("2019-03-10T12:00:00", clock: .exif))
    let limit = try #require(CalendarDuration("P1D"))
    let noon = Make.moment("2019-03-11T12:00:00Z").seconds
    func age(_ hours: Int64, _ seconds: Int64 = 0) -> CaptureTimeObject.Age {
      CaptureTimeObject(captured: captured, asOf: Instant(seconds: noon + hours * 3600 + seconds)).against(limit)
    }
    #expect(age(-14) == .within && age(-14, 1) == .zoneUnknown && age(12) == .zoneUnknown && age(12, 1) == .past)
  }

  @Test("the file's own time decides nothing but PT0S, whatever it says")
  func fileTimes() throws {
    var g = SeededGenerator(state: 11)
    for _ in 0..<500 {
      let captured = CaptureTime(instant: Self.random(&g), clock: .mtime)
      let text = Self.durations.randomElement(using: &g) ?? "P1D"
      let age = CaptureTimeObject(captured: captured, asOf: Self.random(&g)).against(
        try #require(CalendarDuration(text)))
      #expect(age == (text == "PT0S" ? .past : .clockUnreliable))
      let none = CaptureTimeObject(captured: nil, asOf: Self.random(&g)).against(try #require(CalendarDuration(text)))
      #expect(none == (text == "PT0S" ? .past : .clockUnknown))
    }
  }

  @Test(
    "durations are compared as they pass",
    arguments: [
      ("P11M", "P1Y", true), ("P12M", "P1Y", false), ("P365D", "P1Y", false), ("P364D", "P1Y", true),
      ("PT3M", "P3M", true),
      ("P3M", "PT3M", false),
    ])
  func comparison(_ a: String, _ b: String, _ shorter: Bool) throws {
    guard case .bool(let result) = try evaluate("d.isShorterThan(e)", ["d": .string(a), "e": .string(b)]) else {
      Issue.record("no truth value")
      return
    }
    #expect(result == shorter)
  }
}
