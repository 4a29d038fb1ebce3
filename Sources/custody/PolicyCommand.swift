import ArgumentParser
import CustodyCore
import CustodyKit
import Policies

struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Work with policy packs.",
    subcommands: [
      List.self, Show.self, Check.self, PolicyTestCommand.self, PolicyExplainCommand.self, PolicyFmtCommand.self,
      PolicySchemaCommand.self, PolicyVocabularyCommand.self,
    ])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the packs that ship with the program, or those named.")
    @Argument(help: "Names of shipped packs, files or folders.")
    var packs: [String] = []

    mutating func run() throws { try Terminal.result(Array(try PolicyText.list(packs).utf8)) }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print a pack, or one rule of it.")
    @Argument(help: "Name of a shipped pack, a file, or the id of a rule (AUTH-01).")
    var name: String
    @Option(name: [.customShort("p"), .long], help: "Packs to look for the rule in; all shipped packs when not given.")
    var policy: [String] = []

    mutating func run() throws { try Terminal.result(Array(try PolicyText.show(name, in: policy).utf8)) }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check packs: every problem at once, with its place. Status 2 when there is one.",
      discussion: """
        Warnings name what is written and never used, and, where a folder `tests` with cases lies beside a pack, rules that
        answer none or all of the questions of its cases.
        """)
    @Argument(help: "Names of shipped packs, files or folders.")
    var packs: [String]

    mutating func run() throws {
      let set = try PolicySources(packs: packs).load()
      Terminal.complain(set.warnings + PolicyTests.suspects(packs), level: "warning")
      let rules = set.rules.count
      try Terminal.result(
        Array(
          "\(set.packs.count) pack\(set.packs.count == 1 ? "" : "s"), \(rules) rule\(rules == 1 ? "" : "s"): no problem found\n"
            .utf8))
    }
  }
}
