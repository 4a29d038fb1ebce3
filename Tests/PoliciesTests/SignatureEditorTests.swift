import CustodyCore
import Testing

@testable import Policies

/// Signing changes the text of a register by the signature and by nothing else.
@Suite struct SignatureEditorTests {
  static let head =
    "register: r  # a name\nrows:\n  - id: A\n    version: 1\n    status: active\n    agency: CBP\n"
    + "    holder: {name: H, role: prime}\n    categories: []\n    issued_at: 2018-01-01\n"
  static let signature = SignatureEditor.Signature(keyId: String(repeating: "ab", count: 32), text: "c2ln")
  static let (flow, block) = (
    ", key_id: \(signature.keyId), sig: c2ln", "\n        key_id: \(signature.keyId)\n        sig: c2ln"
  )

  /// `^` stands where the new text goes.
  static let texts: [(name: String, signatories: String, added: String)] = [
    ("flow", "    signatories:\n      - {name: N, role: CO^, title: T} # who\n", flow),
    ("flow, quoted", "    signatories: [ { \"role\": \"CO\"^, 'name': 'N' } ]\n", flow),
    ("flow over lines", "    signatories: [\n      {name: N,\n       role: CO^ # officer\n      }]\n", flow),
    ("block", "    signatories:\n      - name: N\n        role: CO  # officer^\n        title: T\n# end\n", block),
    ("block, last line", "    signatories:\n      - role: CO\n        name: N\n", ""),
    (
      "after other letters",
      "    # \u{E9}\u{1F600}\n    signatories:\n      - {name: N, title: \"\u{1F600}\u{E9}\", role: CO^}\n", flow
    ),
    ("after a line separator", "    # a\u{2028}    # b\n    signatories:\n      - {name: N, role: CO^}\n", flow),
  ]

  private func edit(_ text: String, replace: Bool = false, name: String? = nil) throws -> String {
    let editor = try SignatureEditor(
      Make.source("r.yaml", text), row: "A", role: .contractingOfficer, name: name, replace: replace)
    return String(decoding: try editor.text(with: Self.signature), as: UTF8.self)
  }

  @Test(arguments: texts.indices) func everyOtherByteStays(_ i: Int) throws {
    let (name, signatories, added) = Self.texts[i]
    let before = Self.head + signatories.replacingFirst("^", with: "")
    var after = Self.head + signatories.replacingFirst("^", with: added)
    if added.isEmpty { after = after.replacingFirst("role: CO", with: "role: CO" + Self.block) }
    #expect(try edit(before) == after, "\(name)")
    let crlf = try edit(before.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n"))
    #expect(crlf == after.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n"), "\(name)")
  }

  @Test func textThatEndsWithoutANewlineIsExtended() throws {
    let text = Self.head + "    signatories:\n      - name: N\n        role: CO"
    #expect(try edit(text) == text + Self.block)
  }

  @Test func aSignatureIsReplacedOnlyWhenAsked() throws {
    for quoted in ["b2xk", "\"b2xk\"", "'b2xk'"] {
      let text = Self.head + "    signatories:\n      - {sig: \(quoted), name: N, key_id: old, role: CO}  # x\n"
      #expect(throws: Complaints.self) { _ = try edit(text) }
      let after =
        Self.head + "    signatories:\n      - {sig: c2ln, name: N, key_id: \(Self.signature.keyId), role: CO}  # x\n"
      #expect(try edit(text, replace: true) == after)
    }
  }

  static let refusals: [(signatories: String, name: String?, code: String)] = [
    ("    signatories: [{name: N, role: AO}]\n", nil, "register.no-signatory"), ("", nil, "register.no-signatory"),
    ("    signatories: [{name: N, role: CO}]\n", "M", "register.no-signatory"),
    ("    signatories: [{name: N, role: CO}, {name: M, role: CO}]\n", nil, "register.ambiguous-signatory"),
    ("    signatories: [{name: N, role: CO, sig: c2ln}]\n", nil, "register.already-signed"),
    ("    signatories: [{name: N, role: \"C\\x4F\"}]\n", nil, "register.not-editable"),
    ("    signatories: [{name: N, role: king}]\n", nil, "register.unknown-value"),
  ]

  @Test(arguments: refusals.indices) func refused(_ i: Int) {
    let (signatories, name, code) = Self.refusals[i]
    do {
      _ = try edit(Self.head + signatories, name: name)
      Issue.record("\(code) was not noticed")
    } catch let problems as Complaints {
      #expect(problems.all.map(\.code) == [code])
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test func rowsAreNamedByIdAndVersion() throws {
    let rows = try Signer.chained([[:], ["version": "2"], ["id": "x@2"]])
    let register = try #require(PolicySet.load(packs: [], registers: [Signer.register(rows)]).register)
    #expect(try register.row(named: "ROW-1") == 1)
    #expect(try register.row(named: "ROW-1@1") == 0)
    #expect(try register.row(named: "x@2") == 2)
    #expect(try register.row(named: "x@2@1") == 2)
    for bad in ["ROW-1@3", "x", "", "@", "ROW-1@"] {
      #expect(throws: Complaint.self) { _ = try register.row(named: bad) }
    }
  }
}
