/// What a record of one kind looks like in YAML: read by the loader, and the source of the JSON Schema.
struct RecordForm: Sendable {
  var kind: SideRecord.Kind
  /// The key of the file under which such records are listed.
  var list: String
  var subject: String
  var times: [SideRecord.Time] = []
  var requiredTimes: [SideRecord.Time] = []
  var words: [SideRecord.Word] = []
  var requiredWords: [SideRecord.Word] = []
  var numbers: [SideRecord.Number] = []
  var hasInterval = false
  var hasPersonal = false
  var hasRemovable = false
  var hasClasses = false
  /// `files`, `manifest`.
  var hasContent = false
  var requiresContent = false
  /// Further keys that only this kind has.
  var nested: [String] = []

  var keys: [String] {
    ["id"] + times.map(\.rawValue) + words.map(\.rawValue) + numbers.map(\.rawValue)
      + (hasInterval ? ["interval"] : []) + (hasPersonal ? ["personal"] : []) + (hasRemovable ? ["removable"] : [])
      + (hasClasses ? ["categories"] : []) + (hasContent ? ["files", "manifest"] : []) + nested + ["note"]
  }

  static func of(_ kind: SideRecord.Kind) -> RecordForm? { all.first { $0.kind == kind } }

  static let all: [RecordForm] = [
    RecordForm(
      kind: .certificate, list: "certificates", subject: "a certificate", times: [.started, .ended],
      requiredTimes: [.ended],
      words: [.row, .contract, .method, .technique, .custodian, .verifier, .disposition], requiredWords: [.method],
      hasContent: true, nested: ["media", "tool", "verification", "signatures"]),
    RecordForm(
      kind: .incident, list: "incidents", subject: "an incident", times: [.occurred, .discovered, .reported],
      requiredTimes: [.discovered], words: [.holder, .agency, .recipient, .regime, .status, .containment],
      numbers: [.items, .uniqueItems], hasPersonal: true, hasClasses: true),
    RecordForm(
      kind: .consent, list: "consents", subject: "a consent", times: [.given, .withdrawn, .expires],
      requiredTimes: [.given], words: [.row, .basis, .purpose], hasClasses: true, hasContent: true),
    RecordForm(
      kind: .receipt, list: "receipts", subject: "a receipt", times: [.received], requiredTimes: [.received],
      words: [.row, .agency, .holder], requiredWords: [.row], hasContent: true, requiresContent: true),
    RecordForm(
      kind: .assessment, list: "assessments", subject: "an assessment", times: [.assessed],
      requiredTimes: [.assessed], words: [.holder, .assessor, .result], requiredWords: [.holder], hasInterval: true),
    RecordForm(
      kind: .training, list: "trainings", subject: "a training", times: [.completed], requiredTimes: [.completed],
      words: [.holder], requiredWords: [.holder]),
    RecordForm(
      kind: .media, list: "media", subject: "a medium", times: [.released],
      words: [.holder, .serial, .owner, .reason, .certificate, .row], hasRemovable: true),
    RecordForm(
      kind: .disclosure, list: "disclosures", subject: "a disclosure", times: [.occurred], requiredTimes: [.occurred],
      words: [.row, .recipient, .basis, .purpose], requiredWords: [.recipient], hasClasses: true),
    RecordForm(
      kind: .search, list: "searches", subject: "a search", times: [.occurred], requiredTimes: [.occurred],
      words: [.holder, .authorizationId, .purpose], hasClasses: true),
    RecordForm(
      kind: .hashSet, list: "hash_sets", subject: "a hash set", words: [.agency], requiredWords: [.agency],
      hasContent: true, requiresContent: true, nested: ["key_file"]),
  ]
}
