internal import CustodyCore
internal import Detection

/// Who signs as the scanner.
public enum Tool {
  public static let name = "custody"
  public static let version = "0.1.0"
  /// Identifies the program in statements and SARIF; no service stands behind it.
  public static let uri = "https://github.com/custody-audit/custody"

  /// `name/version` of every detector, sorted: equal lists give equal answers.
  public static var detectors: [String] {
    DetectorCatalog.all.map { "\($0.descriptor.name)/\($0.descriptor.version)" }.sorted()
  }
}
