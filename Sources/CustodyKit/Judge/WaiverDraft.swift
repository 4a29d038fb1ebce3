public import CustodyCore
internal import Evidence
import Foundation
public import Policies
internal import Records

/// `custody waive`: writes the waiver of a finding, to be filled in and signed off by whoever answers for it.
public enum WaiverDraft {
  /// Contents one waiver names at most: who answers for more has not looked at them.
  public static let contentLimit = 100_000

  /// - Parameters:
  ///   - what: id of a finding, or its beginning; or a rule, for all of its findings.
  ///   - expires: nil leaves the line to be filled in, which the loader insists on.
  /// - Returns: YAML.
  public static func write(
    _ what: String, inventory: String, policies: PolicySet, engagement: Engagement, asOf: Instant, key: String,
    owner: String, reason: String, expires: String
  ) throws -> String {
    let key = try WaiverKey.read(key)
    guard Instant(rfc3339: expires) != nil || Instant(rfc3339: expires + "T00:00:00Z") != nil else {
      throw Complaint(
        code: "usage.expires", "no RFC 3339 time and no date: \(Printable.escape(expires, limit: 60))", at: "--expires",
        hint: "write 2019-12-31")
    }
    let file = try InventoryFile.open(inventory)
    let digests = DigestFunctions(sha256: { Hash.sha256($0) }, sha1: { (try? Hash.sha1($0)) ?? [] })
    var judge = Judge(policies: policies, engagement: engagement, asOf: asOf, digests: digests)
    let summary = try InventoryPass.run(file.descriptor) { judge.add($0) }
    let findings = judge.finish(inventory: summary, configuration: [], detectors: []).findings.filter {
      $0.ruleId == what || (what.utf8.count >= 4 && $0.id.hasPrefix(what))
    }
    guard let first = findings.first, findings.allSatisfy({ $0.ruleId == first.ruleId }) else {
      throw Complaint(
        code: "waivers.no-finding", "no finding of this inventory: \(Printable.escape(what, limit: 80))",
        hint: "findings are named in the report; give the packs, register and records of the audit")
    }
    guard findings.count == 1 || first.ruleId == what else {
      throw Complaint(
        code: "waivers.ambiguous", "\(findings.count) findings begin with \(Printable.escape(what, limit: 80))",
        hint: "give more of the id, or the rule for all of its findings")
    }
    let ranges = findings.flatMap { $0.leaves.ranges.compactMap(range) }.sorted { $0.lowerBound < $1.lowerBound }
    var values: Set<Digest> = []
    var unread = 0
    var position = 0
    _ = try InventoryPass.run(file.descriptor) { (e) throws(Complaint) in
      while position < ranges.count, ranges[position].upperBound < e.index { position += 1 }
      guard position < ranges.count, ranges[position...].prefix(1).contains(where: { $0.contains(e.index) }) else {
        return
      }
      guard let content = e.sha256, let value = Waivers.value(of: content, key: key, sha256: { Hash.sha256($0) }) else {
        unread += 1
        return
      }
      guard values.count < contentLimit || values.contains(value) else {
        throw Complaint(
          code: "waivers.too-many", "the finding has more than \(contentLimit) contents",
          hint: "mend the rule or the register instead")
      }
      values.insert(value)
    }
    guard !values.isEmpty else {
      throw Complaint(
        code: "waivers.no-content", "the finding rests on no content that was read in full",
        hint: "findings about records, and about entries that could not be read, cannot be waived")
    }
    var text = "waivers: draft\nentries:\n"
    text += "  - id: W-\(first.id.prefix(8))\n    rule: \(first.ruleId)\n"
    text += "    owner: \(quoted(owner))\n    reason: \(quoted(reason))\n    expires: \(quoted(expires))\n"
    if unread > 0 { text += "    # \(unread) entries whose content was not read in full cannot be waived.\n" }
    text += "    contents:\n"
    for value in values.sorted() { text += "      - \(value.description)\n" }
    return text
  }

  private static func range(_ text: String) -> ClosedRange<UInt64>? {
    let ends = text.split(separator: "-").compactMap { UInt64($0) }
    guard let low = ends.first, let high = ends.last, low <= high else { return nil }
    return low...high
  }

  private static func quoted(_ text: String) -> String {
    "\""
      + Printable.escape(text, limit: 500).replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(
        of: "\"", with: "\\\"") + "\""
  }
}
