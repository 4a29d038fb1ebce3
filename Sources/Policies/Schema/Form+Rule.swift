import CustodyCore

/// Rules of packs; `RuleLoader` reads them.
extension Form {
  static let rule = Form(
    name: "rule", subject: "a rule",
    fields: [
      .required("id", .matching(FormPattern.ruleId, example: "AUTH-01"), "Id of the rule: capitals, digits, hyphens."),
      .required("title", .text, "What is wrong when the rule is broken, in a few words."),
      .required("severity", .words(Severity.self), "How much a broken rule matters."),
      .required("citations", .mappings(citation, count: 1...Int.max), "What the rule rests on."),
      .optional("scope", .words(RuleScope.self), "What one question of the rule is about; `item` when not given."),
      .optional("when", .mapping(when), "What the rule is asked about."),
      .optional("effective", .mapping(effective), "When the rule applies; the pack's period when not given."),
      .optional("inconclusive", .expression, "True when it cannot be decided; asked first."),
      .optional("violation", .expression, "True when the rule is broken; asked when not inconclusive."),
      .optional(
        "cause", .matching(FormPattern.cause, example: "no-row"),
        "Code that says why: lower-case letters, digits, hyphens."),
      .optional("cause_from", .expression, "Gives the code that says why, instead of `cause`."),
      .optional("evidence", .words(Rule.Evidence.self), "What a violation rests on; `observation` when not given."),
      .optional(
        "group_by", .words(Rule.Grouping.self),
        "What shares one finding, in rules about items; `folder` when not given."),
      .required("condition", .text, "What was found; `{items}`, `{classes}` and other placeholders are filled in."),
      .required("effect", .text, "What follows from it."),
      .required("recommendation", .text, "What to do about it."),
    ],
    demands: [.anyOf(["inconclusive", "violation"]), .oneOf(["cause", "cause_from"])])

  static let citation = Form(
    name: "citation", subject: "a citation",
    fields: [
      .required("text", .text, "Number of the control, article or clause."),
      .required("source", .text, "Tag of one of the pack's sources."),
      .optional("formerly", .text, "The number it had before."),
      .optional(
        "standing", .words(Rule.Citation.Standing.self),
        "Whether the official text was seen, or somebody's account of it."),
    ])

  static let when = Form(
    name: "when", subject: "`when`",
    fields: [
      .optional(
        "subjects", .list(.words(Rule.Subject.self), count: 1...Int.max),
        "Observed items, or entries that could not be read or are certified as destroyed."),
      .optional("classes", .dataClasses, "Data classes; `face.*` stands for every class of a modality."),
      .optional(
        "records", .list(.words(SideRecord.Kind.self), count: 1...Int.max),
        "Kinds of side records, in rules with `scope: record`."),
    ])
}
