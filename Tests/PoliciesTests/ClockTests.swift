import CustodyCore
import Testing

@testable import Policies

/// When was it captured, and was it kept too long: minutes are not months, and a file's own time proves nothing.
@Suite struct ClockTests {
  static let durations: [(text: String, months: Int64, seconds: Int64)] = [
    ("PT3M", 0, 180), ("P3M", 3, 0), ("PT12H", 0, 43_200), ("P30D", 0, 2_592_000), ("P30M", 30, 0), ("P1Y", 12, 0),
    ("PT0S", 0, 0), ("P1Y2M10DT2H30M", 14, 873_000), ("P2W", 0, 1_209_600), ("P75Y", 900, 0),
  ]

  @Test(arguments: durations.indices) func durationsAreRead(_ i: Int) throws {
    let c = Self.durations[i]
    let duration = try #require(CalendarDuration(c.text))
    #expect(duration.months == c.months && duration.seconds == c.seconds)
  }

  @Test(arguments: [
    "", "P", "PT", "3M", "P3", "PT3", "P-3M", "P3MT", "P1M1Y", "PT1.5H", "P3m", "p3M", "P 3M", "P9999999Y",
  ])
  func otherTextIsNoDuration(_ text: String) { #expect(CalendarDuration(text) == nil) }

  static let sums: [(from: String, duration: String, to: String)] = [
    ("2020-01-31T10:00:00Z", "P1M", "2020-02-29T10:00:00Z"), ("2019-01-31T10:00:00Z", "P1M", "2019-02-28T10:00:00Z"),
    ("2020-02-29T00:00:00Z", "P1Y", "2021-02-28T00:00:00Z"), ("2020-02-29T00:00:00Z", "P4Y", "2024-02-29T00:00:00Z"),
    ("2000-02-28T23:59:59Z", "PT1S", "2000-02-29T00:00:00Z"), ("1900-02-28T00:00:00Z", "P1D", "1900-03-01T00:00:00Z"),
    ("2019-12-31T23:57:00Z", "PT3M", "2020-01-01T00:00:00Z"), ("2019-11-30T00:00:00Z", "P3M", "2020-02-29T00:00:00Z"),
    ("2019-05-31T23:00:00-05:00", "P1D", "2019-06-02T04:00:00Z"),
    ("9999-12-31T00:00:00Z", "P1Y", "9999-12-31T23:59:59.999999999Z"),
  ]

  @Test(arguments: sums.indices) func monthsAreCalendarMonths(_ i: Int) throws {
    let c = Self.sums[i]
    let from = try #require(Instant(rfc3339: c.from))
    #expect(from.adding(try #require(CalendarDuration(c.duration))).description == c.to)
  }

  @Test func addingIsMonotonicAndKeepsTheDayWhereItCan() throws {
    var random = SeededGenerator(state: 1)
    for _ in 0..<5000 {
      let a = Instant(seconds: Int64.random(in: -2_000_000_000...8_000_000_000, using: &random))
      let b = Instant(seconds: a.seconds + Int64.random(in: 0...10_000_000, using: &random))
      let months = Int64.random(in: 0...600, using: &random)
      let d = try #require(CalendarDuration("P\(months)M"))
      #expect(a.adding(d) <= b.adding(d))
      let before = CivilTime(secondsSinceEpoch: a.seconds)
      let after = CivilTime(secondsSinceEpoch: a.adding(d).seconds)
      #expect(after.day == min(before.day, CivilTime.days(inMonth: after.month, of: after.year)))
      #expect(after.hour == before.hour && after.second == before.second)
      let moved = Int64(after.year - before.year) * 12 + Int64(after.month - before.month)
      #expect(moved == months)
    }
  }

  @Test func timesWithoutZoneAreAStretchOfTime() throws {
    let local = try #require(CaptureTime("2018-11-02T14:00:00", clock: .exif))
    #expect(
      local.earliest == Make.moment("2018-11-02T00:00:00Z") && local.latest == Make.moment("2018-11-03T02:00:00Z"))
    #expect(local.shown == "2018-11-02T14:00:00" && !local.hasZone)
    let zoned = try #require(CaptureTime("2018-11-02T14:00:00+02:00", clock: .exif))
    #expect(zoned.earliest == zoned.latest && zoned.shown == "2018-11-02T12:00:00Z")
    let day = try #require(CaptureTime("2018-11-02", clock: .database))
    #expect(day.latest == Make.moment("2018-11-03T11:59:59Z"))
    for bad in ["", "2018", "2018-13-01T00:00:00", "2018-11-02 14:00:00", "garbage", "2018-02-30"] {
      #expect(CaptureTime(bad, clock: .exif) == nil)
    }
  }

