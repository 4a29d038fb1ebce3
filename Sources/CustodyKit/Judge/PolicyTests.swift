public import CustodyCore
internal import Evidence
import Foundation
internal import Policies

/// `custody policy test`: finds packs and their cases, runs them, says what came of it.
public struct PolicyTests {
  public struct Options: Sendable {
    /// Percent of branches that must be tried.
    public var threshold: Double
    public var mutates: Bool
    public var benches: Bool
    public init(threshold: Double = 95, mutates: Bool = false, benches: Bool = false) {
      self.threshold = threshold
      self.mutates = mutates
      self.benches = benches
    }
  }

  public struct Outcome: Sendable {
    public var text: String
    public var junit: String
    public var passed: Bool
  }

  /// - Parameter paths: folders that hold packs and a folder `tests`, packs, files of cases, or names of shipped packs.
  public static func run(_ paths: [String], options: Options) throws(Complaints) -> Outcome {
    let (tester, packs) = try tester(paths)
    let result = tester.result(mutates: options.mutates)
    var lines: [String] = []
    for one in result.cases where !one.passed {
      lines.append("FAILED \(one.place) \(Printable.escape(one.name, limit: 200))")
      lines += one.missing.map { "  expected and not given: " + $0 }
      lines += one.unexpected.map { "  given and not expected: " + $0 }
    }
    for rule in result.rules {
      if !rule.hasPositive { lines.append("\(rule.rule): no case in which it speaks") }
      if !rule.hasNegative { lines.append("\(rule.rule): no case in which it is asked and silent") }
      lines += rule.missed.map { "\(rule.rule): \($0)" }
      lines += rule.survivors.map { "\(rule.rule): no case notices \($0)" }
    }
    if options.benches {
      for (rule, nanoseconds) in tester.bench(repetitions: 200, clock: { DispatchTime.now().uptimeNanoseconds }) {
        lines.append("\(rule): \(Int(nanoseconds.rounded())) ns a question")
      }
    }
    let branches = result.branchCoverage * 100
    let percent = String(format: "%.1f", branches)
    let covered = result.rules.reduce(0) { $0 + $1.covered }
    let all = result.rules.reduce(0) { $0 + $1.branches }
    lines.append(
      "\(packs) packs, \(result.cases.count) cases, \(result.failures) failed; rules with cases for and against:"
        + " \(result.coveredRules) of \(result.rules.count); branches: \(covered) of \(all), \(percent) %")
    var passed = result.failures == 0 && branches >= options.threshold
    if options.mutates {
      let unnoticed = Set(result.rules.filter { !$0.survivors.isEmpty }.map(\.rule))
      lines.append(
        "operators turned round: \(result.mutants), not noticed: \(result.survivors)"
          + (unnoticed.isEmpty ? "" : " (in " + unnoticed.sorted().joined(separator: ", ") + ")"))
      passed = passed && result.survivors == 0
    }
    return Outcome(
      text: lines.map { Printable.escape($0, limit: 2000) }.joined(separator: "\n") + "\n", junit: JUnit.text(result),
      passed: passed)
  }

  /// Rules that never, or always, have something to say in the cases that belong to these packs.
  public static func suspects(_ paths: [String]) -> [Complaint] {
    guard let (tester, _) = try? tester(paths) else { return [] }
    return tester.result(mutates: false).rules.compactMap { rule in
      guard rule.asked > 0 else { return nil }
      if rule.answered == 0 {
        return Complaint(
          code: "policy.never-fires", "rule `\(rule.rule)` answers in none of \(rule.asked) questions of the cases",
          hint: "mend its condition, or add a case in which it speaks")
      }
      if rule.answered == rule.asked {
        return Complaint(
          code: "policy.always-fires", "rule `\(rule.rule)` answers in all of \(rule.asked) questions of the cases",
          hint: "mend its condition, or add a case in which it is silent")
      }
      return nil
    }
  }

  private static func tester(_ paths: [String]) throws(Complaints) -> (PolicyTester, packs: Int) {
    var packs: [PolicySource] = []
    var cases: [PolicySource] = []
    for path in paths { try collect(path, &packs, &cases) }
    guard !cases.isEmpty else {
      throw Complaints([
        Complaint(
          code: "cases.none", "there are no cases", at: Printable.escape(paths.joined(separator: " "), limit: 300),
          hint: "put files with `tests: PACK` into a folder `tests` beside the packs")
      ])
    }
    let digests = DigestFunctions(sha256: { Hash.sha256($0) }, sha1: { (try? Hash.sha1($0)) ?? [] })
    // Cases given alone are about packs that ship.
    if packs.isEmpty {
      let names = Set(cases.compactMap { PolicyFiles.value(of: "tests", in: $0) })
      packs = PolicySources.shipped.filter { names.contains($0.name) }
    }
    var tester = PolicyTester(digests: digests, library: PolicySources.shipped)
    try tester.run(packs: packs, cases: cases)
    return (tester, packs.count)
  }

  private static func collect(
    _ path: String, _ packs: inout [PolicySource], _ cases: inout [PolicySource]
  ) throws(Complaints) {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    var folder = path
    var found = try PolicyFiles.packs([path], builtIn: PolicySources.shipped)
    if exists, !isFolder.boolValue {
      if PolicyFiles.value(of: "tests", in: found.first) != nil {
        cases += found
        found = []
        return
      }
      folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    }
    packs += found.filter { PolicyFiles.value(of: "pack", in: $0) != nil }
    cases += found.filter { PolicyFiles.value(of: "tests", in: $0) != nil }
    let tests = folder + (folder.hasSuffix("/") ? "" : "/") + "tests"
    guard exists, FileManager.default.fileExists(atPath: tests, isDirectory: &isFolder), isFolder.boolValue else {
      return
    }
    let names = Set(found.compactMap { PolicyFiles.value(of: "pack", in: $0) })
    cases += try PolicyFiles.files([tests]).filter { source in
      PolicyFiles.value(of: "tests", in: source).map(names.contains) ?? true
    }
  }
}

/// JUnit XML as CI systems read it.
enum JUnit {
  static func text(_ result: PolicyTester.Result) -> String {
    var xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    xml += "<testsuites tests=\"\(result.cases.count)\" failures=\"\(result.failures)\">\n"
    var packs: [String] = []
    for one in result.cases where !packs.contains(one.pack) { packs.append(one.pack) }
    for pack in packs {
      let cases = result.cases.filter { $0.pack == pack }
      xml +=
        "  <testsuite name=\"\(escaped(pack))\" tests=\"\(cases.count)\" failures=\"\(cases.count { !$0.passed })\" errors=\"0\" skipped=\"0\">\n"
      for one in cases {
        xml += "    <testcase classname=\"\(escaped(pack))\" name=\"\(escaped(one.name))\""
        if one.passed {
          xml += "/>\n"
        } else {
          let why =
            one.missing.map { "expected and not given: " + $0 } + one.unexpected.map { "given and not expected: " + $0 }
          xml +=
            ">\n      <failure message=\"\(escaped(why.joined(separator: "; ")))\">\(escaped(one.place))</failure>\n    </testcase>\n"
        }
      }
      xml += "  </testsuite>\n"
    }
    return xml + "</testsuites>\n"
  }

  private static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in Printable.escape(text, limit: 4000).unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
