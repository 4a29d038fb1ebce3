/// What a view needs besides the report: who wrote it and how it is to be shown.
public struct RenderContext: Sendable, Hashable {
  /// Name of the program, e.g. `custody`.
  public var toolName: String
  public var toolVersion: String
  /// Absolute URI where the program is described; nil when there is none.
  public var informationUri: String?
  /// True after `--disclose paths`: folders and snapshot names may be shown.
  public var disclosePaths: Bool
  /// Columns of the terminal. Tables use between 80 and 100 of them, whatever is asked for.
  public var width: Int
  /// True when text views may use ANSI colours (ECMA-48 SGR).
  public var color: Bool

  public init(
    toolName: String = "custody", toolVersion: String, informationUri: String? = nil, disclosePaths: Bool = false,
    width: Int = 100, color: Bool = false
  ) {
    self.toolName = toolName
    self.toolVersion = toolVersion
    self.informationUri = informationUri
    self.disclosePaths = disclosePaths
    self.width = width
    self.color = color
  }
}
