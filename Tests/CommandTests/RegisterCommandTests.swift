import Foundation
import TestSupport
import Testing

/// The register as evidence, through the real program with real keys.
@Suite struct RegisterCommandTests {
  let folder: TemporaryFolder
  let custody: CommandLineTool

  init() throws {
    folder = try TemporaryFolder()
    custody = CommandLineTool(product: "custody", in: folder.url)
    try folder.write("record.fmr", ExitStatusTests.fingerprintRecord)
  }

  /// Makes a key and gives its id.
  private func key(_ name: String, _ algorithm: String = "ecdsa-p256") throws -> String {
    let made = try custody.run(["keygen", "--out", name + ".pem", "--algorithm", algorithm])
    #expect(made.status == 0, "\(made.err)")
    let line = made.text.split(separator: "\n").first { $0.hasPrefix("keyid ") } ?? ""
    return String(line.dropFirst(6))
  }

  private func entry(_ name: String, _ id: String, more: String = "") throws -> String {
    let pem = String(decoding: try folder.read(name + ".pub.pem"), as: UTF8.self)
      .split(separator: "\n").map { "      " + $0 + "\n" }.joined()
    return "  - key_id: \"\(id)\"\n    public_key: |\n\(pem)    owner: Office of \(name)\n    agencies: [CBP]\n"
      + "    roles: [CO, COR, AO, privacy]\n\(more)"
  }

  private static func row(
    _ id: String, version: Int = 1, sequence: Int, previous: String? = nil, signatory: String, more: String = ""
  ) -> String {
    "  - id: \(id)  # granted\n    version: \(version)\n    sequence: \(sequence)\n"
      + (previous.map { "    previous: \"\($0)\"\n" } ?? "")
      + "    status: active\n    agency: CBP\n    holder: {name: Example Imaging, role: prime}\n"
      + "    categories: [finger.template]\n    purposes: [matching]\n    retention: {limit: P1Y}\n"
      + "    not_before: 2018-01-01\n    not_after: 2019-12-31\n    issued_at: 2018-01-01\n\(more)    signatories:\n"
      + signatory
  }
  private static let flow = "      - {name: Contracting Officer, role: CO}  # flow\n"
  private static let block = "      - name: Contracting Officer\n        role: CO  # block\n"

  private func write(_ rows: [String]) throws {
    try folder.write("register.yaml", ("register: \"Lane pilot\"\nrows:\n" + rows.joined()).utf8)
  }
  private func sign(_ row: String, _ key: String = "owner", more: [String] = []) throws {
    let run = try custody.run(
      ["register", "sign", "register.yaml", "--row", row, "--role", "CO", "--key", key + ".pem"] + more)
    #expect(run.status == 0, "\(run.err)")
  }
  private func verify() throws -> CommandLineTool.Result {
    try custody.run(
      ["register", "verify", "register.yaml", "--trust", "trust.yaml", "--as-of", "2019-06-01T00:00:00Z"])
  }

  /// A register of two rows, signed, with its trust file.
  private func signedRegister(_ algorithm: String = "ecdsa-p256") throws {
    let id = try key("owner", algorithm)
    try write([
      Self.row("A", sequence: 1, signatory: Self.flow),
      Self.row("B", sequence: 2, signatory: Self.block, more: "    task_order: \"\u{C9}t\u{E9} \\\\ \\\" 1\"\n"),
    ])
    try sign("A")
    try sign("B@1")
    let head = try custody.run(["register", "show", "register.yaml", "--head"])
    #expect(head.status == 0, "\(head.err)")
    try folder.write(
      "trust.yaml", ("trust: test\nkeys:\n" + (try entry("owner", id)) + "registers:\n  " + head.text).utf8)
  }

