import ArgumentParser
import CustodyCore
import CustodyKit
import Foundation

struct WaiveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "waive",
    abstract: "Write a waiver for a finding: its contents as keyed values, with owner, reason and end.",
    discussion: """
      Give the packs, register, records and moment of the audit. What is written goes to `scan` or `judge` with --waivers and
      --waiver-key. A waiver is about a rule and contents, never about places: a copy elsewhere is waived as well, a changed
      file is not. Waived findings stay in every report; they do not fail the audit.
      """)

  @Argument(help: "Id of a finding (its first characters will do), or of a rule for all of its findings.")
  var what: String
  @Argument(help: "The inventory that was judged.")
  var inventory: String
  @Option(help: "Who answers for it.")
  var owner: String
  @Option(help: "Why it may be so.")
  var reason: String
  @Option(help: "The last day: 2019-12-31.")
  var expires: String
  @Option(name: [.customShort("o"), .long], help: "File to write; standard output when not given.")
  var output: String?
  @OptionGroup var policy: PolicyOptions

  mutating func run() throws {
    guard let key = policy.waiverKey else {
      throw Complaint(
        code: "usage.waiver-key", "a waiver needs the key of its values", at: "--waiver-key",
        hint: "make one: head -c 32 /dev/urandom > waiver.key")
    }
    var sources = policy.sources
    if sources.waivers.isEmpty { sources.waiverKey = nil }
    let text = try WaiverDraft.write(
      what, inventory: inventory, policies: try sources.load(), engagement: policy.engagement,
      asOf: try policy.asOfInstant(default: Instant.now), key: key, owner: owner, reason: reason, expires: expires)
    if let output {
      try AtomicFile.write(Array(text.utf8), to: output, mode: 0o600)
    } else {
      try Terminal.result(Array(text.utf8))
    }
  }
}
