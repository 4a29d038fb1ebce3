import ArgumentParser
import CustodyCore
import CustodyKit

struct DetectorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detectors", abstract: "List the detectors, or print all that one of them says of itself.")

  @Argument(help: "Name of a detector.")
  var name: String?

  mutating func run() throws {
    try Terminal.result(Array(try DetectorText.describe(name).utf8))
  }
}
