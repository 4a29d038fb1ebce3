import CustodyCore

@testable import Policies

/// Rows, signatures and trust files for tests, with keys that are only hashes: a signature is the hash of key, type and
/// payload.
enum Signer {
  static func pem(_ key: String) -> String { "KEY " + key }
  static func id(_ key: String) -> String { Hex.encode(Make.hash(Array(pem(key).utf8))) }
  static func sign(_ payload: [UInt8], _ key: String, type: String = AuthorizationRow.payloadType) -> String {
    Base64.encode(Make.hash(Array((id(key) + type).utf8) + payload))
  }

  static let cryptography = RegisterCryptography(
    sha256: { Digest(Make.hash($0)) ?? Make.zero },
    readKey: { pem in
      let text = String(decoding: pem, as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
      guard text.hasPrefix("KEY ") else { return .failure(Complaint(code: "key.format", "not a key")) }
      let key = String(text.dropFirst(4))
      return .success(
        VerifyingKey(id: id(key)) { signature, type, payload in
          Base64.encode(signature) == sign(payload, key, type: type)
        })
    })

  /// One row of `Make.row`, issued in 2018, with signatories that have signed it.
  ///
  /// - Parameter signatures: role, and the key that signs; nil leaves the entry unsigned.
  static func row(
    _ changes: [String: String?] = [:], _ signatures: [(role: String, key: String?)] = [("CO", "owner")]
  ) throws -> String {
    var fields = changes
    if fields["issued_at"] == nil { fields["issued_at"] = "2018-01-01" }
    func entries(_ payload: [UInt8]?) -> String {
      let list = signatures.enumerated().map { i, s -> String in
        let text = "name: S\(i), role: \(s.role)"
        guard let payload, let key = s.key else { return "{" + text + "}" }
        return "{\(text), key_id: \(id(key)), sig: \"\(sign(payload, key))\"}"
      }
      return "[" + list.joined(separator: ", ") + "]"
    }
    fields["signatories"] = entries(nil)
    let payload = try payload(of: Make.row(fields))
    fields["signatories"] = entries(payload)
    return Make.row(fields)
  }

  static func payload(of row: String) throws -> [UInt8] {
    let set = try PolicySet.load(packs: [], registers: [register([row])])
    return set.register?.rows.first?.payload ?? []
  }

  static func register(_ rows: [String], name: String = "test") -> PolicySource {
    Make.source("register.yaml", "register: \(name)\nrows:" + (rows.isEmpty ? " []\n" : "\n" + rows.joined()))
  }

  /// Keys of one agency, as lines of a trust file.
  static func key(_ key: String, owner: String? = nil, _ changes: [String: String] = [:]) -> String {
    var fields = [
      ("key_id", id(key)), ("public_key", "\"\(pem(key))\""), ("owner", owner ?? "Office of " + key),
      ("agencies", "[CBP]"), ("roles", "[CO, COR, AO, privacy]"),
    ]
    for (name, value) in changes.sorted(by: { $0.key < $1.key }) {
      fields.removeAll { $0.0 == name }
      fields.append((name, value))
    }
    return fields.enumerated().map { ($0 == 0 ? "  - " : "    ") + "\($1.0): \($1.1)\n" }.joined()
  }

  static func trust(_ keys: [String] = [key("owner"), key("second")], registers: String? = nil) -> PolicySource {
    Make.source(
      "trust.yaml",
      "trust: test\nkeys:" + (keys.isEmpty ? " []\n" : "\n" + keys.joined())
        + (registers.map { "registers:\n" + $0 } ?? ""))
  }

  /// Numbered rows, each with the digest of the version before it, all signed by the owner.
  static func chained(_ changes: [[String: String?]]) throws -> [String] {
    var rows: [String] = []
    var last: [String: [UInt8]] = [:]
    for (i, change) in changes.enumerated() {
      var fields = change
      let id = (change["id"] ?? nil) ?? "ROW-1"
      fields["sequence"] = String(i + 1)
      if let before = last[id] { fields["previous"] = "\"" + Hex.encode(Make.hash(before)) + "\"" }
      let row = try row(fields)
      last[id] = try payload(of: row)
      rows.append(row)
    }
    return rows
  }

  static func admit(
    _ register: PolicySource, trust: PolicySource? = trust(), requireSigned: Bool = false
  ) throws -> PolicySet {
    var set = try PolicySet.load(packs: [], registers: [register])
    try set.admitRegister(trust: trust, requireSigned: requireSigned, cryptography: cryptography)
    return set
  }

  /// Codes of what refuses the register; empty when nothing does.
  static func refusals(_ register: PolicySource, trust: PolicySource? = trust()) -> [String] {
    do {
      _ = try admit(register, trust: trust)
      return []
    } catch let problems as Complaints {
      return problems.all.map(\.code)
    } catch {
      return ["\(error)"]
    }
  }
}
