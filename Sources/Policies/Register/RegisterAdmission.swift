public import CustodyCore

extension PolicySet {
  /// Takes the register as evidence: its chain must be whole, and with a trust file every signature is checked.
  ///
  /// Without a trust file, and when no row has a sequence number, there is nothing to check.
  ///
  /// - Parameters:
  ///   - trust: the trust file, from the auditor and not from the holder.
  ///   - requireSigned: rows without a verified signature authorize nothing.
  /// - Throws: `register.trust-missing`, `trust.*`, and what `RegisterIntegrity` finds: `register.no-sequence`, `.reordered`,
  ///   `.row-missing`, `.version-order`, `.no-previous`, `.edited`, `.rolled-back`, `.rewritten`, `.not-known`.
  public mutating func admitRegister(
    trust source: PolicySource?, requireSigned: Bool, cryptography: RegisterCryptography
  ) throws(Complaints) {
    guard source != nil || !requireSigned else {
      throw Complaints([
        Complaint(
          code: "register.trust-missing", "signatures are required and no trust file says whose", at: "--trust",
          hint: "give --trust FILE with the keys you got from the data owner")
      ])
    }
    var trust: Trust?
    if let source {
      let page = YAMLPage(name: source.name, bytes: source.bytes)
      trust = TrustLoader.load(page, source.bytes, cryptography)
      guard page.complaints.isEmpty else { throw Complaints(page.complaints) }
      warnings += page.warnings
      add(source, role: "trust")
    }
    guard var register else { return }
    let integrity = RegisterIntegrity(
      register, trust: trust, demanded: source != nil, sha256: cryptography.sha256)
    guard integrity.complaints.isEmpty else { throw Complaints(integrity.complaints) }
    if let trust {
      register.verifications = register.rows.map(RowVerifier(trust: trust).verify)
      register.hasUnknownState = !integrity.unknown.isEmpty
      for name in integrity.unknown {
        warnings.append(
          Complaint(
            code: "register.state-unknown",
            "the trust file knows no state of register `\(Printable.escape(name, limit: 120))`",
            hint: "rows missing from its end cannot be noticed; custody register show --head prints the state"))
      }
    }
    register.requiresSignatures = requireSigned
    self.register = register
  }

  /// Size and head of each register, for a trust file.
  ///
  /// - Throws: as `admitRegister`; `register.no-sequence` when rows are not numbered.
  public func registerHeads(
    sha256: @escaping ([UInt8]) -> Digest
  ) throws(Complaints) -> [(name: String, size: Int, head: Digest)] {
    guard let register else { return [] }
    let integrity = RegisterIntegrity(register, trust: nil, demanded: true, sha256: sha256)
    guard integrity.complaints.isEmpty else { throw Complaints(integrity.complaints) }
    return register.names.compactMap { name in
      integrity.heads[name].map { (name, $0.count - 1, $0.last ?? RegisterChain.start) }
    }
  }
}
