import ArgumentParser
import CustodyCore
import CustodyKit
import Foundation
import Policies

struct RegisterVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Verify the signatures and the chain of registers.",
    discussion: "One line for each row. Status 0 when every row is verified, 2 when one is not.")

  @Argument(help: "Register files.")
  var files: [String]
  @Option(help: "Trust file, YAML: the data owner's keys, and the states of registers that you know.")
  var trust: String
  @Option(help: "The time at which the states of rows are told, RFC 3339; now when not given.")
  var asOf: String?
  @Option(help: "Messages on standard error as text or as one JSON object a line.")
  var logFormat: LogFormat = .text

  mutating func run() throws {
    Terminal.format = logFormat
    let asOf = try PolicyOptions.instant(asOf, default: Instant.now)
    let set = try PolicySources(packs: [], registers: files, trust: trust).load()
    Terminal.complain(set.warnings, level: "warning")
    guard let register = set.register else { throw ValidationError("give at least one register file") }
    let (text, refused) = RegisterText.verification(register, at: asOf)
    try Terminal.result(Array(text.utf8))
    guard refused == 0 else {
      Terminal.close("NOT VERIFIED: \(refused) row\(refused == 1 ? "" : "s") of the register", status: 2)
      throw ExitStatus(code: 2)
    }
  }
}
