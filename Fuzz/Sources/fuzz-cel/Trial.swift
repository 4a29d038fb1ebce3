internal import CEL
internal import Foundation
internal import Synchronization

/// One input taken through parser, checker and evaluator, and the laws that must hold whatever it is.
///
/// The bytes up to the first zero are the source; after it, up to the next zero, the text of variable `s`, then that of
/// `p`. Bytes that are not UTF-8 arrive repaired, as they do from a policy file.
struct Trial {
  /// Units of work of one evaluation.
  private static let costLimit = 5000
  /// Processor seconds; far above what an honest evaluation needs with the sanitizer, far below what a runaway takes.
  private static let evaluationTime = 1.0
  private static let loadingTime = 4.0

  private let source: String
  private let slots: [CELValue]

  init(_ bytes: [UInt8]) {
    let parts = bytes.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
    source = String(decoding: parts.first ?? [], as: UTF8.self)
    slots = World.slots(
      text: parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : "h\u{e9}llo, 2018-11-02T14:03:11Z",
      pattern: parts.count > 2 ? String(decoding: parts[2], as: UTF8.self) : "^(h|\\pL)+[^a-d]{1,3}$")
  }

  func run() {
    let checked = load(checking: true, costLimit: Self.costLimit)
    let free = load(checking: false, costLimit: Self.costLimit)
    if let checked {
      law(free != nil, "what passes the checker also loads without it")
      let outcome = observe(checked)
      if case .success(let value) = outcome {
        law(value.fits(checked.resultType), "the value is of the declared type \(checked.resultType)")
      }
      test(checked, outcome)
      if let free { agree(outcome, free.evaluate(slots), "checked and unchecked programs agree") }
      enough(outcome)
    } else if let free {
      _ = observe(free)
    }
  }

  private func load(checking: Bool, costLimit: Int) -> CELProgram? {
    let start = Self.processorSeconds()
    defer { law(Self.processorSeconds() - start < Self.loadingTime, "loading takes bounded time") }
    do {
      let program = try CELProgram(
        source, in: World.environment, costLimit: costLimit, options: CELProgram.Options(checksTypes: checking))
      for warning in program.warnings { place(warning) }
      return program
    } catch {
      law(!error.all.isEmpty, "a refusal gives its reasons")
      for problem in error.all { place(problem) }
      law(zip(error.all, error.all.dropFirst()).allSatisfy { $0.offset <= $1.offset }, "problems are in source order")
      return nil
    }
  }

  /// A problem points into the source, and can be shown.
  private func place(_ problem: CELProblem) {
    let count = source.utf8.count
    law(problem.offset >= 0 && problem.length >= 0, "a problem has a place")
    law(problem.offset + problem.length <= count, "a problem lies inside the source")
    law(problem.line >= 1 && problem.column >= 1, "lines and columns count from 1")
    law(!problem.message.isEmpty && !problem.excerpt(of: source).isEmpty, "a problem can be shown")
  }

  /// Evaluates twice, and holds the two together.
  private func observe(_ program: CELProgram) -> Result<CELValue, CELError> {
    World.ticks.withLock { $0 = 0 }
    let start = Self.processorSeconds()
    let outcome = program.evaluate(slots)
    law(Self.processorSeconds() - start < Self.evaluationTime, "evaluation takes bounded time")
    let spent = World.ticks.withLock { $0 } * World.tickCost
    law(spent <= Self.costLimit, "no host function is called beyond the cost limit, \(spent) spent")
    switch outcome {
    case .failure(let error):
      if let offset = error.offset {
        law(offset >= 0 && offset <= source.utf8.count, "an error lies inside the source")
      }
      law(!error.description.isEmpty, "an error can be shown")
    case .success(let value): size(value)
    }
    agree(outcome, program.evaluate(slots), "two evaluations agree")
    return outcome
  }

  /// What was built was paid for: an element costs a unit, 16 bytes of text cost one.
  private func size(_ value: CELValue) {
    let given = 1024 + source.utf8.count + slots.reduce(0) { $0 + Self.extent($1) }
    law(Self.extent(value) <= given + 16 * Self.costLimit, "a result is no larger than its cost")
  }

  private static func extent(_ value: CELValue) -> Int {
    switch value {
    case .string(let s): s.utf8.count
    case .bytes(let b): b.count
    case .list(let list): list.count
    case .map(let map): map.count
    default: 0
    }
  }

  /// Conditions go another way through the nodes; it must lead to the same place.
  private func test(_ program: CELProgram, _ outcome: Result<CELValue, CELError>) {
    guard program.resultType == .bool else { return }
    do {
      agree(outcome, .success(.bool(try program.test(slots))), "test() and evaluate() agree")
    } catch {
      agree(outcome, .failure(error), "test() and evaluate() agree")
    }
  }

  /// A program that came to an end within its limit ends the same way under a larger one.
  private func enough(_ outcome: Result<CELValue, CELError>) {
    if case .failure(let error) = outcome, error.kind == .costLimit { return }
    guard let generous = load(checking: true, costLimit: Self.costLimit * 2) else {
      law(false, "loading does not depend on the cost limit")
      return
    }
    agree(outcome, generous.evaluate(slots), "a larger cost limit changes no result")
  }

  private func agree(_ a: Result<CELValue, CELError>, _ b: Result<CELValue, CELError>, _ what: String) {
    let (a, b) = (Canonical(a).text, Canonical(b).text)
    law(a == b, "\(what): \(a.prefix(300)) and \(b.prefix(300))")
  }

  /// Ends the process when a law is broken, which libFuzzer reports together with the input.
  private func law(_ holds: Bool, _ what: @autoclosure () -> String) {
    guard !holds else { return }
    FileHandle.standardError.write(Data("LAW BROKEN: \(what())\nsource: \(source.debugDescription)\n".utf8))
    abort()
  }

  /// Of this process, so that a busy machine is not mistaken for a slow evaluation.
  private static func processorSeconds() -> Double {
    var time = timespec()
    guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return 0 }
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
