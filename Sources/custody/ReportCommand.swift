import ArgumentParser
import CustodyCore
import CustodyKit

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Show a sealed report in another format.",
    discussion: "Shows what the package says; it does not check signatures: use `custody verify` for that.")

  @Argument(help: "Folder of the package, its envelope, or a report of `custody judge`.")
  var package: String
  @OptionGroup var output: OutputOptions
  @Option(help: "Messages on standard error as text or as one JSON object a line.")
  var logFormat: LogFormat = .text

  mutating func run() throws {
    Terminal.format = logFormat
    let outputs = try OutputWriter(output, quiet: false)
    try outputs.write(try ReportFile.load(package))
  }
}
