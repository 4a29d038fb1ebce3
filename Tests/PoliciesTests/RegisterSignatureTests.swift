import CustodyCore
import Testing

@testable import Policies

@Suite struct RegisterSignatureTests {
  // MARK: Payload

  static let spellings: [(value: CanonicalJSON, text: String)] = [
    (.object([("b", .integer(-1)), ("a", .boolean(true))]), #"{"a":true,"b":-1}"#),
    // RFC 8785 section 3.2.3: U+1F600 sorts by its surrogates before U+FB33, though its scalar is larger.
    (.object([("\u{FB33}", .integer(1)), ("\u{1F600}", .integer(2))]), "{\"\u{1F600}\":2,\"\u{FB33}\":1}"),
    (.string("\u{8}\t\n\u{C}\r\"\\\u{1}\u{1F}\u{7F}/\u{E9}"), "\"\\b\\t\\n\\f\\r\\\"\\\\\\u0001\\u001f\u{7F}/\u{E9}\""),
    (.array([]), "[]"), (.object([]), "{}"), (.integer(CanonicalJSON.integerLimit), "9007199254740991"),
  ]

  @Test(arguments: spellings.indices) func canonicalSpelling(_ i: Int) {
    #expect(Self.spellings[i].value.bytes == Array(Self.spellings[i].text.utf8))
  }

  /// Every key a row can have, with a value unlike the row of `Make.row`.
  static let fields: [(key: String, value: String)] = [
    ("id", "ROW-2"), ("version", "2"), ("sequence", "3"),
    ("previous", "\"" + String(repeating: "ab", count: 32) + "\""),
    ("status", "revoked"), ("agency", "TSA"), ("contract_no", "C"), ("task_order", "T"), ("work_orders", "[W]"),
    ("holder", "{name: Other, role: prime}"), ("flowdown", "[{clause: c, sub: s, date: 2018-01-01}]"),
    ("categories", "[iris.image]"), ("subject_classes", "[travellers]"), ("max_items", "1"), ("max_subjects", "1"),
    ("purposes", "[demo]"), ("prohibited_purposes", "[training]"),
    ("systems", "[{host: nas, operated_for_agency: true}]"), ("paths", "[\"x\"]"), ("media", "[share]"),
    ("retention", "{limit: P2Y, clock: capture}"), ("hold", "{id: H}"), ("encryption", "{required: true}"),
    ("destruction", "{due: 2020-01-01}"), ("sharing", "{countries: [US]}"), ("legal", "{instruction: I}"),
    ("assessed", "{last: 2018-01-01}"), ("contract_date", "2018-01-01"), ("contract_end", "2018-01-01"),
    ("jurisdictions", "[US]"), ("deidentification", "required"), ("log_retention", "P1Y"), ("not_before", "2018-01-02"),
    ("not_after", "2019-12-30"), ("issued_at", "2018-01-02"), ("signatories", "[{name: Other, role: CO}]"),
  ]

  @Test func everyFieldIsPartOfThePayload() throws {
    let plain = try Signer.payload(of: Make.row())
    let row = try RegisterTests.load([:])
    let stored = Mirror(reflecting: row).children.count
    #expect(Self.fields.count == stored, "a new field of the row belongs into the payload and into this list")
    var seen: Set<[UInt8]> = [plain]
    for (key, value) in Self.fields {
      let payload = try Signer.payload(of: Make.row([key: value]))
      #expect(seen.insert(payload).inserted, "\(key) leaves the payload as it is")
      #expect(String(decoding: payload, as: UTF8.self).contains("\"\(key)\":"), "\(key)")
    }
  }

  @Test func signaturesAndSpellingAreNoPartOfThePayload() throws {
    let plain = try Signer.payload(of: Make.row())
    let respelled = try Signer.payload(
      of: Make.row([
        "signatories": "[{role: 'CO', name: \"Contracting office\", key_id: x}]",
        "categories": "[plate.read, face.image, plate.image]", "systems": "[]",
        "not_before": "2018-01-01T01:00:00+01:00",
      ]))
    #expect(plain == respelled)
  }

  // MARK: Signatures

  struct Case: Sendable {
    var name: String
    var changes: [String: String?] = [:]
    var signatures: [(role: String, key: String?)] = [("CO", "owner")]
    var trust = Signer.trust()
    /// Replaced in the signed row's text: what a forger does.
    var forged: (String, String)?
    var word: String
  }
  static func trust(_ changes: [String: String]) -> PolicySource { Signer.trust([Signer.key("owner", changes)]) }

  static let cases: [Case] = [
    Case(name: "signed", word: "verified"),
    Case(name: "nobody", signatures: [("CO", nil)], word: "none"),
    Case(name: "forged content", forged: ("2019-12-31", "2029-12-31"), word: "forged"),
    Case(name: "forged name of a signatory", forged: ("name: S0", "name: S9"), word: "forged"),
    Case(name: "signed again by a key nobody trusts", signatures: [("CO", "mallory")], word: "key-unknown"),
    Case(
      name: "signed again under a trusted key's id", signatures: [("CO", "mallory")],
      forged: (Signer.id("mallory"), Signer.id("owner")), word: "forged"),
    Case(name: "no Base64", forged: ("sig: \"", "sig: \"*"), word: "malformed"),
    Case(name: "no key id", forged: ("key_id: ", "key_id: x"), word: "malformed"),
    Case(name: "other agency", changes: ["agency": "TSA"], word: "key-not-for-agency"),
    Case(name: "agency in other letters", changes: ["agency": "cbp"], word: "key-not-for-agency"),
    Case(name: "other role", trust: trust(["roles": "[privacy]"]), word: "key-not-for-role"),
    Case(name: "a holder's key", trust: trust(["roles": "[holder]"]), word: "key-not-for-role"),
    Case(name: "the holder's own key", trust: trust(["owner": "example imaging"]), word: "key-not-for-role"),
    Case(
      name: "the holder signs", signatures: [("holder", "owner")], trust: trust(["roles": "[holder]"]), word: "none"),
    Case(name: "key expired", trust: trust(["not_after": "2017-12-31"]), word: "key-expired"),
    Case(name: "key's last day", trust: trust(["not_after": "2018-01-01"]), word: "verified"),
    Case(name: "key too young", trust: trust(["not_before": "2018-01-02"]), word: "key-not-yet-valid"),
    Case(name: "key revoked at that moment", trust: trust(["revoked_at": "2018-01-01"]), word: "key-revoked"),
    Case(name: "key revoked later", trust: trust(["revoked_at": "2018-01-02"]), word: "verified"),
    Case(name: "training by one", changes: ["purposes": "[training]"], word: "two-person"),
    Case(
      name: "training by two", changes: ["purposes": "[training]"],
      signatures: [("CO", "owner"), ("privacy", "second")],
      word: "verified"),
    Case(
      name: "training by one key twice", changes: ["purposes": "[training]"],
      signatures: [("CO", "owner"), ("privacy", "owner")], word: "two-person"),
    Case(
      name: "training by two keys of one owner", changes: ["purposes": "[training]"],
      signatures: [("CO", "owner"), ("AO", "second")],
      trust: Signer.trust([Signer.key("owner"), Signer.key("second", owner: "Office of owner")]), word: "two-person"),
    Case(name: "one good, one unknown", signatures: [("CO", "owner"), ("AO", "mallory")], word: "verified"),
    Case(
      name: "one good, one forged", signatures: [("CO", "owner"), ("AO", "mallory")],
      forged: (Signer.id("mallory"), Signer.id("second")), word: "forged"),
  ]

  @Test(arguments: cases.indices) func verdicts(_ i: Int) throws {
    let c = Self.cases[i]
    var row = try Signer.row(c.changes.merging(["sequence": "1"]) { a, _ in a }, c.signatures)
    if let (from, to) = c.forged {
      #expect(row.contains(from), "\(c.name)")
      row = row.replacingFirst(from, with: to)
    }
    let set = try Signer.admit(Signer.register([row]), trust: c.trust)
    #expect(set.register?.verifications?.map(\.word) == [c.word], "\(c.name)")
  }

  @Test func withoutAnIssueDateNothingIsVerified() throws {
    let row = try Signer.row(["sequence": "1"])
    let dated = try #require(try Signer.admit(Signer.register([row])).register)
    #expect(dated.verifications?.first?.word == "verified")
    var bare = dated.rows[0]
    bare.issuedAt = nil
    bare.signatories[0].signature = Signer.sign(bare.payload, "owner")
    let page = YAMLPage(name: "t", bytes: [])
    let trust = try #require(TrustLoader.load(page, Signer.trust().bytes, Signer.cryptography))
    #expect(RowVerifier(trust: trust).verify(bare).word == "no-issue-date")
  }

  /// Whatever one byte of a signed row's text becomes: either the file is refused, or the row is not verified, or it means
  /// the same as before.
  @Test func noSingleByteChangesASignedRowUnnoticed() throws {
    let text = Signer.register([try Signer.row(["sequence": "1", "max_items": "10", "legal": "{pia: P}"])]).bytes
    let before = try #require(PolicySet.load(packs: [], registers: [PolicySource(name: "r", bytes: text)]).register)
    let page = YAMLPage(name: "t", bytes: [])
    let verifier = RowVerifier(trust: try #require(TrustLoader.load(page, Signer.trust().bytes, Signer.cryptography)))
    var (caught, same, refused) = (0, 0, 0)
    for place in text.indices {
      for byte in [text[place] ^ 1, text[place] ^ 0x20, 0x39, 0x20] as [UInt8] where byte != text[place] {
        var changed = text
        changed[place] = byte
        guard let set = try? PolicySet.load(packs: [], registers: [PolicySource(name: "r", bytes: changed)]),
          let row = set.register?.rows.first
        else {
          refused += 1
          continue
        }
        var (a, b) = (row, before.rows[0])
        for i in a.signatories.indices { (a.signatories[i].keyId, a.signatories[i].signature) = (nil, nil) }
        for i in b.signatories.indices { (b.signatories[i].keyId, b.signatories[i].signature) = (nil, nil) }
        if a == b {
          same += 1
        } else {
          caught += 1
          #expect(!verifier.verify(row).isVerified, "byte \(place) as \(byte)")
        }
      }
    }
    // Each of the three outcomes happens, or the loop proves nothing.
    #expect(caught > 100 && refused > 1000 && same > 100, "\(caught) \(same) \(refused)")
  }

  // MARK: Trust files

  static let mistakes: [(source: PolicySource, code: String)] = [
    (trust(["roles": "[king]"]), "trust.unknown-value"), (trust(["roles": "[]"]), "trust.no-roles"),
    (trust(["agencies": "[]"]), "trust.no-agencies"), (trust(["roles": "[holder, CO]"]), "trust.holder-and-owner"),
    (trust(["key_id": Signer.id("other")]), "trust.key-id"), (trust(["public_key": "x"]), "trust.bad-key"),
    (trust(["not_before": "2019-01-01", "not_after": "2018-01-01"]), "trust.empty-validity"),
    (trust(["note": "x"]), "trust.unknown-key"), (trust(["revoked_at": "soon"]), "trust.bad-time"),
    (Signer.trust([Signer.key("owner"), Signer.key("owner")]), "trust.duplicate-key"),
    (Signer.trust(registers: "  - {name: test, size: 1, head: abc}\n"), "trust.bad-head"),
    (Signer.trust(registers: "  - {name: test, size: -1, head: abc}\n"), "trust.out-of-range"),
    (Signer.trust(registers: "  - {name: a, size: 0, head: \"\(Signer.id("x"))\"}\n"), "trust.bad-head"),
    (Make.source("trust.yaml", "trust: x\n"), "trust.missing-key"), (Make.source("trust.yaml", ""), "yaml.empty"),
    (Make.source("trust.yaml", "trust: x\nkeys: &a []\n"), "yaml.alias"),
  ]

  @Test(arguments: mistakes.indices) func mistakesOfTrustFilesAreRefused(_ i: Int) throws {
    let (source, code) = Self.mistakes[i]
    let row = try Signer.row(["sequence": "1"])
    #expect(Signer.refusals(Signer.register([row]), trust: source).contains(code), "\(code)")
  }
}
