import CustodyCore
import Foundation
import Testing

@testable import Policies

/// Shorthand for building inventories, registers and judges in tests.
enum Make {
  static let asOf = moment("2019-06-01T00:00:00Z")

  static func moment(_ text: String) -> Instant { Instant(rfc3339: text) ?? .earliest }

  /// A digest that depends on the number alone.
  static func digest(_ n: UInt64) -> Digest {
    Digest(hash(withUnsafeBytes(of: n.bigEndian) { Array($0) })) ?? Digest([UInt8](repeating: 0, count: 32))
      ?? zero
  }

  static let zero = InventoryZero.digest

  /// Thirty-two bytes from FNV-1a with different starts: no cryptography, only different for different input.
  static func hash(_ bytes: [UInt8]) -> [UInt8] {
    (0..<4).flatMap { lane -> [UInt8] in
      var h: UInt64 = 0xCBF2_9CE4_8422_2325 &+ UInt64(lane) &* 0x9E37_79B9_7F4A_7C15
      for b in bytes { h = (h ^ UInt64(b)) &* 0x0000_0100_0000_01B3 }
      h ^= h >> 29
      h = h &* 0xBF58_476D_1CE4_E5B9
      return (0..<8).map { UInt8(truncatingIfNeeded: h >> (56 - 8 * UInt64($0))) }
    }
  }

  static let digests = DigestFunctions(sha256: { hash($0) }, sha1: { Array(hash($0 + [1]).prefix(20)) })

  static let inventory = InventorySummary(sha256: digest(1), treeSize: 1, rootHash: digest(2))

  /// One inventory line; containers are separated by `!/` as in locators that are shown.
  static func entry(
    _ path: String, index: UInt64 = 0, _ observations: [Observation] = [], size: UInt64 = 20_000,
    content: UInt64? = nil, kind: ContentKind = ContentKind(rawValue: "image/jpeg"), modified: Instant? = nil,
    disposition: Disposition = .examined, reason: Reason? = nil, attributes: Attributes = [:]
  ) -> Examination {
    var components: [[UInt8]] = []
    var rest = path[...]
    while let range = rest.range(of: "!/") {
      components.append(Array(rest[..<range.lowerBound].utf8))
      rest = rest[range.upperBound...]
    }
    components.append(Array(rest.utf8))
    let sha256 = disposition == .failed ? nil : digest(content ?? (index &+ 1000))
    return Examination(
      index: index, nonce: Array(hash((sha256?.bytes ?? []) + [7]).prefix(16)), locator: Locator(components),
      size: size,
      sha256: sha256, kind: kind, modified: modified, disposition: disposition, reason: reason,
      attributes: attributes, observations: observations)
  }

  static func seen(
    _ dataClass: DataClass, _ strength: Strength = .strong, count: Int = 1, _ attributes: Attributes = [:]
  ) -> Observation {
    Observation(
      dataClass, detector: "test." + dataClass.rawValue, version: 1, strength: strength, count: count,
      attributes: attributes)
  }

  static func seen(_ dataClass: DataClass, _ attributes: Attributes) -> Observation {
    seen(dataClass, .strong, count: 1, attributes)
  }

  static func source(_ name: String, _ text: String) -> PolicySource {
    PolicySource(name: name, bytes: Array(text.utf8))
  }

  /// The packs that ship, from the project's folder.
  static func shipped(_ name: String) throws -> PolicySource {
    var folder = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    let url = folder.appendingPathComponent("policies/\(name).yaml")
    return PolicySource(name: name, bytes: [UInt8](try Data(contentsOf: url)))
  }

  static let shippedNames = ["core-authorization", "us-cbp-field-maintenance"]

  /// A register with one row that covers faces and plates under `lane3/`, changed line by line.
  ///
  /// - Parameter changes: replaces the value of a top-level key of the row; nil removes the key.
  static func register(_ changes: [String: String?] = [:]) -> PolicySource {
    source("register.yaml", "register: test\nrows:\n" + row(changes))
  }

  static func row(_ changes: [String: String?] = [:]) -> String {
    var fields: [(String, String)] = [
      ("id", "ROW-1"), ("version", "1"), ("status", "active"), ("agency", "CBP"),
      ("holder", "{name: Example Imaging, role: prime}"), ("categories", "[face.image, plate.image, plate.read]"),
      ("purposes", "[matching]"), ("paths", "[\"lane3/**\"]"), ("retention", "{limit: P1Y, clock: capture}"),
      ("assessed", "{last: 2019-01-01, interval: P1Y}"), ("not_before", "2018-01-01"), ("not_after", "2019-12-31"),
      ("signatories", "[{name: Contracting office, role: CO, key_id: k1, sig: c2ln}]"),
    ]
    for (key, value) in changes.sorted(by: { $0.key < $1.key }) {
      fields.removeAll { $0.0 == key }
      if let value { fields.append((key, value)) }
    }
    return fields.enumerated().map { ($0 == 0 ? "  - " : "    ") + "\($1.0): \($1.1)\n" }.joined()
  }

  /// Compiled once for all tests.
  private static let shippedSet: Result<PolicySet, any Error> = Result {
    try PolicySet.load(packs: shippedNames.map { try shipped($0) })
  }

  static func judge(
    packs: [String] = shippedNames, register: PolicySource? = nil, records: String? = nil,
    holder: String? = "Example Imaging", system: String? = nil, asOf: Instant = asOf, disclose: Bool = false,
    trust: PolicySource? = nil, requireSigned: Bool = false
  ) throws -> Judge {
    var set = try shippedSet.get()
    set.packs = packs.compactMap { name in set.packs.first { $0.name == name } }
    var files = try PolicySet.load(
      packs: [], registers: register.map { [$0] } ?? [],
      records: records.map { [source("records.yaml", $0)] } ?? [])
    if trust != nil || requireSigned {
      try files.admitRegister(trust: trust, requireSigned: requireSigned, cryptography: Signer.cryptography)
    }
    set.register = files.register
    set.records = files.records
    return Judge(
      policies: set, engagement: Engagement(holder: holder, system: system), asOf: asOf, digests: digests,
      disclosesPaths: disclose)
  }

  static let snapshot = SnapshotSummary(
    ordinal: 1, form: "file", size: 1, sha256: digest(3), name: "snapshot.tar", directories: 0)

  static func report(_ judge: Judge, _ entries: [Examination], snapshots: [SnapshotSummary] = [snapshot]) -> Report {
    var judge = judge
    for (i, e) in entries.enumerated() {
      var numbered = e
      if e.index == 0 { numbered.index = UInt64(i) }
      let nonce = numbered.nonce
      judge.add(numbered, leafHash: { hash(nonce) })
    }
    return judge.finish(snapshots: snapshots, inventory: inventory, configuration: [], detectors: [])
  }
}

enum InventoryZero {
  static let digest: Digest = {
    guard let digest = Digest(Array(0..<32)) else { preconditionFailure("thirty-two bytes are a digest") }
    return digest
  }()
}

extension Report {
  /// `AUTH-01 violation no-register x3`, one for each finding, sorted.
  var lines: [String] {
    findings.map { "\($0.ruleId) \($0.verdict.rawValue) \($0.cause) x\($0.counts.items)" }.sorted()
  }
  func of(_ rule: String) -> [Finding] { findings.filter { $0.ruleId == rule } }
}

/// SplitMix64: the same numbers on every machine.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
