public import CustodyCore
import Foundation
internal import Policies

/// `custody policy fmt`: reads the operator's own files, lays them out, and replaces those that change.
public struct PolicyFormat: Sendable {
  /// One file and its layout.
  public struct File: Sendable {
    public var path: String
    var before: [UInt8]
    var after: [UInt8]

    public var isCanonical: Bool { before == after }

    /// What would change, as a unified diff; empty when nothing does.
    public var diff: String { LineDiff.unified(before, after, name: path) }

    /// Replaces the file as a whole when it is not canonical, a link's target in the place of the link; keeps its mode.
    ///
    /// - Throws: `fmt.no-file` for a pipe or device; `output.write`.
    public func write() throws(Complaint) {
      guard !isCanonical else { return }
      guard
        let target = realpath(path, nil).map({ real in
          defer { free(real) }
          return String(cString: real)
        }), !AtomicFile.isSpecial(target)
      else {
        throw Complaint(
          code: "fmt.no-file", "not a regular file", at: Printable.escape(path, limit: 300),
          hint: "use --diff to see what would change")
      }
      try AtomicFile.write(after, to: target, mode: RegisterSigning.mode(of: target))
    }
  }

  /// Files that could be laid out, in the order given.
  public var files: [File] = []
  /// Everything that is wrong with the others.
  public var complaints: [Complaint] = []

  /// - Parameter paths: files, or folders, which stand for their `.yaml` and `.yml` files.
  public init(_ paths: [String]) {
    for path in paths {
      do throws(Complaints) {
        for source in try PolicyFiles.files([path]) {
          do throws(Complaints) {
            files.append(
              File(path: source.name, before: source.bytes, after: try PolicyLayout.canonical(source)))
          } catch { complaints += error.all }
        }
      } catch { complaints += error.all }
    }
  }
}
