import ArgumentParser
import CustodyCore
import CustodyKit
import Evidence
import Foundation
import Records

struct SealCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seal", abstract: "Sign a report that was judged earlier and write the evidence package.",
    discussion: "Needs the inventory that was judged; its scan record (NAME.scan.json) is used when it is there.")

  @Argument(help: "Report as `custody judge -o report.json` wrote it.")
  var judged: String
  @Option(help: "The inventory that was judged.")
  var inventory: String = "inventory.jsonl"
  @Option(help: "Private key (PEM) to sign with; without it the package is unsigned and says so.")
  var key: String?
  @Option(help: "File whose first line is the passphrase of the key; /dev/fd/N reads a descriptor.")
  var passphraseFile: String?
  @Option(help: "Folder to write the evidence package to; must not exist.")
  var report: String
  @OptionGroup var voice: VoiceOptions

  mutating func run() throws {
    voice.apply()
    let text = try FileBytes.read(judged, atMost: 256 << 20)
    let document = try ReportFile.decode(text, at: judged)
    let file = try InventoryFile.open(inventory)
    let record = try ScanRecord.find(besides: inventory)
    let stage = try SealStage(target: report, key: key, passphraseFile: passphraseFile)
    let (package, warnings) = try stage.seal(document, record: record, inventory: file)
    Terminal.complain(warnings, level: "warning")
    if !voice.quiet || !package.isSigned { Terminal.note(package.message) }
  }
}
