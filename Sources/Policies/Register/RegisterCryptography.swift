public import CustodyCore

/// The cryptography a register needs: given from outside, because judging links none.
public struct RegisterCryptography: Sendable {
  public var sha256: @Sendable ([UInt8]) -> Digest
  /// Reads a PEM public key.
  public var readKey: @Sendable (_ pem: [UInt8]) -> Result<VerifyingKey, Complaint>

  public init(
    sha256: @escaping @Sendable ([UInt8]) -> Digest,
    readKey: @escaping @Sendable (_ pem: [UInt8]) -> Result<VerifyingKey, Complaint>
  ) {
    self.sha256 = sha256
    self.readKey = readKey
  }
}

/// A public key that signatures of rows are checked with.
public struct VerifyingKey: Sendable {
  /// Lower-case hexadecimal SHA-256 of the DER SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7), as `custody keygen` prints it.
  public var id: String
  /// Whether `signature` is this key's over the DSSE encoding of type and payload.
  public var verifies: @Sendable (_ signature: [UInt8], _ payloadType: String, _ payload: [UInt8]) -> Bool

  public init(
    id: String,
    verifies: @escaping @Sendable (_ signature: [UInt8], _ payloadType: String, _ payload: [UInt8]) -> Bool
  ) {
    self.id = id
    self.verifies = verifies
  }
}
