import CustodyCore

/// Reads the YAML of side records.
///
/// ```yaml
/// records: "Example contractor, 2019"
/// incidents:
///   - {id: INC-1, discovered_at: 2019-05-10T09:00:00Z, reported_at: 2019-05-31T09:00:00Z, regime: hsar, personal: true}
/// certificates:
///   - id: CERT-4
///     method: purge
///     ended_at: 2019-03-01T10:00:00Z
///     verification: {method: read back, result: PASS}
///     manifest: {file: destroyed.sha256}
/// ```
struct RecordsLoader {
  static let code = "records"

  static let hashSetLimit = 100

  private let page: YAMLPage
  private let attachments: Attachments

  /// - Parameter keyFiles: gets the names of attachments that are secret.
  static func load(_ page: YAMLPage, _ source: PolicySource, keyFiles: inout Set<String>) -> [SideRecord] {
    guard let root = YAMLDocument.parse(source.bytes, into: page) else { return [] }
    return load(page, root, source.attachments, keyFiles: &keyFiles)
  }

  /// The same from a document that has been read.
  static func load(
    _ page: YAMLPage, _ root: YAMLNode, _ attachments: Attachments, keyFiles: inout Set<String>
  ) -> [SideRecord] {
    guard let file = YAMLMapping(root, .records, code: code, page: page) else { return [] }
    _ = file.requiredText("records")
    _ = file.text("description")
    let loader = RecordsLoader(page: page, attachments: attachments)
    for form in RecordForm.all where form.kind == .hashSet {
      let sets = file.list(form.list)
      // Every entry of a snapshot is held against every keyed list.
      if sets.count > Self.hashSetLimit {
        file.complain("too-many", "more than \(Self.hashSetLimit) hash sets", at: form.list, hint: "join their lists")
        return []
      }
      for set in file.mappings(form.list, form.form) {
        if let name = set.text("key_file") { keyFiles.insert(name) }
      }
    }
    return RecordForm.all.flatMap { loader.records(file, $0) }
  }

  private func records(_ file: YAMLMapping, _ form: RecordForm) -> [SideRecord] {
    var seen: Set<String> = []
    return file.mappings(form.list, form.form).compactMap { m in
      guard let record = record(m, form) else { return nil }
      if !seen.insert(record.id).inserted {
        m.complain("duplicate-" + form.kind.rawValue, "the id of \(form.subject) is given twice", at: "id")
      }
      return record
    }
  }

  private func record(_ m: YAMLMapping, _ form: RecordForm) -> SideRecord? {
    let id = m.requiredText("id")
    var record = SideRecord(kind: form.kind, id: id ?? "")
    var isWhole = id != nil
    for time in form.times {
      if form.requiredTimes.contains(time), m.required(time.rawValue) == nil { isWhole = false }
      record.times[time] = m.instant(time.rawValue)
    }
    for word in form.words {
      if form.requiredWords.contains(word), m.required(word.rawValue) == nil { isWhole = false }
      record.words[word] = text(m, word)
    }
    for number in form.numbers { record.numbers[number] = m.integer(number.rawValue, in: 0...Int64.max) }
    if form.hasInterval { record.interval = m.duration("interval") }
    if form.hasPersonal { record.isPersonal = m.flag("personal") }
    if form.hasRemovable { record.isRemovable = m.flag("removable") }
    if form.hasClasses { record.classes = Set(m.choices("categories", DataClass.self)) }
    _ = m.text("note")
    order(m, record, .started, .ended)
    order(m, record, .discovered, .reported)
    order(m, record, .given, .withdrawn)
    switch form.kind {
    case .certificate: certificate(m, &record)
    case .hashSet: key(m, &record)
    default: break
    }
    if form.hasContent { content(m, form, &record) }
    return isWhole ? record : nil
  }

  private func text(_ m: YAMLMapping, _ word: SideRecord.Word) -> String? {
    switch word {
    case .method: m.choice(word.rawValue, SideRecord.Method.self)?.rawValue
    case .regime: m.choice(word.rawValue, SideRecord.Regime.self)?.rawValue
    case .reason: m.choice(word.rawValue, SideRecord.Reason.self)?.rawValue
    default: m.text(word.rawValue)
    }
  }

