import CustodyCore

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
  var nested: [FormField] = []
  /// One sentence, for whoever fills in records.
  var meaning: String

  var form: Form {
    var fields: [FormField] = [.required("id", .text, "Id of the record; no two of a kind share one.")]
    fields += times.map {
      FormField(key: $0.rawValue, type: .instant, isRequired: requiredTimes.contains($0), meaning: $0.meaning)
    }
    fields += words.map {
      FormField(key: $0.rawValue, type: $0.type, isRequired: requiredWords.contains($0), meaning: $0.meaning)
    }
    fields += numbers.map { .optional($0.rawValue, .integer(0...Int64.max), $0.meaning) }
    if hasInterval { fields.append(.optional("interval", .duration, "How long it counts.")) }
    if hasPersonal { fields.append(.optional("personal", .flag, "Whether personal data is concerned.")) }
    if hasRemovable { fields.append(.optional("removable", .flag, "Whether the medium is removable.")) }
    if hasClasses {
      fields.append(.optional("categories", .list(.words(DataClass.self)), "Data classes it is about."))
    }
    if hasContent {
      fields += [
        .optional("files", .list(.digest), "SHA-256 of the files it is about."),
        .optional("manifest", .mapping(.manifest), "A file that lists the digests of the files it is about."),
      ]
    }
    fields += nested + [.optional("note", .text, "For readers.")]
    return Form(
      name: kind.rawValue, subject: subject, fields: fields,
      demands: requiresContent ? [.anyOf(["files", "manifest"])] : [])
  }

  static let all: [RecordForm] = [
    RecordForm(
      kind: .certificate, list: "certificates", subject: "a certificate", times: [.started, .ended],
      requiredTimes: [.ended],
      words: [.row, .contract, .method, .technique, .custodian, .verifier, .disposition], requiredWords: [.method],
      hasContent: true,
      nested: [
        .optional("media", .mapping(.certifiedMedium), "The medium that was treated."),
        .optional("tool", .mapping(.tool), "What it was treated with."),
        .required("verification", .mapping(.verification), "How the destruction was checked."),
        .optional("signatures", .mappings(.recordSignature), "Who signed the certificate."),
      ], meaning: "Certificates of destruction or sanitization."),
    RecordForm(
      kind: .incident, list: "incidents", subject: "an incident", times: [.occurred, .discovered, .reported],
      requiredTimes: [.discovered], words: [.holder, .agency, .recipient, .regime, .status, .containment],
      numbers: [.items, .uniqueItems], hasPersonal: true, hasClasses: true,
      meaning: "Incidents, and when they were reported."),
    RecordForm(
      kind: .consent, list: "consents", subject: "a consent", times: [.given, .withdrawn, .expires],
      requiredTimes: [.given], words: [.row, .basis, .purpose], hasClasses: true, hasContent: true,
      meaning: "Consents of the people concerned."),
    RecordForm(
      kind: .receipt, list: "receipts", subject: "a receipt", times: [.received], requiredTimes: [.received],
      words: [.row, .agency, .holder], requiredWords: [.row], hasContent: true, requiresContent: true,
      meaning: "What was handed over to the holder, file by file."),
    RecordForm(
      kind: .assessment, list: "assessments", subject: "an assessment", times: [.assessed],
      requiredTimes: [.assessed], words: [.holder, .assessor, .result], requiredWords: [.holder], hasInterval: true,
      meaning: "Looks of a third party at the holder."),
    RecordForm(
      kind: .training, list: "trainings", subject: "a training", times: [.completed], requiredTimes: [.completed],
      words: [.holder], requiredWords: [.holder], meaning: "Privacy trainings of the holder's staff."),
    RecordForm(
      kind: .media, list: "media", subject: "a medium", times: [.released],
      words: [.holder, .serial, .owner, .reason, .certificate, .row], hasRemovable: true,
      meaning: "Storage media and what became of them."),
    RecordForm(
      kind: .disclosure, list: "disclosures", subject: "a disclosure", times: [.occurred], requiredTimes: [.occurred],
      words: [.row, .recipient, .basis, .purpose], requiredWords: [.recipient], hasClasses: true,
      meaning: "Data given to somebody else."),
    RecordForm(
      kind: .search, list: "searches", subject: "a search", times: [.occurred], requiredTimes: [.occurred],
      words: [.holder, .authorizationId, .purpose], hasClasses: true,
      meaning: "Runs of identification against a gallery."),
    RecordForm(
      kind: .hashSet, list: "hash_sets", subject: "a hash set", words: [.agency], requiredWords: [.agency],
      hasContent: true, requiresContent: true,
      nested: [.optional("key_file", .text, "File beside this one with the key of the values, 16 to 4096 bytes.")],
      meaning: "Files agencies know as their own."),
  ]
}
