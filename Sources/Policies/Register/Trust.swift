public import CustodyCore

/// Whom the auditor believes, and what the auditor already knows of each register: got by another way than the register.
public struct Trust: Sendable {
  /// A key, and what its owner may sign with it.
  public struct Key: Sendable {
    public var key: VerifyingKey
    /// Shown as the signer: a name the auditor vouches for, not one the register claims.
    public var owner: String
    /// Exactly as rows name them.
    public var agencies: [String]
    public var roles: Set<AuthorizationRow.SignatoryRole>
    public var notBefore: Instant?
    public var notAfter: Instant?
    /// From this moment on nothing the key signs counts.
    public var revokedAt: Instant?
  }
  /// The last state of a register that the auditor knows.
  public struct Known: Sendable, Hashable {
    public var name: String
    /// Rows it had.
    public var size: Int
    /// Head of the hash chain over these rows.
    public var head: Digest
  }

  /// By key id.
  public var keys: [String: Key]
  public var registers: [Known]
}