  private func order(_ m: YAMLMapping, _ record: SideRecord, _ first: SideRecord.Time, _ second: SideRecord.Time) {
    guard let a = record.times[first], let b = record.times[second], b < a else { return }
    m.complain("contradiction", "`\(second.rawValue)` lies before `\(first.rawValue)`", at: second.rawValue)
  }

  // MARK: certificates

  private func certificate(_ m: YAMLMapping, _ record: inout SideRecord) {
    let media = m.mapping("media", .certifiedMedium)
    let named = Form.certifiedMedium.keys.filter { media?.text($0) != nil }
    if let tool = m.mapping("tool", .tool) {
      _ = tool.requiredText("name")
      _ = tool.text("version")
    }
    for signature in m.mappings("signatures", .recordSignature) {
      _ = signature.requiredText("name")
      for key in ["role", "key_id", "sig"] { _ = signature.text(key) }
    }
    var verificationMethod: String?
    if m.required("verification") != nil,
      let verification = m.mapping("verification", .verification)
    {
      verificationMethod = verification.text("method")
      _ = verification.text("scope")
      record.words[.result] =
        verification.required("result").flatMap { _ in verification.choice("result", SideRecord.VerificationResult.self)
        }?.rawValue
    }
    // SP 800-88 section 4.6 as reported: what the medium was, how and with what it was treated, by whom, and who checked.
    record.isComplete =
      ["make", "model", "serial", "type"].allSatisfy(named.contains) && m.has("tool") && verificationMethod != nil
      && [.technique, .custodian, .verifier].allSatisfy { record.words[$0] != nil }
  }

  // MARK: contents

  private func key(_ m: YAMLMapping, _ record: inout SideRecord) {
    guard let name = m.text("key_file") else { return }
    guard let bytes = attachments.bytes(name, of: m, at: "key_file") else { return }
    let key = bytes.last == 0x0A ? Array(bytes.dropLast()) : bytes
    guard (16...4096).contains(key.count) else {
      m.complain("bad-key", "a key has between 16 and 4096 bytes", at: "key_file")
      return
    }
    record.key = key
  }

  private func content(_ m: YAMLMapping, _ form: RecordForm, _ record: inout SideRecord) {
    for node in m.list("files") {
      guard case .scalar(let text, _) = node.content, let digest = Digest(hex: text) else {
        page.complain(
          Self.code + ".bad-digest", "`files` must list SHA-256 digests", at: node.mark,
          hint: "64 hexadecimal digits each")
        continue
      }
      record.files.insert(digest)
    }
    if let manifest = m.mapping("manifest", .manifest) { read(manifest, m, &record) }
    if !record.key.isEmpty {
      record.keyedFiles.formUnion(record.files)
      record.files = []
    }
    if form.requiresContent, !m.has("files"), !m.has("manifest") {
      m.complain("missing-key", "\(form.subject) needs `files` or `manifest`")
    }
  }

  private func read(_ manifest: YAMLMapping, _ m: YAMLMapping, _ record: inout SideRecord) {
    let form = manifest.choice("form", HashManifest.Form.self)
    guard let name = manifest.requiredText("file"),
      let bytes = attachments.bytes(name, of: manifest, at: "file")
    else { return }
    do throws(Complaints) {
      let read = try HashManifest.read(bytes, name: name, form: form ?? (record.key.isEmpty ? nil : .hmac))
      if read.form == .hmac, record.key.isEmpty {
        m.complain(
          "missing-key", "a list of keyed values needs the key", at: "manifest", hint: "add `key_file` to the hash set")
        return
      }
      record.files.formUnion(read.digests)
      let skipped = read.skipped.values.reduce(0, +)
      if skipped > 0 {
        manifest.warn("manifest-skipped", "\(skipped) lines of the manifest have no SHA-256 and count for nothing")
      }
    } catch {
      for complaint in error.all { page.add(complaint) }
    }
  }
}