  @Test(arguments: ["ecdsa-p256", "ed25519"]) func signAndVerify(_ algorithm: String) throws {
    try signedRegister(algorithm)
    let text = String(decoding: try folder.read("register.yaml"), as: UTF8.self)
    #expect(text.contains("# flow") && text.contains("# block") && text.contains("# granted"))
    let run = try verify()
    #expect(run.status == 0, "\(run.err)\(run.text)")
    #expect(run.text.contains("A  v1  active  verified  CO: verified by \"Office of owner\""))
    #expect(run.text.contains("2 of 2 rows verified"))
    let check = try custody.run(["register", "check", "register.yaml"])
    #expect(check.status == 0 && check.text.contains("2 rows: no problem found"))
  }

  @Test func signingTwiceNeedsAWord() throws {
    try signedRegister()
    let before = try folder.read("register.yaml")
    let arguments = ["register", "sign", "register.yaml", "--row", "A", "--role", "CO", "--key", "owner.pem"]
    let again = try custody.run(arguments)
    #expect(again.status == 2 && again.err.contains("register.already-signed"))
    #expect(try folder.read("register.yaml") == before)
    let elsewhere = try custody.run(arguments + ["--replace", "-o", "other.yaml"])
    #expect(elsewhere.status == 0, "\(elsewhere.err)")
    #expect(try folder.read("register.yaml") == before && folder.read("other.yaml") != before)
  }

  private func edit(_ from: String, _ to: String) throws {
    let text = String(decoding: try folder.read("register.yaml"), as: UTF8.self)
    #expect(text.contains(from))
    try folder.write("register.yaml", text.replacingOccurrences(of: from, with: to).utf8)
  }

  @Test func attacksEndWithStatusTwo() throws {
    try signedRegister()
    let good = String(decoding: try folder.read("register.yaml"), as: UTF8.self)
    let cut = try #require(good.range(of: "  - id: B"))
    let (first, second) = (String(good[..<cut.lowerBound]), String(good[cut.lowerBound...]))
    let top = "register: \"Lane pilot\"\nrows:\n"
    let attacks: [(text: String, code: String)] = [
      (first, "register.rolled-back"), (top + second, "register.row-missing"),
      (top + second + first.replacingOccurrences(of: top, with: ""), "register.reordered"),
      (good.replacingOccurrences(of: "2019-12-31", with: "2029-12-31"), "register.rewritten"),
      (good.replacingOccurrences(of: "Lane pilot", with: "Other"), "register.not-known"),
    ]
    for (text, code) in attacks {
      try folder.write("register.yaml", text.utf8)
      for arguments in [
        ["register", "verify", "register.yaml", "--trust", "trust.yaml"],
        ["scan", "record.fmr", "-r", "register.yaml", "--trust", "trust.yaml", "--quiet"],
      ] {
        let run = try custody.run(arguments)
        #expect(run.status == 2 && run.err.contains("[\(code)]"), "\(code): \(run.err)")
      }
    }
  }

  /// An old version edited: the version that replaced it tells, without any trust file.
  @Test func anEditedOldVersionIsNoticed() throws {
    _ = try key("owner")
    try write([Self.row("A", sequence: 1, signatory: Self.flow)])
    let shown = try custody.run(["register", "show", "register.yaml", "--as-of", "2019-06-01T00:00:00Z"])
    let digest = String(shown.text.split(separator: "\n")[0].suffix(64))
    try write([
      Self.row("A", sequence: 1, signatory: Self.flow),
      Self.row("A", version: 2, sequence: 2, previous: digest, signatory: Self.block),
    ])
    #expect(try custody.run(["register", "check", "register.yaml"]).status == 0)
    try edit("version: 1\n    sequence: 1\n    status: active", "version: 1\n    sequence: 1\n    status: draft")
    let run = try custody.run(["register", "check", "register.yaml"])
    #expect(run.status == 2 && run.err.contains("[register.edited]") && run.err.contains("`A v1`"), "\(run.err)")
  }

