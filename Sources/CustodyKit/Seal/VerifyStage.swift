public import CustodyCore
internal import Evidence

/// Checks a package and says what it means.
public struct VerifyStage: Sendable {
  /// One line for each check.
  public var text: String
  public var message: String
  /// 0: authentic, or unsigned and allowed. 1: something is wrong, or nothing vouches for the rest. 2: a check that was
  /// asked for could not be made.
  public var status: Int32

  /// - Throws: when there is nothing to check or a key cannot be read.
  public static func run(
    _ package: String, keys: [String], snapshots: [String], allowUnsigned: Bool
  ) throws(Complaint) -> VerifyStage {
    var trusted: [PublicKey] = []
    for key in keys { trusted.append(try PublicKey.load(key)) }
    let result = try PackageVerifier.verify(package, keys: trusted, snapshots: snapshots)
    if let first = result.failures.first {
      let more = result.failures.count - 1
      return VerifyStage(
        text: result.text,
        message: "NOT VERIFIED: \(first.name): \(first.text)" + (more > 0 ? "; \(more) more" : ""), status: 1)
    }
    if let open = result.checks.first(where: { $0.name == "snapshot" && $0.outcome == .notDone }), !snapshots.isEmpty {
      return VerifyStage(text: result.text, message: "NOT CHECKED: snapshot: \(open.text)", status: 2)
    }
    if result.isAuthentic {
      return VerifyStage(
        text: result.text, message: "VERIFIED: signed by key " + result.keyIDs.joined(separator: ", "), status: 0)
    }
    if result.isSigned {
      return VerifyStage(
        text: result.text,
        message: "NOT VERIFIED: the signature was not checked; give the signer's public key with --key",
        status: 1)
    }
    return VerifyStage(
      text: result.text,
      message: (allowUnsigned ? "CONSISTENT" : "NOT VERIFIED") + ": UNSIGNED, nobody vouches for this package",
      status: allowUnsigned ? 0 : 1)
  }
}
