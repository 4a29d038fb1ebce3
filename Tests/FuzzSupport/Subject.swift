public import CustodyCore
import Foundation

/// One reader that is fuzzed: where its fuzzing starts, and what must hold of it.
public struct Subject: Sendable {
  public var name: String
  public var seeds: @Sendable () throws -> [[UInt8]]
  /// Ends the process when a law is broken.
  public var trial: @Sendable ([UInt8]) -> Void

  public init(
    name: String, seeds: @escaping @Sendable () throws -> [[UInt8]], trial: @escaping @Sendable ([UInt8]) -> Void
  ) {
    self.name = name
    self.seeds = seeds
    self.trial = trial
  }
}

public func law(_ holds: Bool, _ text: @autoclosure () -> String) {
  guard !holds else { return }
  FileHandle.standardError.write(Data("fuzz-records: broken: \(text())\n".utf8))
  abort()
}

/// Complaints have a code of words with dots between, say something, and can be shown on a terminal.
///
/// - Parameter families: first words of the codes a reader has; any when none is given.
public func check(_ complaint: Complaint, _ families: [String] = []) {
  func isWordByte(_ b: UInt8) -> Bool { (0x61...0x7A).contains(b) || (0x30...0x39).contains(b) || b == 0x2D }
  let words = complaint.code.split(separator: ".", omittingEmptySubsequences: false)
  law(
    words.count >= 2 && words.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(isWordByte) },
    "`\(complaint.code)` is a code")
  law(
    families.isEmpty || families.contains { complaint.code.hasPrefix($0 + ".") },
    "`\(complaint.code)` is a code this reader has")
  law(!complaint.message.isEmpty, "\(complaint.code) says something")
  for text in [complaint.message, complaint.location ?? "", complaint.hint ?? ""] {
    law(
      text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) },
      "\(complaint.code) can be shown: \(text)")
  }
}

public func check(_ complaints: Complaints) {
  law(!complaints.all.isEmpty, "who refuses says why")
  for complaint in complaints.all { check(complaint) }
}
