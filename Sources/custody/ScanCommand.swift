import ArgumentParser
import CustodyCore
import CustodyKit
import Evidence
import Foundation

struct ScanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan", abstract: "Examine snapshots, judge them and seal the result.",
    discussion: """
      SNAPSHOT is a file (an archive of any kind, or a single file), a folder, or - for standard input.
      Without --register nothing is authorized, and the report says that none was given.
      """)

  @Argument(help: ArgumentHelp("What to audit.", valueName: "snapshot"))
  var snapshots: [String] = []
  @OptionGroup var policy: PolicyOptions
  @Option(help: "Private key (PEM) to sign with.")
  var key: String?
  @Option(help: "File whose first line is the passphrase of the key; /dev/fd/N reads a descriptor.")
  var passphraseFile: String?
  @Option(help: "Folder to write the evidence package to; must not exist.")
  var report: String?
  @OptionGroup var output: OutputOptions
  @OptionGroup var verdict: VerdictOptions
  @OptionGroup var limits: LimitOptions
  @OptionGroup var vision: VisionFlags
  @OptionGroup var voice: VoiceOptions

  mutating func run() throws {
    voice.apply()
    let outputs = try OutputWriter(output, quiet: voice.quiet)
    let start = Instant.now
    let asOf = try policy.asOfInstant(default: start)
    let policies = try policy.sources.load()
    let run = try ScanRun(snapshots, limits: limits, vision: vision, voice: voice)
    guard key == nil || report != nil else {
      throw Complaint(
        code: "usage.key", "a key, but nowhere to put what it signs", at: "--key", hint: "add --report DIR")
    }
    let seal = try report.map { name throws(Complaint) in
      try SealStage(target: name, key: key, passphraseFile: passphraseFile)
    }
    let inventory = try InventoryFile.temporary(at: seal?.inventoryPath)

    let (examined, record) = try run.examine(into: inventory.descriptor)
    let judged = try JudgeStage.run(
      inventory: inventory.descriptor, policies: policies, engagement: policy.engagement, asOf: asOf,
      snapshots: examined.snapshots, detectors: examined.detectors, expected: examined.inventory,
      disclosePaths: output.disclose == .paths, jobs: limits.jobs)

    if vision.timings { Terminal.note(CostTable.text(examined.costs, bytes: judged.coverage.bytes)) }
    if let seal {
      let (package, warnings) = try seal.seal(
        judged, record: record, inventory: inventory, disclosePaths: output.disclose == .paths)
      Terminal.complain(warnings, level: "warning")
      if !voice.quiet || !package.isSigned { Terminal.note(package.message) }
    }
    try outputs.write(judged)
    let outcome = Outcome(judged, failOn: verdict.failOn, allowIncomplete: verdict.allowIncomplete)
    if !voice.quiet || outcome.status != 0 { Terminal.close(outcome.message, status: outcome.status) }
    throw ExitStatus(code: outcome.status)
  }
}
