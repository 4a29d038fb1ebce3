import ArgumentParser
import CustodyCore
import CustodyKit

struct PolicyFmtCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fmt",
    abstract: "Lay out packs, tables, cases, registers and records in one way, with their comments.",
    discussion: """
      Two spaces a step, LF, one newline at the end, at most one blank line in a row, one between rules, rows and cases; \
      the keys of the file and of its rules, rows and other entries in one order. A comment directly above a key or dash \
      goes with it, a comment behind a value stays there, and values are spelled as they were. Files are replaced as a \
      whole, only when they change, and only when what comes out says the same as before.
      Status 0: done, or with --check all files are laid out so; 1: with --check, not so; 2: a file cannot be read or is \
      written in a form that is not laid out (tabs, tags, `?` keys): it is left alone, the others are done.
      """)

  @Argument(help: "Files, or folders with `.yaml` files.")
  var files: [String]
  @Flag(help: "Write nothing; name the files that would change.")
  var check = false
  @Flag(help: "Write nothing; show what would change, as a unified diff.")
  var diff = false

  mutating func run() throws {
    var format = PolicyFormat(files)
    let changing = format.files.filter { !$0.isCanonical }
    if diff {
      for file in changing { try Terminal.result(Array(file.diff.utf8)) }
    } else if check {
      for file in changing { try Terminal.result(Array((Printable.escape(file.path, limit: 300) + "\n").utf8)) }
    } else {
      for file in changing {
        do throws(Complaint) { try file.write() } catch { format.complaints.append(error) }
      }
    }
    Terminal.complain(format.complaints)
    throw ExitStatus(code: !format.complaints.isEmpty ? 2 : check && !changing.isEmpty ? 1 : 0)
  }
}
