import ArgumentParser
import CustodyCore
import CustodyKit
import Foundation

struct ExamineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "examine", abstract: "Read a snapshot and write its inventory: no policy, no key, no network.",
    discussion: "Leaves a whole inventory behind in both status 0 and 3, and a scan record beside it (NAME.scan.json).")

  @Argument(help: ArgumentHelp("What to examine.", valueName: "snapshot"))
  var snapshots: [String] = []
  @Option(name: [.customShort("o"), .long], help: "Inventory file to write, mode 0600; - for standard output.")
  var output: String
  @Flag(help: "Give status 0 instead of 3 when entries could not be examined.")
  var allowIncomplete = false
  @OptionGroup var limits: LimitOptions
  @OptionGroup var vision: VisionFlags
  @OptionGroup var voice: VoiceOptions

  mutating func run() throws {
    voice.apply()
    let run = try ScanRun(snapshots, limits: limits, vision: vision, voice: voice)
    let examined: ExamineResult
    if output == "-" {
      examined = try run.examine(into: 1).result
    } else {
      let file = try InventoryFile.create(output)
      do {
        let (result, record) = try run.examine(into: file.descriptor)
        try file.publish()
        if file.hasName { try record.write(besides: output) }
        examined = result
      } catch {
        file.discard()
        throw error
      }
    }
    let outcome = Outcome(examined: examined, allowIncomplete: allowIncomplete)
    if !voice.quiet || outcome.status != 0 { Terminal.close(outcome.message, status: outcome.status) }
    throw ExitStatus(code: outcome.status)
  }
}
