internal import CustodyCore
import Foundation
internal import Snapshots

/// The inputs, open for reading.
final class OpenInputs {
  struct Input {
    var descriptor: Int32
    var path: String
    var name: String
    var isStream: Bool
    var form: String
    /// Where the descriptor stood at first, in bytes; nil for what can be read once only.
    var start: off_t?
  }
  private(set) var all: [Input] = []
  private var owned: [Int32] = []

  init(_ inputs: [SnapshotInput]) throws(Complaint) {
    for input in inputs {
      switch input {
      case .stream(let descriptor, let name):
        all.append(Input(descriptor: descriptor, path: name, name: name, isStream: true, form: "stream"))
      case .opened(let descriptor, let path):
        add(descriptor, path, input.displayName)
      case .path(let path):
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
          throw Complaint(
            code: "snapshot.unreadable",
            "the snapshot cannot be opened: " + String(cString: strerror(errno)).lowercased(),
            at: Printable.escape(path), hint: "give a file or a directory that you may read, or - for standard input")
        }
        owned.append(descriptor)
        add(descriptor, path, input.displayName)
      }
    }
  }
  deinit { owned.forEach { close($0) } }

  /// True when every input is a file or a folder.
  var canBeReadAgain: Bool { all.allSatisfy { $0.form == "directory" || $0.start != nil } }

  /// Puts every file back to where it stood.
  func rewind() throws(Complaint) {
    for input in all {
      guard let start = input.start else { continue }
      guard lseek(input.descriptor, start, SEEK_SET) == start else {
        throw Complaint(
          code: "snapshot.unreadable", "the snapshot cannot be read again: \(String(cString: strerror(errno)))",
          at: Printable.escape(input.path))
      }
    }
  }

  private func add(_ descriptor: Int32, _ path: String, _ name: String) {
    var status = stat()
    let known = fstat(descriptor, &status) == 0
    let form =
      known && status.st_mode & S_IFMT == S_IFDIR
      ? "directory" : known && status.st_mode & S_IFMT == S_IFREG ? "file" : "stream"
    // The examiner reads through the same open file: what it has read, the next one would not see.
    let stands = form == "file" ? lseek(descriptor, 0, SEEK_CUR) : -1
    let start: off_t? = stands >= 0 ? stands : nil
    // `.` and the like have a name only where they are: it is found here, where the file system is.
    var path = path
    if let real = realpath(path, nil) {
      if ["", ".", ".."].contains(path.split(separator: "/").last ?? "") { path = String(cString: real) }
      free(real)
    }
    all.append(Input(descriptor: descriptor, path: path, name: name, isStream: false, form: form, start: start))
  }
}
