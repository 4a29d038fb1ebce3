import ArgumentParser
import CustodyCore
import CustodyKit
import Foundation
import Policies

struct RegisterShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show the rows that count at a moment, one row as an envelope, or the head.",
    discussion: "The digest of a row's payload is what `previous` of the next version names.")

  @Argument(help: "Register files.")
  var files: [String]
  @Option(help: "The moment, RFC 3339; now when not given.")
  var asOf: String?
  @Option(help: "Only rows of this holder.")
  var holder: String?
  @Option(help: "Trust file, YAML: say what became of the signatures.")
  var trust: String?
  @Option(help: "Print this row (ID or ID@VERSION) as a DSSE envelope.")
  var envelope: String?
  @Flag(help: "Print name, size and head of each register, as a trust file lists them.")
  var head = false
  @Option(help: "Messages on standard error as text or as one JSON object a line.")
  var logFormat: LogFormat = .text

  mutating func run() throws {
    Terminal.format = logFormat
    guard envelope == nil || !head else { throw ValidationError("--envelope and --head are two different answers") }
    let asOf = try PolicyOptions.instant(asOf, default: Instant.now)
    let set = try PolicySources(packs: [], registers: files, trust: trust).load()
    guard let register = set.register else { throw ValidationError("give at least one register file") }
    if let envelope {
      try Terminal.result(RegisterText.envelope(register.rows[try register.row(named: envelope)]))
    } else if head {
      try Terminal.result(Array(try RegisterText.heads(set).utf8))
    } else {
      try Terminal.result(Array(RegisterText.standing(register, at: asOf, holder: holder).utf8))
    }
  }
}
