import CustodyCore

/// Reads the YAML of a register.
///
/// ```yaml
/// register: "Example contractor"
/// rows:
///   - id: A-2018-17
///     version: 1
///     status: active
///     agency: CBP
///     holder: {name: Example Imaging, role: sub, parent_row: P-2018-3}
///     categories: [plate.image]
/// ```
struct RegisterLoader {
  static let code = "register"

  /// The rows of one file, and where each stands.
  struct Loaded {
    /// Name of the register; several files may be parts of one.
    var register = ""
    var rows: [AuthorizationRow] = []
    var places: [String] = []
  }

  static func load(_ page: YAMLPage, _ bytes: [UInt8]) -> Loaded {
    var loaded = Loaded()
    guard let root = YAMLDocument.parse(bytes, into: page),
      let file = YAMLMapping(root, .register, code: code, page: page)
    else { return loaded }
    loaded.register = file.requiredText("register") ?? ""
    _ = file.text("description")
    guard file.required("rows") != nil else { return loaded }
    var seen: Set<String> = []
    for entry in file.mappings("rows", .row) {
      guard let row = row(entry) else { continue }
      if !seen.insert(row.id + "\u{0}" + String(row.version)).inserted {
        entry.complain("duplicate-row", "row `\(Printable.escape(row.id))` has version \(row.version) twice", at: "id")
      }
      loaded.rows.append(row)
      loaded.places.append("\(page.name):\(entry.mark.line):\(entry.mark.column)")
    }
    return loaded
  }

  static func row(_ m: YAMLMapping) -> AuthorizationRow? {
    let id = m.requiredText("id")
    let version = m.required("version").flatMap { _ in m.integer("version", in: 1...1_000_000) }
    let status = m.required("status").flatMap { _ in m.choice("status", AuthorizationRow.Status.self) }
    let agency = m.requiredText("agency")
    let holder = holder(m)
    let notBefore = m.instant("not_before")
    let notAfter = m.instant("not_after", endOfDay: true)
    if let notBefore, let notAfter, notAfter < notBefore {
      m.complain("empty-validity", "`not_after` lies before `not_before`: the row is never valid", at: "not_after")
    }
    let purposes = Set(m.choices("purposes", AuthorizationRow.Purpose.self))
    let prohibited = Set(m.choices("prohibited_purposes", AuthorizationRow.Purpose.self))
    if let both = purposes.intersection(prohibited).map(\.rawValue).min() {
      m.complain("contradiction", "purpose `\(both)` is both granted and prohibited", at: "prohibited_purposes")
    }
    let row = AuthorizationRow(
      id: id ?? "", version: version ?? 0,
      sequence: m.integer("sequence", in: 1...RegisterIntegrity.sequenceLimit), previous: previous(m),
      status: status ?? .draft, agency: agency ?? "",
      contractNumber: m.text("contract_no"), taskOrder: m.text("task_order"), workOrders: m.texts("work_orders"),
      holder: holder ?? AuthorizationRow.Holder(name: "", role: .prime), flowdown: flowdown(m),
      categories: categories(m), subjectClasses: m.texts("subject_classes"),
      maxItems: m.integer("max_items", in: 0...CanonicalJSON.integerLimit),
      maxSubjects: m.integer("max_subjects", in: 0...CanonicalJSON.integerLimit),
      purposes: purposes, prohibitedPurposes: prohibited, systems: systems(m), paths: paths(m),
      media: Set(m.choices("media", MediaClass.self)), retention: retention(m), hold: hold(m),
      encryption: encryption(m), destruction: destruction(m), sharing: sharing(m), legal: legal(m),
      assessed: assessed(m), contractDate: m.instant("contract_date"),
      contractEnd: m.instant("contract_end", endOfDay: true), jurisdictions: jurisdictions(m),
      deidentification: m.choice("deidentification", AuthorizationRow.Deidentification.self),
      logRetention: m.duration("log_retention"), notBefore: notBefore, notAfter: notAfter,
      issuedAt: m.instant("issued_at"),
      signatories: signatories(m))
    guard id != nil, version != nil, status != nil, agency != nil, holder != nil else { return nil }
    return row
  }

  private static func previous(_ m: YAMLMapping) -> Digest? {
    guard let text = m.text("previous") else { return nil }
    if let digest = Digest(hex: text) { return digest }
    m.complain("bad-digest", "`previous` is no SHA-256 value", at: "previous", hint: "64 hexadecimal digits, in quotes")
    return nil
  }

  private static func holder(_ m: YAMLMapping) -> AuthorizationRow.Holder? {
    guard m.required("holder") != nil,
      let h = m.mapping("holder", .holder)
    else { return nil }
    let role = h.required("role").flatMap { _ in h.choice("role", AuthorizationRow.Role.self) }
    let parent = h.text("parent_row")
    guard let name = h.requiredText("name"), let role else { return nil }
    return AuthorizationRow.Holder(name: name, role: role, parentRow: parent)
  }

  private static func categories(_ m: YAMLMapping) -> Set<DataClass> {
    guard m.required("categories") != nil else { return [] }
    return Set(m.choices("categories", DataClass.self))
  }

  private static func flowdown(_ m: YAMLMapping) -> [AuthorizationRow.FlowDown] {
    m.mappings("flowdown", .flowdown).compactMap { f in
      let date = f.instant("date")
      guard let clause = f.requiredText("clause"), let sub = f.requiredText("sub") else { return nil }
      return AuthorizationRow.FlowDown(clause: clause, sub: sub, date: date)
    }
  }

