import CustodyCore
import Testing

@Suite struct TimeTests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0), ("2019-06-01T00:00:00Z", 1_559_347_200), ("2000-02-29T12:00:00+02:00", 951_818_400),
    ("0001-01-01T00:00:00Z", -62_135_596_800), ("9999-12-31T23:59:59Z", 253_402_300_799),
    ("2016-12-31T23:59:60Z", 1_483_228_800), ("2018-11-02t14:03:11z", 1_541_167_391),
  ])
  func readsRFC3339(_ text: String, _ seconds: Int64) {
    #expect(Instant(rfc3339: text)?.seconds == seconds)
  }

  @Test(arguments: [
    "", "2019-06-01", "2019-06-01T00:00:00", "2019-02-29T00:00:00Z", "2019-13-01T00:00:00Z", "2019-06-01T24:00:00Z",
    "2019-06-01T00:00:00+25:00", "2019-06-01T00:00:00.Z", "2019-06-01T00:00:00Zx", "19-06-01T00:00:00Z",
    "2019-06-01 00:00:00Z", "٢٠١٩-06-01T00:00:00Z", "0001-01-01T00:00:00+00:01", "2019-06-01T00:00:00.1234567890Z",
  ])
  func refusesAnythingElse(_ text: String) { #expect(Instant(rfc3339: text) == nil) }

  /// Law: writing and reading give the instant back.
  @Test func roundTrip() {
    var state: UInt64 = 42
    for _ in 0..<5000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let span = UInt64(Instant.latest.seconds - Instant.earliest.seconds)
      let i = Instant(
        seconds: Instant.earliest.seconds + Int64(state % span), nanoseconds: Int32(state >> 40) % 1_000_000_000)
      #expect(Instant(rfc3339: i.description) == i)
    }
  }

  /// Law: a civil date and its day number name each other.
  @Test func daysAndDates() {
    for day in stride(from: Int64(-719_000), through: 2_900_000, by: 37) {
      let c = CivilTime(secondsSinceEpoch: day * 86_400)
      #expect(c.dayNumber == day)
      #expect(CivilTime(year: c.year, month: c.month, day: c.day) == c)
    }
  }

  @Test(arguments: [
    ("PT3M", 0, 180), ("P3M", 3, 0), ("PT12H", 0, 43_200), ("P30M", 30, 0), ("P1Y2M3DT4H5M6S", 14, 273_906),
    ("P2W", 0, 1_209_600), ("PT0S", 0, 0), ("P75Y", 900, 0),
  ])
  func durations(_ text: String, _ months: Int64, _ seconds: Int64) throws {
    let d = try #require(CalendarDuration(text))
    #expect(d.months == months && d.seconds == seconds && d.description == text)
  }

  @Test(arguments: [
    "", "P", "PT", "3M", "P3", "PM", "P-3M", "P1.5D", "PT3D", "P3H", "P1D2Y", "P1M1M", "p3m", "P9999999999D", "P3M ",
  ])
  func durationsThatAreNone(_ text: String) { #expect(CalendarDuration(text) == nil) }

  @Test func minutesAreNoMonths() throws {
    let start = try #require(Instant(rfc3339: "2019-01-31T00:00:00Z"))
    let minutes = try #require(CalendarDuration("PT3M"))
    let months = try #require(CalendarDuration("P3M"))
    #expect(start.adding(minutes).description == "2019-01-31T00:03:00Z")
    #expect(start.adding(months).description == "2019-04-30T00:00:00Z")
  }

  @Test(arguments: [
    ("2020-02-29T10:00:00Z", "P1Y", "2021-02-28T10:00:00Z"), ("2019-01-31T00:00:00Z", "P1M", "2019-02-28T00:00:00Z"),
    ("2020-01-31T00:00:00Z", "P1M", "2020-02-29T00:00:00Z"), ("2019-11-30T00:00:00Z", "P3M", "2020-02-29T00:00:00Z"),
    ("9999-01-01T00:00:00Z", "P2Y", "9999-12-31T23:59:59.999999999Z"),
  ])
  func monthEnds(_ start: String, _ text: String, _ end: String) throws {
    let from = try #require(Instant(rfc3339: start))
    let duration = try #require(CalendarDuration(text))
    #expect(from.adding(duration).description == end)
  }

  /// Law: adding more never ends earlier.
  @Test func addingIsMonotonic() throws {
    let start = try #require(Instant(rfc3339: "2016-01-31T12:34:56Z"))
    var last = start
    for months in 1...240 {
      let end = start.adding(try #require(CalendarDuration("P\(months)M")))
      #expect(end > last)
      last = end
    }
  }
}
