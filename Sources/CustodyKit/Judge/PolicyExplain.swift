public import CustodyCore
internal import Evidence
import Foundation
public import Policies
internal import Records

/// `custody policy explain`: why a rule said what it said, and what would have to be otherwise.
public enum PolicyExplain {
  /// Findings explained one after the other are not read by anybody.
  public static let findingLimit = 20

  /// A rule in words, with what its expressions read.
  public static func rule(_ id: String, in policies: PolicySet) throws(Complaints) -> String {
    guard let rule = policies.rules.first(where: { $0.id == id }) else { throw unknown(id) }
    var lines = rule.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let fields = rule.fields
    if !fields.isEmpty {
      lines.append("reads:")
      let width = min(36, fields.map(\.path.count).max() ?? 0)
      lines += fields.map { field in
        "  " + field.path + String(repeating: " ", count: max(1, width + 2 - field.path.count)) + field.meaning
      }
    }
    return printable(lines)
  }

  /// Findings of an inventory.
  ///
  /// - Parameters:
  ///   - what: id of a rule, or of a finding or its beginning.
  ///   - inventory: an inventory file, or the folder of an evidence package.
  ///   - asOf: nil: the moment the package was judged for.
  public static func findings(
    _ what: String, inventory: String, policies: PolicySet, engagement: Engagement, asOf: Instant?
  ) throws -> String {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: inventory, isDirectory: &isFolder)
    let path = exists && isFolder.boolValue ? inventory + "/" + PackageFile.inventory : inventory
    let moment = try asOf ?? statedMoment(beside: path)
    let file = try InventoryFile.open(path)
    let digests = DigestFunctions(sha256: { Hash.sha256($0) }, sha1: { (try? Hash.sha1($0)) ?? [] })
    var judge = Judge(policies: policies, engagement: engagement, asOf: moment, digests: digests)
    let summary = try InventoryPass.run(file.descriptor) { judge.add($0) }
    let report = judge.finish(inventory: summary, configuration: [], detectors: [])
    let wanted = report.findings.filter { $0.ruleId == what || (what.utf8.count >= 4 && $0.id.hasPrefix(what)) }
    guard !wanted.isEmpty else {
      if policies.rules.contains(where: { $0.id == what }) {
        return try rule(what, in: policies) + "\nno finding: the rule is silent about this inventory\n"
      }
      throw unknown(what)
    }
    let shown = wanted.prefix(findingLimit)
    // Rules that are asked line by line are explained by the first line of the finding.
    let leaves = Set(shown.flatMap { $0.leaves.ranges.compactMap { UInt64($0.prefix { $0 != "-" }) } })
    var again = Judge.explaining(
      rules: Set(shown.map(\.ruleId)), leaves: leaves, policies: policies, engagement: engagement, asOf: moment,
      digests: digests)
    _ = try InventoryPass.run(file.descriptor) { again.add($0) }
    let explanations = again.explanations(of: Set(shown.map(\.id)))
    var lines = explanations.flatMap { text($0) }
    if wanted.count > shown.count {
      lines.append("\(wanted.count - shown.count) further findings of this rule are not shown; name one by its id")
    }
    return printable(lines)
  }

  private static func statedMoment(beside path: String) throws(Complaint) -> Instant {
    let folder = (path as NSString).deletingLastPathComponent
    for name in [PackageFile.envelope, PackageFile.statement] {
      let statement = folder.isEmpty ? name : folder + "/" + name
      guard access(statement, F_OK) == 0 else { continue }
      return try ReportFile.statement(statement).report.asOf
    }
    throw Complaint(
      code: "usage.as-of", "for which moment to judge is not known", at: "--as-of",
      hint: "give --as-of, or the folder of an evidence package")
  }

  private static func text(_ e: Explanation) -> [String] {
    let f = e.finding
    var lines = [
      "finding \(f.id)",
      "\(f.ruleId)  \(f.severity.rawValue)  \(f.verdict.rawValue)  cause: \(f.cause)",
      f.title, f.condition, "leaves: " + f.leaves.ranges.prefix(20).joined(separator: ", "), "",
      "why:",
    ]
    for expression in e.expressions {
      lines.append("  " + expression.key + ":")
      for line in expression.lines {
        let indent = String(repeating: "  ", count: 2 + min(line.depth, 20))
        lines.append(indent + line.text + "  =  " + (line.value ?? "not asked"))
      }
    }
    lines.append("consulted:")
    lines += e.consulted.map { "  " + $0 }
    let changes = e.expressions.flatMap(\.changes)
    if changes.isEmpty {
      lines.append(
        "what would change it: nothing the rule asks for alone; a fact that is missing would have to be known")
    } else {
      lines.append("it would not be a finding of this verdict if")
      lines += changes.enumerated().map { ($0 == 0 ? "  " : "  or ") + $1 }
    }
    return lines + [""]
  }

  private static func unknown(_ what: String) -> Complaints {
    Complaints([
      Complaint(
        code: "policy.unknown-rule",
        "no rule of these packs and no finding of this inventory: \(Printable.escape(what, limit: 80))",
        hint: "`custody policy list` names the rules; findings are named in the report")
    ])
  }

  private static func printable(_ lines: [String]) -> String {
    lines.map { Printable.escape($0, limit: 4000) }.joined(separator: "\n") + "\n"
  }
}
