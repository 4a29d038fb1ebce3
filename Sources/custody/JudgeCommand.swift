import ArgumentParser
import CustodyCore
import CustodyKit
import Foundation
import Records

struct JudgeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "judge", abstract: "Judge an inventory by policies and register: no snapshot, no key, no clock.",
    discussion:
      "The scan record beside the inventory (NAME.scan.json), or the statement of its package, is used when it is there."
  )

  @Argument(help: "inventory.jsonl as `custody examine` or an evidence package holds it.")
  var inventory: String
  @OptionGroup var policy: PolicyOptions
  @Option(name: [.customShort("o"), .long], help: "FILE for the report (JSON), or FORMAT or FORMAT=FILE. Repeatable.")
  var output: [String] = []
  @Option(help: "What shareable output may show beyond counts and leaf numbers: nothing or paths.")
  var disclose: Disclosure = .nothing
  @OptionGroup var verdict: VerdictOptions
  @Option(help: "Threads.")
  var jobs: Int = max(1, ProcessInfo.processInfo.activeProcessorCount)
  @OptionGroup var voice: VoiceOptions

  mutating func run() throws {
    voice.apply()
    guard (1...256).contains(jobs) else { throw ValidationError("--jobs takes 1 to 256") }
    let outputs = try OutputWriter(output, disclose: disclose, quiet: voice.quiet, bareNamesAreJSON: true)
    let asOf = try policy.asOfInstant(default: Instant.now)
    let policies = try policy.sources.load()
    let file = try InventoryFile.open(inventory)
    let record = try ScanRecord.find(besides: inventory)
    let report = try JudgeStage.run(
      inventory: file.descriptor, policies: policies, engagement: policy.engagement, asOf: asOf,
      snapshots: record?.snapshots ?? [], detectors: record?.detectors ?? [], disclosePaths: disclose == .paths,
      jobs: jobs)
    if let record, record.inventory != report.inventory {
      throw Complaint(
        code: "inventory.record", "the scan record beside it is of another inventory",
        at: Printable.escape(inventory, limit: 300),
        hint: "the inventory was changed, or the files were mixed up; examine the snapshot again")
    }
    try outputs.write(report)
    let outcome = Outcome(report, failOn: verdict.failOn, allowIncomplete: verdict.allowIncomplete)
    if !voice.quiet || outcome.status != 0 { Terminal.close(outcome.message, status: outcome.status) }
    throw ExitStatus(code: outcome.status)
  }
}
