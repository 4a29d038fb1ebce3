public import CustodyCore
internal import Evidence
internal import Foundation
public import Policies

/// `custody register sign`: reads the operator's own register, and loads the key only when the row to sign is found.
public enum RegisterSigning {
  /// Permissions of a register that is replaced; those of a new file when there is none.
  public static func mode(of file: String) -> UInt32 {
    var status = stat()
    return stat(file, &status) == 0 ? status.st_mode & 0o777 : 0o644
  }

  public struct Signed: Sendable {
    /// The register with the signature in it.
    public var bytes: [UInt8]
    /// `id v2`
    public var label: String
    public var keyId: String
    /// SHA-256 of what was signed.
    public var payload: Digest
    public var warnings: [Complaint]
  }

  /// - Parameters:
  ///   - file: register file; a folder is refused.
  ///   - row: `ID` or `ID@VERSION`.
  /// - Throws: what `SignatureEditor` and `PrivateKey.load` throw.
  public static func sign(
    _ file: String, row: String, role: AuthorizationRow.SignatoryRole, name: String?, key: String,
    passphraseFile: String?, replace: Bool
  ) throws(Complaints) -> Signed {
    func single<T>(_ body: () throws(Complaint) -> T) throws(Complaints) -> T {
      do throws(Complaint) { return try body() } catch { throw Complaints([error]) }
    }
    let bytes = try single { () throws(Complaint) in try FileBytes.read(file, atMost: PolicyFiles.sizeLimit) }
    let editor = try SignatureEditor(
      PolicySource(name: file, bytes: bytes), row: row, role: role, name: name, replace: replace)
    let loaded = try single { () throws(Complaint) in try load(key, passphraseFile) }
    let payload = editor.row.payload
    let message = UnverifiedEnvelope.preAuthenticationEncoding(type: AuthorizationRow.payloadType, payload: payload)
    let signature = try single { () throws(Complaint) in try loaded.key.sign(message) }
    let text = try editor.text(
      with: SignatureEditor.Signature(keyId: loaded.key.keyID, text: Base64.encode(signature)))
    return Signed(
      bytes: text, label: editor.row.label, keyId: loaded.key.keyID, payload: Hash.digest(of: payload),
      warnings: loaded.warnings)
  }

  private static func load(_ key: String, _ passphraseFile: String?) throws(Complaint) -> PrivateKey.Loaded {
    guard let passphraseFile else { return try PrivateKey.load(key) }
    return try PrivateKey.load(key, passphrase: try SecretBytes.passphrase(from: passphraseFile))
  }
}
