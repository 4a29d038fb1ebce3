import CEL
import CustodyCore

/// Every word a rule's expression can use: the one place where fields are declared, documented and read.
enum Vocabulary {
  static let item: [Field<ItemSubject>] = [
    Field("dataClass", .string, "data class; `none` for an entry in which nothing could be observed") {
      .string($0.facts.dataClass?.rawValue ?? "none")
    },
    Field("modality", .string, "the part of the data class before the dot: face, finger, plate …") {
      .string($0.facts.dataClass.map { String($0.modality) } ?? "none")
    },
    Field("strength", .string, "proof, strong or weak; `none` without observation") {
      .string($0.facts.dataClass == nil ? "none" : $0.facts.strength.rawValue)
    },
    Field("kind", .string, "content kind of the entry, a media type") { .string($0.facts.kind) },
    Field("disposition", .string, "examined, partial, opaque, failed or limited") {
      .string($0.facts.disposition.rawValue)
    },
    Field("reason", .string, "why it is not examined in full; absent when it is") {
      $0.facts.reason.map { .string($0.rawValue) }
    },
    Field("encrypted", .string, "yes, no or unknown") { .string($0.facts.encrypted.rawValue) },
    Field(
      "mediaClass", .string, .late,
      "removable, field-device, workstation, share, backup, cloud-cache or unknown, from path and sidecars"
    ) { .string($0.media.rawValue) },
    Field("mediaEvidence", .string, .late, "what `mediaClass` rests on: path, sidecar or none") {
      .string($0.mediaEvidence)
    },
    Field("embeddedIn", .string, "office, mail, pdf, database or none") { .string($0.facts.embedding.rawValue) },
    Field("hasTicket", .bool, "the path names a work order, return authorization or ticket") {
      .bool($0.facts.flags.contains(.ticket))
    },
    Field("hasLane", .bool, "the path names a lane") { .bool($0.facts.flags.contains(.lane)) },
    Field("hasSite", .bool, "the path names a site or port of entry") { .bool($0.facts.flags.contains(.site)) },
    Field("agencies", .int, "how many agencies the path names, a department not counted beside its own bodies") {
      .int(Int64($0.facts.agencies.customers))
    },
    Field("fieldExport", .bool, "the path has the layout of a camera's or a lane's export") {
      .bool($0.facts.flags.contains(.fieldExport))
    },
    Field("fieldContext", .bool, "the path shows field work: an export, lane, site, agency or work order") {
      let field: ItemFacts.Flags = [.fieldExport, .lane, .site, .ticket]
      return .bool(!$0.facts.flags.isDisjoint(with: field) || !$0.facts.agencies.isEmpty)
    },
    Field("trainingWord", .bool, "the path names training or a data set: a hint only") {
      .bool($0.facts.flags.contains(.trainingWord))
    },
    Field("nearTraining", .bool, .late, "weights, labels, pair lists, notebooks or a train/validation split nearby") {
      .bool($0.late.nearTraining)
    },
    Field("nearCloudFace", .bool, .late, "the path or a file nearby names output of a cloud face service") {
      .bool($0.late.nearCloudFace || $0.facts.flags.contains(.cloudFace))
    },
    Field("nearSecrets", .bool, .late, "key or password files nearby") { .bool($0.late.nearSecrets) },
    Field("specimen", .bool, "every item of the class in the entry is public test material") {
      .bool($0.facts.flags.contains(.specimen))
    },
    Field("destruction", .string, "certified, unproven or none: what destruction certificates say of this content") {
      .string($0.facts.claims.destruction.rawValue)
    },
    Field("consent", .string, "given, expired, withdrawn or none: what consent records say of this content or its row")
    {
      let own = $0.facts.claims.consent
      return .string((own == .none ? $0.rowConsent : own).rawValue)
    },
    Field("receipted", .bool, "a receipt under the closest row lists this content as handed over") { subject in
      .bool(subject.row.map { subject.facts.claims.receiptRows.contains($0.row.id) } ?? false)
    },
    Field("agencyFile", .bool, "an agency's list of its own files has this content") {
      .bool($0.facts.claims.isAgencyFile)
    },
    Field("worldReadable", .bool, "anybody on the machine may read the entry, by its mode bits") {
      .bool($0.facts.flags.contains(.worldReadable))
    },
    Field("withPlates", .bool, "the same entry carries licence plates") { .bool($0.facts.flags.contains(.withPlates)) },
    Field("withFaces", .bool, "the same entry carries faces") { .bool($0.facts.flags.contains(.withFaces)) },
    Field("scrapeWord", .bool, "the path names gathering from the web: a hint only") {
      .bool($0.facts.flags.contains(.scrapeWord))
    },
    Field("nearScrape", .bool, .late, "lists of addresses pictures were fetched from, or web archives, nearby") {
      .bool($0.late.nearScrape)
    },
    Field("besideEncrypted", .bool, .late, "an encrypted file lies in the same folder") {
      .bool($0.late.besideEncrypted)
    },
    Field("clock", .string, "record, database, exif, name, mtime or none: where the capture time comes from") {
      .string($0.facts.clock.rawValue)
    },
    Field("clockIsReliable", .bool, "the clock is better than the file's own time") {
      .bool($0.facts.clock.isReliable)
    },
    Field("count", .int, .exact, "items of the class in the entry") { $0.exact.map { .int(Int64($0.count)) } },
    Field("size", .int, .exact, "bytes of the entry") { $0.exact.map { .int(Int64(clamping: $0.size)) } },
    Field("capturedAt", .timestamp, .exact, "capture time, a reading without zone taken as UTC; absent if unknown") {
      $0.exact?.captured.map { .timestamp($0.nominal) }
    },
    Field(
      "captureTime", .object(CaptureTimeObject.celTypeName), .exact, "capture time and clock, for `againstLimit`"
    ) { subject in
      subject.exact.map { .object(CaptureTimeObject(captured: $0.captured, asOf: subject.asOf)) }
    },
    Field("ageSeconds", .int, .exact, "as-of time minus capture time; absent if unknown") { subject in
      subject.exact?.captured.map { .int(subject.asOf.seconds - $0.nominal.seconds) }
    },
  ]

