import ArgumentParser
import CustodyCore
import CustodyKit

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check an evidence package: signature, inventory, tree, files, snapshot.",
    discussion: "Status 0 when every check that was asked for holds, 1 when one fails, 2 when it could not be checked.")

  @Argument(help: "Folder of the package, or its envelope file.")
  var package: String
  @Option(help: "Public key (PEM) of a signer you trust. Repeatable; one of them must have signed.")
  var key: [String] = []
  @Option(help: "The snapshot file that was audited. Repeatable, in the order of the audit.")
  var snapshot: [String] = []
  @Flag(help: "Accept a package nobody signed; everything else is checked.")
  var allowUnsigned = false
  @Option(help: "Messages on standard error as text or as one JSON object a line.")
  var logFormat: LogFormat = .text

  mutating func run() throws {
    Terminal.format = logFormat
    let result = try VerifyStage.run(package, keys: key, snapshots: snapshot, allowUnsigned: allowUnsigned)
    try Terminal.result(Array(result.text.utf8))
    Terminal.close(result.message, status: result.status)
    throw ExitStatus(code: result.status)
  }
}
