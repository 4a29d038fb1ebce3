import Foundation
import TestSupport

/// Published schemas kept outside the project; tests that use them say aloud when they are missing.
enum Schemas {
  /// A file below `../shared/schemas` beside the checkout, or below the folder in `CUSTODY_SCHEMAS`.
  static func file(_ path: String) -> URL? {
    let named = ProcessInfo.processInfo.environment["CUSTODY_SCHEMAS"].map { URL(fileURLWithPath: $0) }
    let root = named ?? Corpus.package.deletingLastPathComponent().appendingPathComponent("shared/schemas")
    let file = root.appendingPathComponent(path)
    guard FileManager.default.fileExists(atPath: file.path) else {
      FileHandle.standardError.write(Data("SKIPPED: no schema at \(file.path)\n".utf8))
      return nil
    }
    return file
  }
}
