public import CustodyCore
internal import Evidence
public import Policies
internal import Records

/// What `custody register verify` and `custody register show` print.
public enum RegisterText {
  /// One line for each row, in the order of the files: id, version, state, result, then the signatures by owner of the key.
  ///
  /// - Returns: the lines, and how many rows were not verified.
  public static func verification(_ register: Register, at asOf: Instant) -> (text: String, refused: Int) {
    let verifications = register.verifications ?? []
    var lines: [String] = []
    for (row, verification) in zip(register.rows, verifications) {
      lines.append(line(row, verification, at: asOf))
    }
    let verified = verifications.count { $0.isVerified }
    lines.append("\(verified) of \(verifications.count) rows verified")
    return (printable(lines), verifications.count - verified)
  }

  /// One line for each row that counts at `asOf`, with the digest of its payload.
  ///
  /// - Parameter holder: only rows of this holder; nil for all.
  public static func standing(_ register: Register, at asOf: Instant, holder: String?) -> String {
    var lines: [String] = []
    for index in register.standing(at: asOf) {
      let row = register.rows[index]
      guard holder.map({ $0.lowercased() == row.holder.name.lowercased() }) ?? true else { continue }
      lines.append(
        line(row, register.verifications?[index], at: asOf) + "  payload \(Hash.digest(of: row.payload).description)")
    }
    return printable(lines.isEmpty ? ["no row counts at \(asOf.description)"] : lines)
  }

  private static func line(_ row: AuthorizationRow, _ verification: RowVerification?, at asOf: Instant) -> String {
    let state = row.state(at: asOf)
    var dates: [String] = []
    if let start = row.notBefore { dates.append("from " + start.description) }
    if let end = row.notAfter { dates.append("to " + end.description) }
    let owners = row.signatories.contains { $0.isDataOwner && $0.claimsSignature }
    var words = [
      Printable.escape(row.id, limit: 120), "v" + String(row.version), state.rawValue,
      verification?.word ?? (owners ? "claimed" : RowVerification.unsigned),
    ]
    words += (verification?.signatures ?? []).map { signature in
      let owner = signature.owner.map { " by \"" + Printable.escape($0, limit: 120) + "\"" } ?? ""
      return "\(signature.role.rawValue): \(signature.verdict.rawValue)\(owner)"
    }
    if !dates.isEmpty { words.append(dates.joined(separator: " ")) }
    return words.joined(separator: "  ")
  }

  /// The row with its signatures as a DSSE envelope: anybody's verifier can check it. The signatures are as the register
  /// states them; nothing here says that they verify.
  public static func envelope(_ row: AuthorizationRow) -> [UInt8] {
    let signatures: [JSONValue] = row.signatories.compactMap { signatory in
      guard let text = signatory.signature, let bytes = Base64.decode(text) else { return nil }
      return ["keyid": .string(signatory.keyId ?? ""), "sig": .string(Base64.encode(bytes))]
    }
    return JSONWriter.pretty([
      "payloadType": .string(AuthorizationRow.payloadType), "payload": .string(Base64.encode(row.payload)),
      "signatures": .array(signatures),
    ])
  }

  /// Lines for `registers` of a trust file.
  ///
  /// - Throws: what `PolicySet.registerHeads` throws.
  public static func heads(_ policies: PolicySet) throws(Complaints) -> String {
    let heads = try policies.registerHeads { Hash.digest(of: $0) }
    return heads.map { head in
      // A JSON string is a double-quoted scalar of YAML 1.2.
      var name: [UInt8] = []
      JSONWriter.writeString(head.name, into: &name)
      return "- {name: \(String(decoding: name, as: UTF8.self)), size: \(head.size), head: \"\(head.head)\"}\n"
    }.joined()
  }

  private static func printable(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }
}
