import ArgumentParser
import CustodyKit

/// What `scan` and `examine` start to read the snapshot: not for people.
struct ExamineChildCommand: ParsableCommand {
  static let name = "examine-child"
  static let configuration = CommandConfiguration(
    commandName: name, abstract: "Read a snapshot inside the sandbox; started by scan and examine.",
    shouldDisplay: false)

  mutating func run() throws { throw ExitStatus(code: ExamineChild.run()) }
}
