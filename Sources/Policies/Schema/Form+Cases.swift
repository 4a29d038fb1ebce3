import CustodyCore

/// Cases of packs; `CaseLoader` reads them.
extension Form {
  static let cases = Form(
    name: "cases", subject: "a file of cases",
    fields: [
      .required("tests", .text, "Name of the pack that is tested."),
      .optional("description", .text, "For readers."),
      .optional("defaults", .mapping(given), "What every case is given unless it says otherwise."),
      .required("cases", .mappings(policyCase, count: 1...Int.max), "The cases."),
    ])

  static let policyCase = Form(
    name: "case", subject: "a case",
    fields: [
      .required("name", .text, "What the case shows; no two of a file share a name."),
      .optional("given", .mapping(given), "What is given."),
      .optional("about", .texts, "Ids of the rules that are looked at; every rule of the pack when not given."),
      .required(
        "expect", .names(.either([answer, .list(answer)])),
        "What each rule answers; a rule that is not named is silent."),
    ])

  private static let answer = FormType.matching(FormPattern.answer, example: "violation no-row")

  static let given = Form(
    name: "given", subject: "what is given",
    fields: [
      .optional("as_of", .instant, "Moment that is judged for; each case needs one, its own or the defaults'."),
      .optional("holder", .text, "Whose storage it is; `none` when nobody says."),
      .optional("system", .text, "Host the storage belongs to; `none` when nobody says."),
      .optional("register", .text, "`none`: no register is given."),
      .optional(
        "row", .mapping(rowPatch),
        "The row of the register, or what is different in the defaults' row; `null` takes a key out."),
      .optional(
        "rows", .mappings(rowPatch), "Rows of the register; each may say only what is different in the defaults' row."),
      .optional(
        "records", .either([.choice(["none"]), .mapping(records.partial("case-records"))]),
        "Side records by list, or `none`: no records are given."),
      .optional("set", .names(.anyText), "Values of the pack's parameters."),
      .optional("entries", .mappings(caseEntry), "Entries of the snapshot."),
      .optional(
        "signatures", .names(.choice(signatureWords)),
        "What became of the signatures of each row; with this, a trust file is given."),
      .optional("require_signed", .flag, "Whether unsigned rows are left out."),
    ])

  private static let rowPatch = row.patch("row-changes")

  /// Words that `auth.signature` can be.
  private static let signatureWords =
    SignatureVerdict.allCases.map(\.rawValue) + [RowVerification.twoPerson, RowVerification.unsigned]

  static let caseEntry = Form(
    name: "entry", subject: "an entry",
    fields: [
      .required("path", .text, "Where it lies; `a.zip!/b.jpg` is inside an archive."),
      .optional("class", .words(DataClass.self), "Data class that is seen in it."),
      .optional("classes", .list(.words(DataClass.self)), "Data classes that are seen in it."),
      .optional("strength", .words(Strength.self), "How strongly; `strong` when not given."),
      .optional("count", .integer(1...1_000_000), "How many of each class."),
      .optional("encrypted", .text, "What the detector says of encryption: `yes`, `no`."),
      .optional("captured", .text, "When the data was captured, as the detector reports it; in quotes."),
      .optional("clock", .text, "What the time of capture was read from; `exif` when not given."),
      .optional("modified", .instant, "When the entry was last modified."),
      .optional("kind", .text, "Media type of the content; `image/jpeg` when not given."),
      .optional("disposition", .words(Disposition.self), "How far it was examined; `examined` when not given."),
      .optional("reason", .text, "Why it was not examined in full."),
      .optional("content", .text, "Entries with the same word here have the same bytes."),
      .optional("specimen", .flag, "Public test material."),
      .optional("in_picture", .flag, "Seen in the pixels of a picture."),
      .optional("detector", .text, "Name of the detector that saw it."),
      .optional("world_readable", .flag, "Everybody may read it."),
      .optional("size", .integer(0...Int64.max), "Size in bytes."),
      .optional(
        "repeat", .integer(1...CaseLoader.repeatLimit),
        "How many such entries there are, each with a path and content of its own."),
    ])
}
