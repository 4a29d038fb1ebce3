import CustodyCore

/// Fingerprints and ids of findings: the same finding has the same ones in the next report.
struct FindingIdentity {
  /// RFC 9562 namespace of finding ids.
  static let namespace: [UInt8] = [
    0x2B, 0x5C, 0x0E, 0x9A, 0x6F, 0x41, 0x5D, 0x7B, 0x9E, 0x23, 0x84, 0xD1, 0x7C, 0x30, 0xA6, 0x5F,
  ]

  let context: JudgeContext
  /// Ids given so far.
  private var ids: Set<String> = []

  init(context: JudgeContext) { self.context = context }

  func fingerprint(
    _ rule: Rule, _ outcome: RuleOutcome, _ place: FindingBuilder.Place, _ nonce: EntryGroup.Nonce?
  ) -> String {
    var text = rule.id + "\n" + outcome.cause + "\n"
    if case .row(let row) = place { text += context.matcher.rows[Int(row)].id + "\n" }
    if case .record(let position) = place, let record = context.policies.records?.all[position] {
      text += record.kind.rawValue + " " + record.id + "\n"
    }
    return Hex.encode(context.digests.sha256(Array(text.utf8) + (nonce?.bytes ?? [])))
  }

  /// Two folders may hold the same smallest content: the collection's number then tells their findings apart.
  mutating func id(
    _ rule: Rule, _ outcome: RuleOutcome, _ fingerprint: String, _ collection: Int
  ) -> String {
    let name = [rule.id, outcome.verdict.rawValue, outcome.cause, fingerprint].joined(separator: "\n")
    var id = uuid(name)
    if !ids.insert(id).inserted {
      id = uuid(name + "\n" + String(collection))
      ids.insert(id)
    }
    return id
  }

  /// RFC 9562 section 5.5, version 5.
  private func uuid(_ name: String) -> String {
    var hash = Array(context.digests.sha1(Self.namespace + Array(name.utf8)).prefix(16))
    while hash.count < 16 { hash.append(0) }
    hash[6] = hash[6] & 0x0F | 0x50
    hash[8] = hash[8] & 0x3F | 0x80
    let hex = Array(Hex.encode(hash).utf8)
    return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(decoding: hex[$0], as: UTF8.self) }
      .joined(separator: "-")
  }
}
