public import Foundation

/// The development corpus lives outside the project; tests that use it say aloud when it is missing.
public enum Corpus {
  /// `../shared/corpus` beside the checkout, or the folder in `CUSTODY_CORPUS`; nil when there is none.
  public static let root: URL? = {
    let here = URL(fileURLWithPath: #filePath)
    let package = here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let named = ProcessInfo.processInfo.environment["CUSTODY_CORPUS"].map { URL(fileURLWithPath: $0) }
    let candidate = named ?? package.deletingLastPathComponent().appendingPathComponent("shared/corpus")
    let found = FileManager.default.fileExists(atPath: candidate.appendingPathComponent("manifest.csv").path)
    if !found { FileHandle.standardError.write(Data("SKIPPED: no corpus at \(candidate.path)\n".utf8)) }
    return found ? candidate : nil
  }()

  /// Root of this package's checkout.
  public static let package: URL = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Bytes of one corpus file.
  public static func bytes(_ path: String) throws -> [UInt8] {
    guard let root else { throw CocoaError(.fileNoSuchFile) }
    return [UInt8](try Data(contentsOf: root.appendingPathComponent(path)))
  }

  /// Names of the files of one class, sorted.
  public static func files(_ dataClass: String) throws -> [String] {
    guard let root else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(dataClass).path)
      .sorted().map { dataClass + "/" + $0 }
  }
}
