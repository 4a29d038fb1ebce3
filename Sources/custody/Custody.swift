import ArgumentParser
import CustodyCore
import CustodyKit
import Foundation

/// The command. One file per subcommand; every exit status comes from `Outcome` or is 2.
struct Custody: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "custody",
    abstract: "Audit storage snapshots for biometric data held without authorization, with signed evidence.",
    discussion: """
      EXIT STATUS
        0  complete, and nothing at or above --fail-on
        1  at least one violation at or above --fail-on
        2  the audit could not be done (usage, policy, register, snapshot, signing)
        3  no such violation, but not all of the snapshot could be examined
      """,
    version: Tool.version,
    subcommands: [
      ScanCommand.self, ExamineCommand.self, JudgeCommand.self, SealCommand.self, VerifyCommand.self,
      ReportCommand.self, NotifyCommand.self, WaiveCommand.self, KeygenCommand.self, PolicyCommand.self,
      RegisterCommand.self,
      DetectorsCommand.self,
      DoctorCommand.self, ExamineChildCommand.self,
    ])
}

@main
enum Main {
  static func main() {
    // A reader of ours that went away is an error of the write, not the end of the process.
    signal(SIGPIPE, SIG_IGN)
    do {
      let arguments = try ConfigurationFile.expand(Array(CommandLine.arguments.dropFirst()))
      var command = try Custody.parseAsRoot(arguments)
      try command.run()
    } catch let status as ExitStatus {
      exit(status.code)
    } catch let complaints as Complaints {
      Terminal.complain(complaints.all)
      exit(2)
    } catch let complaint as Complaint {
      Terminal.complain([complaint])
      exit(2)
    } catch {
      // Help and version are no failures; every usage error is status 2.
      let code = Custody.exitCode(for: error)
      let text = Custody.fullMessage(for: error)
      if code == .success {
        print(text)
        exit(0)
      }
      Terminal.error(text)
      exit(2)
    }
  }
}

/// Ends the command with a status that has already been explained.
struct ExitStatus: Error {
  var code: Int32
}
