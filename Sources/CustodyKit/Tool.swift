internal import CustodyCore
internal import Detection

/// Who signs as the scanner.
public enum Tool {
  public static let name = "custody"
  public static let version = "0.1.0"
  /// Identifies the program in statements (a package URL: no web address is claimed).
  public static let uri = "pkg:generic/custody"

  /// `name/version` of every detector, sorted: equal lists give equal answers.
  public static var detectors: [String] {
    DetectorCatalog.all.map { "\($0.descriptor.name)/\($0.descriptor.version)" }.sorted()
  }
}