  private static func systems(_ m: YAMLMapping) -> [AuthorizationRow.System] {
    m.mappings("systems", .system).compactMap { s in
      let expires = s.instant("ato_expires", endOfDay: true)
      let ato = s.text("ato_id")
      let operated = s.flag("operated_for_agency")
      let secure = s.flag("secure_location")
      return s.requiredText("host").map {
        AuthorizationRow.System(
          host: $0, atoId: ato, atoExpires: expires, isOperatedForAgency: operated ?? false,
          isSecureLocation: secure ?? false)
      }
    }
  }

  private static func jurisdictions(_ m: YAMLMapping) -> [String] {
    m.texts("jurisdictions").compactMap { text in
      if isJurisdiction(text) { return text }
      m.complain(
        "bad-jurisdiction", "`\(Printable.escape(text, limit: 40))` is no ISO 3166 code", at: "jurisdictions",
        hint: "two capitals for a country, and a part of it after a hyphen: GB, US-NH")
      return nil
    }
  }

  /// ISO 3166-1 alpha-2, or ISO 3166-2: two capitals, then up to three capitals or digits after a hyphen.
  private static func isJurisdiction(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    func isCapital(_ b: UInt8) -> Bool { (0x41...0x5A).contains(b) }
    guard bytes.count >= 2, bytes[..<2].allSatisfy(isCapital) else { return false }
    guard bytes.count > 2 else { return true }
    return (4...6).contains(bytes.count) && bytes[2] == 0x2D
      && bytes[3...].allSatisfy { isCapital($0) || (0x30...0x39).contains($0) }
  }

  private static func paths(_ m: YAMLMapping) -> [PathGlob] {
    m.texts("paths").compactMap { text in
      if let glob = PathGlob(text) { return glob }
      m.complain("bad-path", "a path pattern is longer than \(PathGlob.lengthLimit) bytes", at: "paths")
      return nil
    }
  }

  private static func retention(_ m: YAMLMapping) -> AuthorizationRow.Retention? {
    guard let r = m.mapping("retention", .retention) else { return nil }
    let clock = r.choice("clock", AuthorizationRow.RetentionClock.self)
    let limit = r.duration("limit")
    let end = r.instant("purpose_end", endOfDay: true)
    if clock == .purposeEnd, end == nil, !r.has("purpose_end") {
      r.complain("missing-key", "a retention that runs from the end of the purpose needs `purpose_end`", at: "clock")
    }
    return AuthorizationRow.Retention(limit: limit, clock: clock ?? .capture, purposeEnd: end)
  }

  private static func hold(_ m: YAMLMapping) -> AuthorizationRow.Hold? {
    guard let h = m.mapping("hold", .hold) else { return nil }
    let until = h.instant("until", endOfDay: true)
    return h.requiredText("id").map { AuthorizationRow.Hold(id: $0, until: until) }
  }

  private static func encryption(_ m: YAMLMapping) -> AuthorizationRow.Encryption? {
    guard let e = m.mapping("encryption", .encryption) else {
      return nil
    }
    let required = e.required("required").flatMap { _ in e.flag("required") }
    return AuthorizationRow.Encryption(
      required: required ?? true, algorithm: e.text("algorithm"), moduleCertificate: e.text("module_cert"))
  }

  private static func destruction(_ m: YAMLMapping) -> AuthorizationRow.Destruction? {
    guard let d = m.mapping("destruction", .destruction) else { return nil }
    return AuthorizationRow.Destruction(
      due: d.instant("due", endOfDay: true), method: d.text("method"), certificateIds: d.texts("cert_ids"))
  }

  private static func sharing(_ m: YAMLMapping) -> AuthorizationRow.Sharing? {
    guard let s = m.mapping("sharing", .sharing) else { return nil }
    return AuthorizationRow.Sharing(recipients: s.texts("recipients"), countries: s.texts("countries"))
  }

  private static func legal(_ m: YAMLMapping) -> AuthorizationRow.Legal? {
    let documents = AuthorizationRow.Document.allCases
    guard let l = m.mapping("legal", .legal) else { return nil }
    let named = documents.compactMap { document in l.text(document.rawValue).map { (document, $0) } }
    return AuthorizationRow.Legal(
      sorn: l.text("sorn"), pia: l.text("pia"), dpia: l.text("dpia"), lawfulBasis: l.text("lawful_basis"),
      clauses: l.texts("clauses"), documents: Dictionary(named) { first, _ in first })
  }

  private static func assessed(_ m: YAMLMapping) -> AuthorizationRow.Assessment? {
    guard let a = m.mapping("assessed", .assessed) else { return nil }
    return AuthorizationRow.Assessment(last: a.instant("last"), interval: a.duration("interval"))
  }

  /// More are refused: each signature costs one verification.
  static let signatoryLimit = 64

  private static func signatories(_ m: YAMLMapping) -> [AuthorizationRow.Signatory] {
    let entries = m.mappings("signatories", .signatory)
    if entries.count > signatoryLimit {
      m.complain("too-many-signatories", "more than \(signatoryLimit) signatories", at: "signatories")
    }
    return entries.prefix(signatoryLimit).compactMap { s in
      let role = s.required("role").flatMap { _ in s.choice("role", AuthorizationRow.SignatoryRole.self) }
      let title = s.text("title")
      let key = s.text("key_id")
      let signature = s.text("sig")
      guard let name = s.requiredText("name"), let role else { return nil }
      return AuthorizationRow.Signatory(name: name, title: title, role: role, keyId: key, signature: signature)
    }
  }
}
