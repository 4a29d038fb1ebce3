import CustodyCore

/// Side records; `RecordsLoader` reads them.
extension Form {
  static let records = Form(
    name: "records", subject: "records",
    fields: [
      .required("records", .text, "Name of the file of records."),
      .optional("description", .text, "For readers."),
    ] + RecordForm.all.map { .optional($0.list, .mappings($0.form), $0.meaning) })

  static let manifest = Form(
    name: "manifest", subject: "a manifest",
    fields: [
      .required("file", .text, "File beside this one that lists digests."),
      .optional("form", .words(HashManifest.Form.self), "What the file is; recognized when not given."),
    ])

  static let certifiedMedium = Form(
    name: "certified-medium", subject: "media",
    fields: [
      .optional("make", .text, "Manufacturer."),
      .optional("model", .text, "Model."),
      .optional("serial", .text, "Serial number."),
      .optional("serial_source", .text, "Where the serial number was read: label, or the device itself."),
      .optional("type", .text, "Kind of medium: magnetic disk, flash."),
      .optional("capacity", .text, "Capacity, as the medium states it."),
    ])

  static let tool = Form(
    name: "tool", subject: "a tool",
    fields: [
      .required("name", .text, "Name of the tool."),
      .optional("version", .text, "Its version."),
    ])

  static let verification = Form(
    name: "verification", subject: "a verification",
    fields: [
      .optional("method", .text, "How the result was checked."),
      .optional("scope", .text, "How much was checked: everything, or a sample."),
      .required(
        "result", .words(SideRecord.VerificationResult.self), "What the check said; only `PASS` proves destruction."),
    ])

  static let recordSignature = Form(
    name: "signature", subject: "a signature",
    fields: [
      .required("name", .text, "Who signed."),
      .optional("role", .text, "In which role."),
      .optional("key_id", .text, "Id of the key."),
      .optional("sig", .text, "The signature, in Base64."),
    ])
}

extension SideRecord.Time {
  /// One sentence, for whoever fills in records.
  var meaning: String {
    switch self {
    case .started: "When the work began."
    case .ended: "When the work was done."
    case .discovered: "When it was discovered: what starts the clock of reporting."
    case .reported: "When it was reported to the agency."
    case .given: "When consent was given."
    case .withdrawn: "When consent was withdrawn."
    case .expires: "When consent ends."
    case .received: "When the files were received."
    case .assessed: "When the assessment was made."
    case .completed: "When the training was completed."
    case .released: "When the medium left its place."
    case .occurred: "When it happened."
    }
  }
}

extension SideRecord.Word {
  /// One sentence, for whoever fills in records.
  var meaning: String {
    switch self {
    case .row: "Id of the row of the register it belongs to."
    case .holder: "Name of the holder, as in the register."
    case .agency: "Name of the agency, as in the register."
    case .recipient: "Who received the data, or the report."
    case .status: "Where the matter stands."
    case .containment: "What was done to contain it."
    case .basis: "Legal basis."
    case .purpose: "What it was for."
    case .assessor: "Who made the assessment."
    case .serial: "Serial number of the medium."
    case .owner: "Whose medium it is."
    case .certificate: "Id of the destruction certificate."
    case .contract: "Number of the contract."
    case .authorizationId: "Id of the authorization of the search."
    case .method: "Clear, purge or destroy (NIST SP 800-88 Rev. 2 section 3.1)."
    case .technique: "How the method was carried out."
    case .verifier: "Who checked the result."
    case .disposition: "What became of the medium."
    case .custodian: "Who did the work."
    case .result: "What the assessment said."
    case .reason: "Why the medium left its place."
    case .regime: "Clause or law under which the incident must be told."
    }
  }

  /// What its value may be.
  var type: FormType {
    switch self {
    case .method: .words(SideRecord.Method.self)
    case .regime: .words(SideRecord.Regime.self)
    case .reason: .words(SideRecord.Reason.self)
    default: .text
    }
  }
}

extension SideRecord.Number {
  /// One sentence, for whoever fills in records.
  var meaning: String {
    switch self {
    case .items: "Items concerned, copies included."
    case .uniqueItems: "Items concerned, copies counted once."
    }
  }
}
