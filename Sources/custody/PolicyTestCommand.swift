import ArgumentParser
import CustodyCore
import CustodyKit

struct PolicyTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Run the cases of packs: answers, coverage of rules and branches, mutations.",
    discussion: """
      PATH is a folder with packs and a folder `tests`, a pack beside such a folder, a file of cases, or several of them.
      Status 0: every case passes and enough branches are tried; 1: not so; 2: a pack or a case cannot be read.
      """)

  @Argument(help: "Folders, packs or files of cases.")
  var paths: [String]
  @Option(help: "Percent of the branches of all conditions that the cases must try.")
  var threshold: Double = 95
  @Flag(help: "Turn round one operator after the other: every change must be noticed by a case.")
  var mutate = false
  @Flag(help: "Also measure nanoseconds a question, for each rule.")
  var bench = false
  @Option(help: "Write the results as JUnit XML to this file.")
  var junit: String?

  mutating func run() throws {
    guard (0...100).contains(threshold) else { throw ValidationError("--threshold takes 0 to 100") }
    let outcome = try PolicyTests.run(
      paths, options: PolicyTests.Options(threshold: threshold, mutates: mutate, benches: bench))
    if let junit { try AtomicFile.write(Array(outcome.junit.utf8), to: junit) }
    try Terminal.result(Array(outcome.text.utf8))
    throw ExitStatus(code: outcome.passed ? 0 : 1)
  }
}
