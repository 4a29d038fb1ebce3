internal import CEL
internal import Foundation

/// What one case costs. Times are nanoseconds of processor time, so that a busy machine does not show in them.
struct Measurement: Encodable {
  var name: String
  /// The value as `Measurement.show` writes it, for comparing with another implementation.
  var result: String
  /// Parsing, checking and building, median of the repetitions.
  var compile: Double
  /// One evaluation, median of the repetitions.
  var evaluate: Double

  /// - Parameter repetitions: How often each time is taken; the median counts.
  init(_ test: Case, repetitions: Int) throws {
    let environment = test.environment
    let slots = test.slots
    let program = try CELProgram(test.expression, in: environment)
    name = test.name
    result = Self.show(program.evaluate(slots))
    compile = try Self.median(repetitions) {
      _ = try CELProgram(test.expression, in: environment)
    }
    var values = 0
    evaluate = try Self.median(repetitions) {
      if case .success = program.evaluate(slots) { values += 1 }
    }
  }

  /// Nanoseconds of one call of `work`: batches that last at least 10 ms, the median of as many as asked for.
  private static func median(_ repetitions: Int, _ work: () throws -> Void) throws -> Double {
    var batch = 1
    while try time(batch, work) < 10_000_000 { batch *= 2 }
    var times: [Double] = []
    for _ in 0..<repetitions { times.append(Double(try time(batch, work)) / Double(batch)) }
    return times.sorted()[times.count / 2]
  }

  private static func time(_ count: Int, _ work: () throws -> Void) throws -> Int {
    let start = processorNanoseconds()
    for _ in 0..<count { try work() }
    return processorNanoseconds() - start
  }

  private static func processorNanoseconds() -> Int {
    var time = timespec()
    guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return 0 }
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }

  /// Type and value; of an error only that it is one, for no two implementations word errors alike.
  private static func show(_ outcome: Result<CELValue, CELError>) -> String {
    guard case .success(let value) = outcome else { return "error" }
    return show(value)
  }

  private static func show(_ value: CELValue) -> String {
    switch value {
    case .null: "null"
    case .bool(let b): "bool \(b)"
    case .int(let i): "int \(i)"
    case .double(let d): "double \(d.bitPattern)"
    case .string(let s): "string \(s)"
    case .list(let list): "[" + list.map(show).joined(separator: ", ") + "]"
    default: "a value this program does not compare: \(value)"
    }
  }
}
