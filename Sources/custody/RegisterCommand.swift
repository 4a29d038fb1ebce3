import ArgumentParser
import CustodyCore
import CustodyKit
import Policies

struct RegisterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "register", abstract: "Work with registers of authorizations.",
    subcommands: [Check.self, RegisterSignCommand.self, RegisterVerifyCommand.self, RegisterShowCommand.self])

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check registers: every problem at once, with its place. Status 2 when there is one.",
      discussion: "Where rows are numbered, the chain of rows is checked too. Signatures are checked by `verify`.")

    @Argument(help: "Register files.")
    var files: [String]

    mutating func run() throws {
      let set = try PolicySources(packs: [], registers: files).load()
      Terminal.complain(set.warnings, level: "warning")
      let rows = set.register?.rows.count ?? 0
      try Terminal.result(
        Array(
          "\(files.count) file\(files.count == 1 ? "" : "s"), \(rows) row\(rows == 1 ? "" : "s"): no problem found\n"
            .utf8))
    }
  }
}
