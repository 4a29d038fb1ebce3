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

  /// The value of a top-level key: what kind of file it is. Nil when there is none or it is not text.
  public static func value(of key: String, in source: PolicySource?) -> String? {
    guard let source,
      case .mapping(let pairs)? =
        YAMLDocument.parse(source.bytes, into: YAMLPage(name: "", bytes: source.bytes))?.content,
      case .scalar(let text, _)? = pairs.first(where: { $0.key == key })?.value.content
    else { return nil }
    return text
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
    switch contents(path, limit: sizeLimit) {
    case .bytes(let bytes):
      sources.append(PolicySource(name: path, bytes: bytes, attachments: attachments(of: bytes, beside: path)))
    case .unreadable:
      complaints.append(Complaint(code: "file.unreadable", "the file cannot be read", at: shown))
    case .tooLarge:
      complaints.append(
        Complaint(
          code: "yaml.too-large", "the file is larger than 16 MiB", at: shown, hint: "split it into several files"))
    }
  }

  private enum Contents {
    case bytes([UInt8])
    case unreadable, tooLarge
  }

  private static func contents(_ path: String, limit: Int) -> Contents {
    guard let handle = FileHandle(forReadingAtPath: path) else { return .unreadable }
    defer { try? handle.close() }
    // One byte more than allowed tells a file that is too large from one that just fits.
    do {
      // Nil stands for an empty file.
      let data = try handle.read(upToCount: limit + 1) ?? Data()
      return data.count <= limit ? .bytes([UInt8](data)) : .tooLarge
    } catch {
      return .unreadable
    }
  }

  private static func real(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func attachments(of bytes: [UInt8], beside path: String) -> Attachments {
    let names = Attachments.names(in: bytes)
    guard !names.isEmpty, names.count <= Attachments.countLimit else { return Attachments() }
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
    let home = real(folder)
    var files: [String: Attachments.Content] = [:]
    var left = Attachments.totalLimit
    for name in names where Attachments.isAllowed(name) {
      // A link could lead out of the folder to anything the auditor may read.
      var status = stat()
      guard lstat(folder + name, &status) == 0 else {
        files[name] = .missing("is not there")
        continue
      }
      guard status.st_mode & S_IFMT == S_IFREG, let home, let own = real(folder + name), own.hasPrefix(home + "/")
      else {
        files[name] = .missing("is no regular file")
        continue
      }
      switch contents(folder + name, limit: min(left, Attachments.sizeLimit)) {
      case .bytes(let bytes):
        files[name] = .bytes(bytes)
        left -= bytes.count
      case .unreadable: files[name] = .missing("cannot be read")
      case .tooLarge:
        files[name] = .missing(
          left < Attachments.sizeLimit
            ? "and the other files named here are larger than 256 MiB" : "is larger than 64 MiB")
      }
    }
    return Attachments(files)
  }
}
