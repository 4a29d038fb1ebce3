public import CustodyCore
import Foundation

/// From command-line words to bytes: names of packs that ship, files and folders. The only code here that opens files.
public enum PolicyFiles {
  /// Larger files are refused unread.
  public static let sizeLimit = 16 << 20
  /// Files taken from one folder.
  public static let folderLimit = 1000

  /// The packs a user asked for, in the order given; a folder stands for its `.yaml` and `.yml` files by name.
  ///
  /// - Parameters:
  ///   - words: names of built-in packs, files or folders. A word with a slash or a YAML extension is a path.
  ///   - builtIn: packs that ship, by name.
  public static func packs(_ words: [String], builtIn: [PolicySource]) throws(Complaints) -> [PolicySource] {
    var sources: [PolicySource] = []
    var complaints: [Complaint] = []
    for word in words {
      if !isPath(word) {
        if let pack = builtIn.first(where: { $0.name == word }) {
          sources.append(pack)
          continue
        }
        var isFolder: ObjCBool = false
        if !FileManager.default.fileExists(atPath: word, isDirectory: &isFolder) {
          let names = builtIn.map(\.name).sorted()
          let nearest = Suggestion.nearest(to: word, in: names)
          complaints.append(
            Complaint(
              code: "policy.unknown-pack", "there is no pack `\(Printable.escape(word, limit: 100))`",
              hint: nearest.map { "did you mean `\($0)`?" }
                ?? "packs that ship: " + names.joined(separator: ", ") + "; a file needs its path"))
          continue
        }
      }
      read(word, into: &sources, &complaints)
    }
    guard complaints.isEmpty else { throw Complaints(complaints) }
    return sources
  }

  /// Register or record files, in the order given; folders as for packs.
  public static func files(_ paths: [String]) throws(Complaints) -> [PolicySource] {
    var sources: [PolicySource] = []
    var complaints: [Complaint] = []
    for path in paths { read(path, into: &sources, &complaints) }
    guard complaints.isEmpty else { throw Complaints(complaints) }
    return sources
  }

  private static func isPath(_ word: String) -> Bool {
    word.contains("/") || word.hasSuffix(".yaml") || word.hasSuffix(".yml")
  }

  private static func read(_ path: String, into sources: inout [PolicySource], _ complaints: inout [Complaint]) {
    let shown = Printable.escape(path, limit: 300)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      complaints.append(Complaint(code: "file.missing", "there is no such file", at: shown))
      return
    }
    guard isFolder.boolValue else {
      readFile(path, into: &sources, &complaints)
      return
    }
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      complaints.append(Complaint(code: "file.unreadable", "the folder cannot be read", at: shown))
      return
    }
    let wanted = names.filter { !$0.hasPrefix(".") && ($0.hasSuffix(".yaml") || $0.hasSuffix(".yml")) }.sorted()
    if wanted.isEmpty {
      complaints.append(Complaint(code: "file.empty-folder", "the folder holds no `.yaml` file", at: shown))
    } else if wanted.count > folderLimit {
      complaints.append(
        Complaint(code: "file.too-many", "the folder holds more than \(folderLimit) files", at: shown))
    } else {
      for name in wanted { readFile(path + (path.hasSuffix("/") ? "" : "/") + name, into: &sources, &complaints) }
    }
  }

  private static func readFile(_ path: String, into sources: inout [PolicySource], _ complaints: inout [Complaint]) {
    let shown = Printable.escape(path, limit: 300)
    guard let handle = FileHandle(forReadingAtPath: path) else {
      complaints.append(Complaint(code: "file.unreadable", "the file cannot be read", at: shown))
      return
    }
    defer { try? handle.close() }
    // One byte more than allowed tells a file that is too large from one that just fits.
    guard let data = try? handle.read(upToCount: sizeLimit + 1) else {
      complaints.append(Complaint(code: "file.unreadable", "the file cannot be read", at: shown))
      return
    }
    guard data.count <= sizeLimit else {
      complaints.append(
        Complaint(
          code: "yaml.too-large", "the file is larger than 16 MiB", at: shown, hint: "split it into several files"))
      return
    }
    sources.append(PolicySource(name: path, bytes: [UInt8](data)))
  }
}
