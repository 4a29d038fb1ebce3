import ArgumentParser
import CustodyCore
import CustodyKit

/// Says what protects this machine while it reads hostile data.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Show which parts of the sandbox are in force here, and whether pictures can be looked at.",
    discussion: "Status 0 when everything works, 2 when something the default settings need is missing.")

  @OptionGroup var vision: VisionFlags

  mutating func run() throws {
    let report = Doctor.examine(vision: try vision.options())
    try Terminal.result(Array(report.text.utf8))
    throw ExitStatus(code: report.isWell ? 0 : 2)
  }
}