  static let auth = rowFields + paperFields

  static let rowFields: [Field<ItemSubject>] = [
    Field(
      "state", .string,
      "no-register, no-row, holder-unknown, draft, not-yet-valid, expired, suspended, revoked or active"
    ) { .string($0.facts.authorization.state.rawValue) },
    Field("matched", .bool, "a row in force covers holder, class, system and path") {
      .bool($0.facts.authorization.isMatched)
    },
    Field("hasRecord", .bool, "there is a closest row, covering or not") { .bool($0.row != nil) },
    Field(
      "failed", .list(.string), "respects in which the closest row does not cover: category, system, path, signature"
    ) {
      .list($0.facts.authorization.failed.words.map { .string($0) })
    },
    Field("unknown", .list(.string), "respects that cannot be decided") {
      .list($0.facts.authorization.unknown.words.map { .string($0) })
    },
    Field("undecided", .bool, "whether a row covers cannot be said: the holder or the system was not named") {
      .bool($0.facts.authorization.isUndecided)
    },
    Field("categories", .list(.string), "data classes the row lists") { row($0) { sorted($0.categories) } },
    Field("platesOnly", .bool, "the row lists plates and nothing else") {
      flag($0) { $0.isPlatesOnly }
    },
    Field(
      "plateOnlyInForce", .bool,
      "whichever is closest: a row in force of the holder lists plates and nothing else, and none in force lists faces"
    ) { .bool($0.holder.listsPlatesOnly) },
    Field("purposes", .list(.string), "purposes granted") { row($0) { sorted($0.purposes) } },
    Field("prohibitedPurposes", .list(.string), "purposes prohibited") { row($0) { sorted($0.prohibitedPurposes) } },
    Field("maintenanceOnly", .bool, "maintenance is the only purpose granted") {
      flag($0) { $0.isMaintenanceOnly }
    },
    Field(
      "maintenanceInForce", .bool,
      "whichever is closest: a row in force of the holder grants maintenance and no other purpose"
    ) { .bool($0.holder.grantsMaintenance) },
    Field("workOrders", .int, "work orders the row names") { row($0) { .int(Int64($0.workOrders.count)) } },
    Field("media", .list(.string), "storage media the row allows; empty when it does not say") {
      row($0) { sorted($0.media) }
    },
    Field("mediaAllowed", .bool, .late, "the row allows the item's media; removable media only when listed") { s in
      flag(s) { facts in
        facts.row.media.isEmpty ? s.media != .removable : facts.row.media.contains(s.media) || s.media == .unknown
      }
    },
    Field(
      "retention", .string,
      "none, not-stated, within, expired, held, clock-unknown, clock-unreliable, zone-unknown or receipt-unknown"
    ) { .string($0.facts.retention.rawValue) },
    Field("retentionZero", .bool, "the row allows no retention at all (PT0S)") {
      flag($0) { RetentionLimit.isZero($0.row.retention?.limit) }
    },
    Field("retainUntil", .timestamp, .exact, "last moment of the item's retention; absent if it cannot be known") {
      $0.exact?.retainUntil.map { .timestamp($0) }
    },
    Field("purposeEnded", .bool, "the row's purpose or pilot has ended") { flag($0) { $0.purposeEnded } },
    Field(
      "held", .bool,
      "a hold commands keeping the data; never one of a row that signatures are required of and not verified for"
    ) { flag($0) { $0.isHeld } },
    Field("encryptionRequired", .bool, "the row demands encryption at rest") {
      flag($0) { $0.row.encryption?.required ?? false }
    },
    Field(
      "signature", .string,
      "none; claimed (no trust file to verify it with); verified; or why not: forged, key-unknown, two-person …"
    ) { s in
      s.row.map { .string($0.signature) }
    },
    Field("hasDataOwner", .bool, "a signatory answers for the data owner") { flag($0) { $0.hasDataOwner } },
    Field("holderRole", .string, "prime or sub") { row($0) { .string($0.holder.role.rawValue) } },
    Field("chained", .bool, "a subcontractor's row hangs from a prime's row in force") { flag($0) { $0.isChained } },
    Field("flowdown", .bool, "the prime's row names the subcontractor in a flow-down") { flag($0) { $0.hasFlowDown } },
    Field("assessment", .string, "current, overdue or missing: the last assessment of the holder") { s in
      s.row.map { .string($0.assessment) }
    },
    Field("maxItems", .int, "most items the row allows; absent when it does not say") { s in
      s.row?.row.maxItems.map { .int($0) }
    },
    Field("itemsHeld", .int, .late, "items in the inventory that this row covers") { s in
      s.row.map { _ in .int(Int64(s.holdings.items)) }
    },
    Field("distinctItemsHeld", .int, .late, "the same, equal contents counted once") { s in
      s.row.map { _ in .int(Int64(s.holdings.distinctItems)) }
    },
  ]

