public import CustodyCore

/// A kind of YAML file this program reads, as a JSON Schema for editors.
///
/// ```swift
/// for schema in FileSchema.all { print(schema.name, schema.text) }
/// ```
public struct FileSchema: Sendable {
  /// `policy-pack`: name of the schema, and of its file before `.schema.json`.
  public let name: String
  /// What such a file is.
  public let title: String
  /// What it is for, in a sentence or two.
  public let description: String
  let form: Form

  /// JSON Schema, draft 2020-12; the same bytes every time.
  public var text: String { SchemaText(self).text }

  /// The schema of that name.
  ///
  /// - Throws: `schema.unknown` with the names there are.
  public static func named(_ name: String) throws(Complaint) -> FileSchema {
    if let schema = all.first(where: { $0.name == name }) { return schema }
    let names = all.map(\.name)
    let nearest = Suggestion.nearest(to: name, in: names)
    throw Complaint(
      code: "schema.unknown", "there is no schema `\(Printable.escape(name, limit: 60))`",
      hint: nearest.map { "did you mean `\($0)`?" } ?? "schemas: " + names.joined(separator: ", "))
  }

  public static let all: [FileSchema] = [
    FileSchema(
      name: "policy-pack", title: "Policy pack",
      description: "Rules that belong together, with where they come from: what `custody -p FILE` reads.", form: .pack),
    FileSchema(
      name: "register", title: "Register of authorizations",
      description: "Who may hold which data, on what terms, until when: what `custody -r FILE` reads.",
      form: .register),
    FileSchema(
      name: "side-records", title: "Side records",
      description: "What no snapshot can show and somebody must say: what `custody --records FILE` reads.",
      form: .records),
    FileSchema(
      name: "waivers", title: "Waivers",
      description: "Contents somebody answers for until a day: what `custody --waivers FILE` reads.", form: .waivers),
    FileSchema(
      name: "trust", title: "Trust file",
      description: "Keys that may sign rows of a register: what `custody --trust FILE` reads.", form: .trust),
    FileSchema(
      name: "policy-cases", title: "Cases of a policy pack",
      description: "Examples of what a pack says: what `custody policy test FILE` reads.", form: .cases),
    FileSchema(
      name: "data-table", title: "Data table",
      description: "Figures that rules of a pack look up: a file its `tables` name.", form: .table),
  ]
}
