import CustodyCore

/// Reads the YAML of a trust file.
///
/// ```yaml
/// trust: "Audit of the lane pilot"
/// keys:
///   - key_id: 3f…            # as `custody keygen` prints it
///     public_key: |
///       -----BEGIN PUBLIC KEY-----
///       …
///     owner: "Contracting office"
///     agencies: [CBP]
///     roles: [CO, COR]
///     not_before: 2018-01-01
/// registers:
///   - {name: "Lane pilot", size: 4, head: 9c…}
/// ```
struct TrustLoader {
  static let code = "trust"

  static func load(_ page: YAMLPage, _ bytes: [UInt8], _ cryptography: RegisterCryptography) -> Trust? {
    guard let root = YAMLDocument.parse(bytes, into: page),
      let file = YAMLMapping(root, .trust, code: code, page: page)
    else { return nil }
    _ = file.requiredText("trust")
    guard file.required("keys") != nil else { return nil }
    var keys: [String: Trust.Key] = [:]
    for entry in file.mappings("keys", .trustedKey) {
      guard let key = key(entry, cryptography) else { continue }
      if keys.updateValue(key, forKey: key.key.id) != nil {
        entry.complain("duplicate-key", "the key is given twice", at: "key_id")
      }
    }
    var registers: [Trust.Known] = []
    for entry in file.mappings("registers", .knownRegister) {
      guard let known = known(entry) else { continue }
      if registers.contains(where: { $0.name == known.name }) {
        entry.complain(
          "duplicate-register", "register `\(Printable.escape(known.name, limit: 80))` is given twice", at: "name")
      }
      registers.append(known)
    }
    return Trust(keys: keys, registers: registers)
  }

  private static func key(_ m: YAMLMapping, _ cryptography: RegisterCryptography) -> Trust.Key? {
    let id = m.requiredText("key_id")
    let pem = m.requiredText("public_key")
    let owner = m.requiredText("owner")
    let agencies = m.required("agencies").map { _ in m.texts("agencies") } ?? []
    let roles = m.required("roles").map { _ in Set(m.choices("roles", AuthorizationRow.SignatoryRole.self)) } ?? []
    let notBefore = m.instant("not_before")
    let notAfter = m.instant("not_after", endOfDay: true)
    let revokedAt = m.instant("revoked_at")
    if m.has("agencies"), agencies.isEmpty {
      m.complain("no-agencies", "the key may sign for no agency", at: "agencies")
    }
    if m.has("roles"), roles.isEmpty { m.complain("no-roles", "the key may sign in no role", at: "roles") }
    if roles.contains(.holder), roles.count > 1 {
      m.complain(
        "holder-and-owner", "a holder's key cannot sign for the data owner too", at: "roles",
        hint: "who holds the data cannot authorize the holding; give each its own key")
    }
    if let notBefore, let notAfter, notAfter < notBefore {
      m.complain("empty-validity", "`not_after` lies before `not_before`: the key is never valid", at: "not_after")
    }
    guard let pem else { return nil }
    switch cryptography.readKey(Array(pem.utf8)) {
    case .failure(let problem):
      m.complain("bad-key", problem.message + " [" + problem.code + "]", at: "public_key", hint: problem.hint)
      return nil
    case .success(let key):
      guard let id, let owner else { return nil }
      guard id == key.id else {
        m.complain(
          "key-id", "`key_id` is not the id of this public key", at: "key_id",
          hint: "the id is the SHA-256 of the key's DER form; find out which of the two is right, by another way")
        return nil
      }
      return Trust.Key(
        key: key, owner: owner, agencies: agencies, roles: roles, notBefore: notBefore, notAfter: notAfter,
        revokedAt: revokedAt)
    }
  }

  private static func known(_ m: YAMLMapping) -> Trust.Known? {
    let name = m.requiredText("name")
    let size = m.required("size").flatMap { _ in m.integer("size", in: 0...RegisterIntegrity.sequenceLimit) }
    let text = m.requiredText("head")
    guard let text else { return nil }
    guard let head = Digest(hex: text) else {
      m.complain("bad-head", "`head` is no SHA-256 value", at: "head", hint: "64 hexadecimal digits, in quotes")
      return nil
    }
    guard let name, let size else { return nil }
    if size == 0, head != RegisterChain.start {
      m.complain("bad-head", "the head of a register without rows is 64 zeros", at: "head")
    }
    return Trust.Known(name: name, size: Int(size), head: head)
  }
}