  static let snapshot: [Field<SnapshotFacts>] = [
    Field("entries", .int, .late, "entries of the inventory") { .int(Int64($0.entries)) },
    Field("items", .int, .late, "items of all judged classes") { .int(Int64($0.items)) },
    Field("itemsByClass", .map(.string, .int), .late, "items by data class, only classes that were seen") { facts in
      .map(CELMap(facts.itemsByClass.keys.sorted().map { ($0.rawValue, .int(Int64(facts.itemsByClass[$0] ?? 0))) }))
    },
    Field("agencies", .int, .late, "agencies named in paths of items, a department not counted beside its bodies") {
      .int(Int64($0.agencies.customers))
    },
    Field("agenciesCovered", .bool, .late, "one row in force names all of them") { .bool($0.agenciesCovered) },
    Field("hasSecrets", .bool, .late, "key or password files anywhere") { .bool($0.hasSecrets) },
    Field("notExamined", .int, .late, "entries that were not examined in full") { .int(Int64($0.notExamined)) },
  ]

  static let audit: [Field<AuditSubject>] = [
    Field("asOf", .timestamp, "the moment judged for") { .timestamp($0.asOf) },
    Field("registerGiven", .bool, "a register was given") { .bool($0.registerGiven) },
    Field("recordsGiven", .bool, "side records were given") { .bool($0.recordsGiven) },
    Field("holderGiven", .bool, "the holder was named") { .bool($0.holderGiven) },
    Field("systemGiven", .bool, "the system was named") { .bool($0.systemGiven) },
  ]

  static func row(_ s: ItemSubject, _ read: (AuthorizationRow) -> CELValue) -> CELValue? {
    s.row.map { read($0.row) }
  }

  static func flag(_ s: ItemSubject, _ read: (RowFacts) -> Bool) -> CELValue? {
    s.row.map { .bool(read($0)) }
  }

  static func sorted<T: RawRepresentable>(_ set: Set<T>) -> CELValue where T.RawValue == String {
    .list(set.map(\.rawValue).sorted().map { .string($0) })
  }

  private static func object<S>(_ name: String, _ fields: [Field<S>]) -> CELObjectType {
    CELObjectType(name: name, fields: fields.map { (name: $0.name, type: $0.type) })
  }

  /// Fields read from words, layouts and names in paths: indications, however well the items themselves are proven.
  static let indications: Set<String> = [
    "item.mediaClass", "item.mediaEvidence", "item.hasTicket", "item.hasLane", "item.hasSite", "item.agencies",
    "item.fieldExport", "item.fieldContext", "item.trainingWord", "item.nearTraining", "item.nearCloudFace",
    "item.nearSecrets", "item.scrapeWord", "item.nearScrape", "auth.mediaAllowed", "collection.agencies",
    "collection.nearTraining", "collection.mediaClass", "snapshot.agencies", "snapshot.agenciesCovered",
    "snapshot.hasSecrets",
  ]

  /// The objects of every environment.
  static let objects = [
    object("item", item), object("observation", observation), object("auth", auth), object("collection", collection),
    object("snapshot", snapshot), object("records", records), object("record", record), object("audit", audit),
  ]

  /// Phases by dotted path, as `CELProgram.references` writes them.
  static let phases: [String: Phase] = {
    var phases: [String: Phase] = [:]
    for field in item { phases["item." + field.name] = field.phase }
    for field in observation { phases["observation." + field.name] = field.phase }
    for field in records { phases["records." + field.name] = field.phase }
    for field in collection { phases["collection." + field.name] = field.phase }
    for field in record { phases["record." + field.name] = field.phase }
    for field in auth { phases["auth." + field.name] = field.phase }
    for field in snapshot { phases["snapshot." + field.name] = field.phase }
    for field in audit { phases["audit." + field.name] = field.phase }
    return phases
  }()
}

extension Field {
  init(
    _ name: String, _ type: CELType, _ meaning: String, read: @escaping @Sendable (Subject) -> CELValue?
  ) {
    self.init(name, type, .early, meaning, read: read)
  }
}
