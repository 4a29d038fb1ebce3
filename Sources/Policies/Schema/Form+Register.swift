import CustodyCore

/// The register of authorizations; `RegisterLoader` reads it.
extension Form {
  static let register = Form(
    name: "register", subject: "a register",
    fields: [
      .required("register", .text, "Name of the register; several files may be parts of one."),
      .optional("description", .text, "For readers."),
      .required("rows", .mappings(row), "Grants, each version a row of its own."),
    ])

  static let row = Form(
    name: "row", subject: "a row",
    fields: [
      .required("id", .text, "Id of the grant, the same for all its versions."),
      .required("version", .integer(1...1_000_000), "Version of the grant, from 1."),
      .optional(
        "sequence", .integer(1...RegisterIntegrity.sequenceLimit), "Place among all rows of the register, from 1."),
      .optional("previous", .digest, "SHA-256 of the payload of the version before this one."),
      .required("status", .words(AuthorizationRow.Status.self), "Only an `active` row grants anything."),
      .required("agency", .text, "Whose data it is."),
      .optional("contract_no", .text, "Number of the contract."),
      .optional("task_order", .text, "Task order under the contract."),
      .optional("work_orders", .texts, "Work orders; they authorize maintenance, not custody of data."),
      .required("holder", .mapping(holder), "Who may hold the data."),
      .optional("flowdown", .mappings(flowdown), "Clauses passed on to subcontractors."),
      .required(
        "categories", .list(.words(DataClass.self)), "Data classes that may be held: exactly these, no wildcards."),
      .optional("subject_classes", .texts, "Whose data: travellers, employees."),
      .optional("max_items", .integer(0...CanonicalJSON.integerLimit), "Most items that may be held."),
      .optional("max_subjects", .integer(0...CanonicalJSON.integerLimit), "Most people whose data may be held."),
      .optional("purposes", .list(.words(AuthorizationRow.Purpose.self)), "What the data may be used for."),
      .optional(
        "prohibited_purposes", .list(.words(AuthorizationRow.Purpose.self)), "What the data may not be used for."),
      .optional("systems", .mappings(system), "Hosts the data may lie on; any host when not given."),
      .optional("paths", .texts, "Patterns of paths the row covers, `lane3/**`; any path when not given."),
      .optional("media", .list(.words(MediaClass.self)), "Kinds of storage allowed; removable media only when listed."),
      .optional("retention", .mapping(retention), "How long the data may be kept."),
      .optional("hold", .mapping(hold), "A duty to keep that overrides the limit."),
      .optional("encryption", .mapping(encryption), "Whether and how the data is encrypted."),
      .optional("destruction", .mapping(destruction), "When and how the data is destroyed."),
      .optional("sharing", .mapping(sharing), "To whom and to which countries the data may go."),
      .optional("legal", .mapping(legal), "Papers behind the grant."),
      .optional("assessed", .mapping(assessed), "When a third party last looked at the holder, and how often it must."),
      .optional("contract_date", .instant, "When the contract was made: decides which text of a clause it carries."),
      .optional("contract_end", .instant, "When the contract ends."),
      .optional(
        "jurisdictions", .list(.matching(FormPattern.jurisdiction, example: "US-NH")),
        "Where the law of the data applies: ISO 3166 codes."),
      .optional(
        "deidentification", .words(AuthorizationRow.Deidentification.self), "Whether the data must be deidentified."),
      .optional("log_retention", .duration, "How long logs of access are kept."),
      .optional("not_before", .instant, "First moment of the grant."),
      .optional("not_after", .instant, "Last moment of the grant; a date stands for its last second in UTC."),
      .optional("issued_at", .instant, "When the row was issued: decides whether a signatory's key was valid."),
      .optional(
        "signatories", .mappings(signatory, count: 0...RegisterLoader.signatoryLimit),
        "Who signs the row; `custody register sign` fills in `key_id` and `sig`."),
    ])

  static let holder = Form(
    name: "holder", subject: "a holder",
    fields: [
      .required("name", .text, "Name of the holder, as `--holder` gives it."),
      .required("role", .words(AuthorizationRow.Role.self), "Prime contractor or subcontractor."),
      .optional("parent_row", .text, "Id of the prime's row that a subcontractor's row hangs from."),
    ])

  static let flowdown = Form(
    name: "flowdown", subject: "a flow-down",
    fields: [
      .required("clause", .text, "The clause."),
      .required("sub", .text, "Name of the subcontractor."),
      .optional("date", .instant, "When it was passed on."),
    ])

  static let system = Form(
    name: "system", subject: "a system",
    fields: [
      .required("host", .text, "Host name, or a pattern: `lane*.example`."),
      .optional("ato_id", .text, "Id of the authorization to operate."),
      .optional("ato_expires", .instant, "When that authorization ends."),
      .optional("operated_for_agency", .flag, "Run for the agency, so that an authorization to operate is due."),
      .optional("secure_location", .flag, "A physically secure location in the sense of the CJIS Security Policy."),
    ])

  static let retention = Form(
    name: "retention", subject: "a retention",
    fields: [
      .optional("limit", .duration, "Longest time the data may be kept."),
      .optional(
        "clock", .words(AuthorizationRow.RetentionClock.self),
        "What starts the limit running; `capture` when not given."),
      .optional("purpose_end", .instant, "When the purpose ended; needed by the clock `purpose-end`."),
    ])

  static let hold = Form(
    name: "hold", subject: "a hold",
    fields: [
      .required("id", .text, "Id of the hold."),
      .optional("until", .instant, "When it ends; until lifted when not given."),
    ])

  static let encryption = Form(
    name: "encryption", subject: "encryption",
    fields: [
      .required("required", .flag, "Whether the data must be encrypted."),
      .optional("algorithm", .text, "Name of the algorithm: AES-256."),
      .optional("module_cert", .text, "Certificate number of the cryptographic module."),
    ])

  static let destruction = Form(
    name: "destruction", subject: "destruction",
    fields: [
      .optional("due", .instant, "When the data must be destroyed."),
      .optional("method", .text, "How."),
      .optional("cert_ids", .texts, "Ids of destruction certificates."),
    ])

  static let sharing = Form(
    name: "sharing", subject: "sharing",
    fields: [
      .optional("recipients", .texts, "Who may receive the data."),
      .optional("countries", .texts, "Countries the data may go to."),
    ])

  static let legal = Form(
    name: "legal", subject: "legal",
    fields: [
      .optional("sorn", .text, "System of records notice."),
      .optional("pia", .text, "Privacy impact assessment."),
      .optional("dpia", .text, "Data protection impact assessment (GDPR article 35)."),
      .optional("lawful_basis", .text, "Lawful basis of the processing (GDPR article 6)."),
      .optional("clauses", .texts, "Clauses the contract carries."),
    ]
      + AuthorizationRow.Document.allCases.map {
        .optional($0.rawValue, .text, $0.meaning.prefix(1).uppercased() + $0.meaning.dropFirst() + ".")
      })

  static let assessed = Form(
    name: "assessed", subject: "an assessment",
    fields: [
      .optional("last", .instant, "When the last assessment was."),
      .optional("interval", .duration, "How often one is due."),
    ])

  static let signatory = Form(
    name: "signatory", subject: "a signatory",
    fields: [
      .required("name", .text, "Name or office of whoever signs."),
      .optional("title", .text, "Title."),
      .required("role", .words(AuthorizationRow.SignatoryRole.self), "Role in which is signed."),
      .optional("key_id", .text, "Id of the key, as `custody keygen` prints it."),
      .optional("sig", .text, "Signature over the row's payload, in Base64."),
    ])
}
