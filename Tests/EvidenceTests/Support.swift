import CustodyCore
import Foundation
import Records
import TestSupport

@testable import Evidence

/// A folder of its own for one test, removed at its end.
final class Scratch {
  let path: String
  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("custody-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }
  @discardableResult func write(_ name: String, _ bytes: [UInt8], mode: Int = 0o600) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file(name))
    return file(name)
  }
  @discardableResult func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }
  func read(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: file(name)))) }
  func mode(_ name: String) throws -> Int {
    try FileManager.default.attributesOfItem(atPath: file(name))[.posixPermissions] as? Int ?? -1
  }
  func names(_ folder: String = "") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path + "/" + folder).sorted()
  }
}

/// The command line program, as a second opinion.
enum OpenSSLCommand {
  static let path: String? = {
    let found = ["/usr/bin/openssl", "/usr/local/bin/openssl"].first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
    if found == nil { FileHandle.standardError.write(Data("SKIPPED: no openssl command to compare with\n".utf8)) }
    return found
  }()
  static var isThere: Bool { path != nil }

  /// - Returns: exit status and standard output.
  @discardableResult
  static func run(_ arguments: [String]) throws -> (status: Int32, output: [UInt8]) {
    let run = try CommandLineTool(
      executable: URL(fileURLWithPath: path ?? "/nonexistent"), in: FileManager.default.temporaryDirectory
    ).run(arguments)
    return (run.status, run.out)
  }
}

/// SplitMix64: the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
  mutating func below(_ n: Int) -> Int { Int(next() % UInt64(n)) }
}

/// A small inventory with its report.
struct Audit {
  var lines: [UInt8] = []
  var report: Report
  var record: ScanRecord
  static let snapshot = Array("the snapshot's bytes".utf8)

  init(entries: Int = 20) {
    var tree = MerkleTree()
    for i in 0..<entries {
      let start = lines.count
      InventoryLine.encode(
        Examination(
          index: UInt64(i), nonce: Array(Hash.sha256([UInt8(truncatingIfNeeded: i)]).prefix(16)),
          locator: Locator([Array("usb.tar".utf8), Array("lane/\(i).jpg".utf8)]), size: UInt64(i),
          sha256: Hash.digest(of: [UInt8(truncatingIfNeeded: i)]), kind: ContentKind(rawValue: "image/jpeg"),
          observations: [Observation(.faceImage, detector: "face.hog", version: 1, strength: .strong)]), into: &lines)
      tree.append(leafHash: MerkleTree.leafHash(of: lines[start...]))
      lines.append(0x0A)
    }
    let inventory = InventorySummary(sha256: Hash.digest(of: lines), treeSize: tree.size, rootHash: tree.root())
    let snapshots = [
      SnapshotSummary(
        ordinal: 1, form: "file", size: UInt64(Self.snapshot.count), sha256: Hash.digest(of: Self.snapshot),
        name: "secret.tar", directories: 1),
      SnapshotSummary(ordinal: 2, form: "directory", size: 0, sha256: nil, name: "secret-folder", directories: 2),
    ]
    report = Report(
      asOf: Instant(seconds: 1_700_000_000), engagement: Engagement(), configuration: [], result: .passed,
      coverage: Coverage(
        snapshots: snapshots, entries: entries, bytes: 190,
        lines: [Coverage.Line(disposition: .examined, reason: nil, entries: entries, bytes: 190)]),
      exposure: [], findings: [], limitations: [], inventory: inventory, detectors: ["face.hog/1"])
    record = ScanRecord(
      snapshots: snapshots, inventory: inventory, limits: [ScanRecord.Limit(name: "maxDepth", value: 17)],
      detectors: ["face.hog/1"],
      run: ScanRecord.Run(
        startedOn: Instant(seconds: 1_700_000_000), finishedOn: Instant(seconds: 1_700_000_001),
        digestProvider: ScanRecord.DigestProvider(name: "default", version: "3")))
  }

  var statement: AuditStatement {
    AuditStatement(
      scanner: ScannerIdentity(uri: "urn:custody:test", version: "1", sha256: Hash.digest(of: [])), record: record,
      report: report)
  }

  func seal(_ target: String, keys: [PrivateKey], views: [String] = ["report.html"]) throws -> SealedPackage {
    let writer = try PackageWriter(target: target)
    try Data(lines).write(to: URL(fileURLWithPath: writer.inventoryPath))
    for view in views { try writer.addView(view, mediaType: "text/html", Array("<p>".utf8)) }
    return try writer.seal(statement, disclosePaths: false, keys: keys)
  }
}
