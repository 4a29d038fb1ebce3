/// Trust files and waivers; `TrustLoader` and `WaiverLoader` read them.
extension Form {
  static let trust = Form(
    name: "trust", subject: "a trust file",
    fields: [
      .required("trust", .text, "Name of the trust file."),
      .required("keys", .mappings(trustedKey), "Keys that may sign rows."),
      .optional("registers", .mappings(knownRegister), "How long registers were, and their heads, when last seen."),
    ])

  static let trustedKey = Form(
    name: "key", subject: "a key",
    fields: [
      .required("key_id", .text, "Id of the key, as `custody keygen` prints it."),
      .required("public_key", .text, "The public key in PEM."),
      .required("owner", .text, "Whose key it is."),
      .required("agencies", .list(.text, count: 1...Int.max), "Agencies whose rows it may sign."),
      .required(
        "roles", .list(.words(AuthorizationRow.SignatoryRole.self), count: 1...Int.max),
        "Roles in which it may sign; `holder` only alone."),
      .optional("not_before", .instant, "First moment at which it may have signed."),
      .optional("not_after", .instant, "Last moment at which it may have signed."),
      .optional("revoked_at", .instant, "When it was revoked: rows issued later are not signed by it."),
    ])

  static let knownRegister = Form(
    name: "known-register", subject: "a register",
    fields: [
      .required("name", .text, "Name of the register."),
      .required("size", .integer(0...RegisterIntegrity.sequenceLimit), "Number of its rows."),
      .required("head", .digest, "Its head, as `custody register show --head` prints it; in quotes."),
    ])

  static let waivers = Form(
    name: "waivers", subject: "waivers",
    fields: [
      .required("waivers", .text, "Name of the file of waivers."),
      .optional("description", .text, "For readers."),
      .required("entries", .mappings(waiver), "The waivers."),
    ])

  static let waiver = Form(
    name: "waiver", subject: "a waiver",
    fields: [
      .required("id", .text, "Id of the waiver."),
      .required("rule", .text, "Id of the rule it is about."),
      .required("owner", .text, "Who answers for it."),
      .required("reason", .text, "Why the finding is accepted."),
      .required("expires", .instant, "Its last moment; a date stands for its last second in UTC."),
      .required(
        "contents", .list(.digest, count: 1...Int.max), "Keyed values of the contents, as `custody waive` writes them."),
    ])
}