  @Test func forgedAndUntrustedRowsAuthorizeNothing() throws {
    let id = try key("owner")
    _ = try key("mallory")
    try write([Self.row("A", sequence: 1, signatory: Self.flow)])
    try folder.write("trust.yaml", ("trust: test\nkeys:\n" + (try entry("owner", id))).utf8)
    func scan(_ more: [String] = ["--require-signed-register"]) throws -> CommandLineTool.Result {
      try custody.run(
        [
          "scan", "record.fmr", "-r", "register.yaml", "--trust", "trust.yaml", "--as-of", "2019-06-01T00:00:00Z", "-o",
          "json",
        ] + more)
    }
    try sign("A", "mallory")
    let untrusted = try scan()
    #expect(untrusted.status == 1 && untrusted.text.contains("key-unknown"), "\(untrusted.err)")
    #expect(untrusted.text.contains("not-verified") && untrusted.text.contains("AUTH-03"))
    #expect(try verify().status == 2)
    try sign("A", more: ["--replace"])
    let good = try scan()
    #expect(!good.text.contains("AUTH-01") && !good.text.contains("AUTH-03"), "\(good.text)")
    #expect(good.text.contains("\"trust\"") && good.text.contains("trust.yaml"))
    try edit("2019-12-31", "2029-12-31")
    let forged = try scan([])
    #expect(forged.status == 1 && forged.text.contains("\"forged\""), "\(forged.err)")
    let verified = try verify()
    #expect(verified.status == 2 && verified.text.contains("CO: forged"), "\(verified.text)")
    let bare = try custody.run(["scan", "record.fmr", "-r", "register.yaml", "--require-signed-register"])
    #expect(bare.status == 2 && bare.err.contains("register.trust-missing"))
  }

  @Test func expiredKeysAreNamed() throws {
    let id = try key("owner")
    try write([Self.row("A", sequence: 1, signatory: Self.flow)])
    try sign("A")
    try folder.write(
      "trust.yaml", ("trust: test\nkeys:\n" + (try entry("owner", id, more: "    not_after: 2017-12-31\n"))).utf8)
    let run = try verify()
    #expect(run.status == 2 && run.text.contains("A  v1  active  key-expired"), "\(run.text)\(run.err)")
  }

  /// The commands of the page, with openssl and python alone, on a signed row and on one changed by a byte.
  @Test func pageVerifiesARowByHand() throws {
    let page = try String(contentsOf: Corpus.package.appendingPathComponent("docs/register.md"), encoding: .utf8)
    let start = try #require(page.range(of: "```sh by-hand\n"))
    let end = try #require(page[start.upperBound...].range(of: "```"))
    let script = String(page[start.upperBound..<end.lowerBound])
    try signedRegister()
    let envelope = try custody.run(["register", "show", "register.yaml", "--envelope", "B@1"])
    #expect(envelope.status == 0, "\(envelope.err)")
    try folder.write("row.dsse.json", envelope.out)
    var shell = CommandLineTool(executable: URL(fileURLWithPath: "/bin/bash"), in: folder.url)
    shell.environment = ["PUB": folder.path("owner.pub.pem")]
    let run = try shell.run(["-euc", script])
    #expect(run.status == 0, "\(run.text)\(run.err)")
    let payload = String(decoding: try folder.read("row.json"), as: UTF8.self)
    #expect(payload.hasPrefix("{\"agency\":\"CBP\",\"categories\":[\"finger.template\"],\"holder\":"))
    // The spelling is canonical to another implementation too; the keys are ASCII, so both orders are the same.
    let python = CommandLineTool(executable: URL(fileURLWithPath: "/usr/bin/env"), in: folder.url)
    let canonical =
      "import json, sys; t = open('row.json', encoding='utf-8').read()\n"
      + "sys.exit(t != json.dumps(json.loads(t), sort_keys=True, separators=(',', ':'), ensure_ascii=False))"
    #expect(try python.run(["python3", "-c", canonical]).status == 0)
    let changed = payload.replacingOccurrences(of: "2019", with: "2029")
    let text = String(decoding: envelope.out, as: UTF8.self).replacingOccurrences(
      of: Data(payload.utf8).base64EncodedString(), with: Data(changed.utf8).base64EncodedString())
    try folder.write("row.dsse.json", text.utf8)
    #expect(try shell.run(["-euc", script]).status != 0)
  }
}
