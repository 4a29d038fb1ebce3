/// Every report format there is. A test compares this list with the folder `Formats/`.
public enum Catalog {
  /// The format of standard output when no other is asked for.
  public static let standard: any ReportFormat = TableFormat()

  public static let formats: [any ReportFormat] = [
    TableFormat(),
    LinesFormat(),
    JSONFormat(),
    SARIFFormat(),
  ]

  /// The format users call `name`; nil when there is none.
  public static func format(named name: String) -> (any ReportFormat)? {
    formats.first { $0.name == name }
  }
}