  static let clocks: [(entry: Examination, clock: CaptureClock)] = [
    (Make.entry("a", [Make.seen(.faceImage)]), .none),
    (Make.entry("a", [Make.seen(.faceImage)], modified: Make.asOf), .mtime),
    (
      Make.entry(
        "a", [Make.seen(.faceImage)], modified: Make.asOf,
        attributes: ["capturedAt": "2018-01-01T00:00:00", "clock": "exif"]),
      .exif
    ),
    (
      Make.entry(
        "a", [Make.seen(.faceImage, ["capturedAt": "2018-01-01T00:00:00Z", "clock": "record"])],
        attributes: ["capturedAt": "2018-01-01T00:00:00", "clock": "exif"]), .record
    ),
    (
      Make.entry(
        "a",
        [
          Make.seen(.faceImage, ["capturedAt": "2018-01-01T00:00:00", "clock": "exif"]),
          Make.seen(.faceImage, ["capturedAt": "2018-01-01T00:00:00", "clock": "database"]),
        ]), .database
    ),
    (Make.entry("a", [Make.seen(.faceImage, ["capturedAt": "soon", "clock": "exif"])]), .none),
    (Make.entry("a", [Make.seen(.faceImage, ["capturedAt": "2018-01-01T00:00:00", "clock": "sundial"])]), .none),
    (Make.entry("c/2018/11/02/20181102-140258_c_X.jpg", [Make.seen(.faceImage)], modified: Make.asOf), .name),
    (
      Make.entry(
        "a", [Make.seen(.faceImage, ["capturedAt": "2018-01-01T00:00:00Z", "clock": "mtime"])], modified: Make.asOf),
      .mtime
    ),
  ]

  @Test(arguments: clocks.indices) func theBestClockIsTaken(_ i: Int) throws {
    var judge = try Make.judge(packs: [])
    judge.add(Self.clocks[i].entry)
    #expect(judge.tuples.values.first?.clock == Self.clocks[i].clock)
  }

  struct Case: Sendable {
    var retention: String?
    var captured: String?
    var clock = "exif"
    var modified: String?
    var hold: String?
    var asOf = "2019-06-01T00:00:00Z"
    var state: RetentionState
  }

  static let cases: [Case] = [
    Case(retention: "{limit: P1Y}", captured: "2018-01-01T00:00:00Z", state: .expired),
    Case(retention: "{limit: P2Y}", captured: "2018-01-01T00:00:00Z", state: .within),
    Case(retention: nil, captured: "2018-01-01T00:00:00Z", state: .notStated),
    Case(retention: "{clock: capture}", captured: "2018-01-01T00:00:00Z", state: .notStated),
    Case(retention: "{limit: P1Y}", state: .clockUnknown),
    Case(retention: "{limit: P1Y}", modified: "1990-01-01T00:00:00Z", state: .clockUnreliable),
    Case(retention: "{limit: PT0S}", modified: "2019-05-31T00:00:00Z", state: .expired),
    Case(retention: "{limit: PT0S}", state: .expired),
    // Three minutes and three months before the as-of time.
    Case(retention: "{limit: PT3M}", captured: "2019-05-31T23:56:59Z", state: .expired),
    Case(retention: "{limit: PT3M}", captured: "2019-05-31T23:57:00Z", state: .within),
    Case(retention: "{limit: P3M}", captured: "2019-05-31T23:56:59Z", state: .within),
    Case(retention: "{limit: P3M}", captured: "2019-02-28T23:59:59Z", state: .expired),
    Case(retention: "{limit: P3M}", captured: "2019-03-01T00:00:00Z", state: .within),
    // Without a zone only what is too old in every zone is too old.
    Case(retention: "{limit: PT12H}", captured: "2019-05-31T12:00:00", state: .zoneUnknown),
    Case(retention: "{limit: PT12H}", captured: "2019-05-30T23:59:59", state: .expired),
    Case(retention: "{limit: P1Y}", captured: "2018-01-01T00:00:00Z", hold: "{id: H}", state: .held),
    Case(
      retention: "{limit: P1Y}", captured: "2018-01-01T00:00:00Z", hold: "{id: H, until: 2019-05-01}", state: .expired),
    Case(retention: "{limit: P30D, clock: purpose-end, purpose_end: 2019-04-30}", state: .expired),
    Case(retention: "{limit: P60D, clock: purpose-end, purpose_end: 2019-04-30}", state: .within),
    Case(retention: "{limit: P30D, clock: receipt}", captured: "2010-01-01T00:00:00Z", state: .receiptUnknown),
    Case(retention: "{limit: PT0S, clock: receipt}", state: .expired),
  ]

  @Test(arguments: cases.indices) func retention(_ i: Int) throws {
    let c = Self.cases[i]
    var judge = try Make.judge(
      packs: [], register: Make.register(["retention": c.retention, "hold": c.hold]), asOf: Make.moment(c.asOf))
    let attributes: Attributes = c.captured.map { ["capturedAt": .string($0), "clock": .string(c.clock)] } ?? [:]
    judge.add(
      Make.entry("lane3/a", [Make.seen(.faceImage, attributes)], modified: c.modified.map(Make.moment)))
    #expect(judge.tuples.values.first?.retention == c.state, "\(c)")
  }
}
