import CustodyCore

/// Policy packs and their tables; `PackLoader`, `Parameter` and `DataTable` read them.
extension Form {
  static let pack = Form(
    name: "pack", subject: "a pack",
    fields: [
      .required(
        "pack", .matching(FormPattern.packName, example: "core-authorization"),
        "Name by which the pack is asked for: lower-case letters, digits, hyphens."),
      .required("version", .text, "Version of the pack, shown in reports."),
      .required("title", .text, "What the pack is about, in a few words."),
      .optional("description", .text, "What the pack holds data to, for whom, and what it leaves out."),
      .required("review", .words(Pack.Review.self), "Whether counsel has read the pack."),
      .optional("effective", .mapping(effective), "When its rules apply, unless a rule says otherwise."),
      .optional("extends", .texts, "Names of packs whose rules are taken over as they are."),
      .optional(
        "adjust", .mappings(adjustment), "Changes to rules of the packs that are extended, each with its reason."),
      .optional("set", .names(.names(.anyText)), "Parameters of the packs that are extended: pack, name, value."),
      .optional(
        "parameters", .names(.mapping(parameter), pattern: FormPattern.parameterName),
        "What the pack leaves to the operator; rules read `params.NAME`."),
      .optional(
        "tables", .names(.text, pattern: FormPattern.parameterName),
        "Files beside the pack with figures; rules read `tables.NAME`."),
      .optional("sources", .names(.anyText), "Tag and full name of each source that rules cite."),
      .optional("rules", .mappings(rule), "The rules."),
    ],
    demands: [.anyOf(["rules", "extends"]), .needs("rules", "sources")])

  static let effective = Form(
    name: "effective", subject: "an effective period",
    fields: [
      .optional("from", .instant, "First moment, inclusive; a date stands for its first second in UTC."),
      .optional("until", .instant, "Last moment, inclusive; a date stands for its last second in UTC."),
      .optional(
        "by", .words(Rule.Effective.Clock.self), "Which date decides: the moment judged for, or the contract's."),
    ])

  static let adjustment = Form(
    name: "adjustment", subject: "an adjustment",
    fields: [
      .required("rule", .text, "Id of a rule of a pack that is extended."),
      .optional("severity", .words(Severity.self), "How much the rule matters here."),
      .optional("enabled", .flag, "`false` takes the rule out."),
      .required("reason", .text, "Why; shown in reports."),
    ])

  static let parameter = Form(
    name: "parameter", subject: "a parameter",
    fields: [
      .required("type", .words(Parameter.Kind.self), "What its value is."),
      .required(
        "default", .either([.text, .list(.text)]), "The value when the operator says nothing; a list for type `list`."),
      .required("meaning", .text, "What the value decides, for whoever may change it."),
    ])

  static let table = Form(
    name: "table", subject: "a table",
    fields: [
      .required("table", .text, "Name of the table."),
      .required("version", .text, "Version of its figures."),
      .optional("description", .text, "What the figures are."),
      .optional("sources", .names(.anyText), "Tag and full name of each source of the figures."),
      .required("rows", .names(.names(.anyText)), "Rows by key; the cells of a row by name, each one text."),
    ])
}
