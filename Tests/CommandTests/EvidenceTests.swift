import Foundation
import TestSupport
import Testing

/// Seal, verify, and verify without us.
@Suite struct EvidencePackageTests {
  let folder: TemporaryFolder
  let custody: CommandLineTool

  init() throws {
    folder = try TemporaryFolder()
    custody = CommandLineTool(product: "custody", in: folder.url)
    try folder.write("record.fmr", ExitStatusTests.fingerprintRecord)
    try folder.write("pass", "correct horse\n".utf8)
  }

  private func sealed(algorithm: String = "ecdsa-p256", snapshot: String = "record.fmr") throws {
    let made = try custody.run(
      ["keygen", "--out", "key.pem", "--algorithm", algorithm, "--passphrase-file", "pass"])
    #expect(made.status == 0, "\(made.err)")
    let scan = try custody.run([
      "scan", snapshot, "--key", "key.pem", "--passphrase-file", "pass", "--report", "evidence", "--as-of",
      "2019-06-01T00:00:00Z",
    ])
    #expect(scan.status == 1, "\(scan.err)")
  }

  private func flip(_ name: String, at offset: Int? = nil) throws {
    var bytes = try folder.read(name)
    bytes[offset ?? bytes.count / 2] ^= 1
    let handle = try FileHandle(forWritingTo: folder.url.appendingPathComponent(name))
    try handle.write(contentsOf: Data(bytes))
    try handle.close()
  }

  private func verify() throws -> CommandLineTool.Result {
    try custody.run(["verify", "evidence", "--key", "key.pub.pem", "--snapshot", "record.fmr"])
  }

  @Test(arguments: ["ecdsa-p256", "ed25519"])
  func roundTrip(_ algorithm: String) throws {
    try sealed(algorithm: algorithm)
    let run = try verify()
    #expect(run.status == 0, "\(run.err) \(run.text)")
  }

  @Test func eachFlippedByteHasItsOwnMessage() throws {
    var messages: Set<String> = []
    for file in ["evidence/findings.dsse.json", "evidence/inventory.jsonl", "record.fmr"] {
      try? FileManager.default.removeItem(atPath: folder.path("evidence"))
      try? FileManager.default.removeItem(atPath: folder.path("key.pem"))
      try? FileManager.default.removeItem(atPath: folder.path("key.pub.pem"))
      try folder.write("record.fmr", ExitStatusTests.fingerprintRecord)
      try sealed()
      try flip(file, at: file.hasSuffix("dsse.json") ? 200 : nil)
      let run = try verify()
      #expect(run.status == 1, "\(file): \(run.text)\(run.err)")
      messages.insert(run.err)
    }
    #expect(messages.count == 3)
  }

  @Test func anotherKeyIsRefused() throws {
    try sealed()
    #expect(try custody.run(["keygen", "--out", "other.pem"]).status == 0)
    #expect(try custody.run(["verify", "evidence", "--key", "other.pub.pem"]).status == 1)
  }

  @Test func wrongPassphraseLosesNothing() throws {
    try sealed()
    try folder.write("wrong", "battery staple\n".utf8)
    let run = try custody.run([
      "scan", "record.fmr", "--key", "key.pem", "--passphrase-file", "wrong", "--report", "second",
    ])
    #expect(run.status == 2)
    #expect(run.err.contains("passphrase"))
    #expect(!FileManager.default.fileExists(atPath: folder.path("second")))
    // What was examined and judged is kept, so that signing can be done again without reading the snapshot.
    let seal = try custody.run([
      "seal", "second.unsealed/report.json", "--inventory", "second.unsealed/inventory.jsonl", "--key", "key.pem",
      "--passphrase-file", "pass", "--report", "second",
    ])
    #expect(seal.status == 0, "\(seal.err)")
    #expect(try custody.run(["verify", "second", "--key", "key.pub.pem", "--snapshot", "record.fmr"]).status == 0)
  }

  @Test func unsignedIsLoud() throws {
    let run = try custody.run(["scan", "record.fmr", "--report", "evidence", "--quiet"])
    #expect(run.status == 1)
    #expect(run.err.contains("UNSIGNED"))
    #expect(try custody.run(["verify", "evidence"]).status == 1)
    #expect(try custody.run(["verify", "evidence", "--allow-unsigned"]).status == 0)
  }

  /// A folder has no digest of its own: asking to check one must not end in VERIFIED.
  @Test func folderSnapshotIsNotVerifiedSilently() throws {
    try folder.write("tree/a.fmr", ExitStatusTests.fingerprintRecord)
    try sealed(snapshot: "tree")
    let run = try custody.run(["verify", "evidence", "--key", "key.pub.pem", "--snapshot", "tree"])
    #expect(run.status == 2 && run.err.contains("NOT CHECKED"), "\(run.err)")
    #expect(try custody.run(["verify", "evidence", "--key", "key.pub.pem"]).status == 0)
  }

  /// Judging the inventory of a package keeps what the package says of the scan.
  @Test func judgingAPackagesInventoryKeepsItsSnapshot() throws {
    try sealed()
    let again = try custody.run([
      "judge", "evidence/inventory.jsonl", "-o", "again.json", "--as-of", "2019-06-01T00:00:00Z",
    ])
    #expect(again.status == 1)
    let json = try JSONSerialization.jsonObject(with: Data(folder.read("again.json"))) as? [String: Any]
    let snapshots = (json?["coverage"] as? [String: Any])?["snapshots"] as? [[String: Any]]
    #expect(snapshots?.first?["sha256"] != nil)
    try FileManager.default.copyItem(atPath: folder.path("evidence"), toPath: folder.path("cut"))
    try folder.write("cut/inventory.jsonl", [])
    let cut = try custody.run(["judge", "cut/inventory.jsonl", "-o", "cut.json"])
    #expect(cut.status == 2 && cut.err.contains("another inventory"), "\(cut.err)")
  }

  /// securesystemslib (PyPI), an implementation that is not ours, accepts the envelope and refuses a wrong key.
  @Test func anotherImplementationAgrees() throws {
    let python = CommandLineTool(executable: URL(fileURLWithPath: "/usr/bin/env"), in: folder.url)
    guard try python.run(["python3", "-c", "import securesystemslib.dsse"]).status == 0 else {
      FileHandle.standardError.write(
        Data("SKIPPED: python3 has no securesystemslib; pip install securesystemslib\n".utf8))
      return
    }
    let script = """
      import hashlib, json, sys
      from securesystemslib.dsse import Envelope
      from securesystemslib.signer import SSlibKey
      from cryptography.hazmat.primitives import serialization as s
      key = s.load_pem_public_key(open(sys.argv[2], "rb").read())
      der = key.public_bytes(s.Encoding.DER, s.PublicFormat.SubjectPublicKeyInfo)
      envelope = Envelope.from_dict(json.load(open(sys.argv[1])))
      print(len(envelope.verify([SSlibKey.from_crypto(key, keyid=hashlib.sha256(der).hexdigest())], 1)))
      """
    for algorithm in ["ecdsa-p256", "ed25519"] {
      for name in ["evidence", "key.pem", "key.pub.pem"] {
        try? FileManager.default.removeItem(atPath: folder.path(name))
      }
      try sealed(algorithm: algorithm)
      let run = try python.run(["python3", "-c", script, "evidence/findings.dsse.json", "key.pub.pem"])
      #expect(run.status == 0 && run.text == "1\n", "\(run.err)")
    }
    #expect(try custody.run(["keygen", "--out", "other.pem", "--algorithm", "ed25519"]).status == 0)
    #expect(try python.run(["python3", "-c", script, "evidence/findings.dsse.json", "other.pub.pem"]).status != 0)
  }

  @Test func existingPackageIsNotTouched() throws {
    try sealed()
    let before = try folder.read("evidence/SHA256SUMS")
    let run = try custody.run(["scan", "record.fmr", "--report", "evidence"])
    #expect(run.status == 2)
    #expect(try folder.read("evidence/SHA256SUMS") == before)
  }

  @Test func stagesApartGiveTheSameReport() throws {
    let common = ["--as-of", "2019-06-01T00:00:00Z", "-p", "core-authorization"]
    #expect(try custody.run(["scan", "record.fmr", "-o", "json=scan.json"] + common).status == 1)
    #expect(try custody.run(["examine", "record.fmr", "-o", "inventory.jsonl"]).status == 0)
    #expect(try custody.run(["judge", "inventory.jsonl", "-o", "judge.json"] + common).status == 1)
    #expect(try folder.read("scan.json") == folder.read("judge.json"))
  }

  @Test func otherViewsFromThePackage() throws {
    try sealed()
    let table = try custody.run(["report", "evidence"])
    #expect(table.status == 0 && table.text.contains("AUTH-01"))
    #expect(try custody.run(["report", "evidence", "-o", "sarif=f.sarif"]).status == 0)
    #expect(try folder.read("f.sarif") == folder.read("evidence/findings.sarif"))
  }

  /// Every command block of the page is run in order against a fresh package; then again with each of the three files damaged.
  @Test func pageVerifyByHand() throws {
    let page = try String(
      contentsOf: Corpus.package.appendingPathComponent("docs/verify-by-hand.md"), encoding: .utf8)
    var blocks: [(language: String, text: String)] = []
    var open: (language: String, lines: [String])?
    for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        if let done = open {
          blocks.append((done.language, done.lines.joined(separator: "\n")))
          open = nil
        } else {
          open = (String(line.dropFirst(3)), [])
        }
      } else {
        open?.lines.append(String(line))
      }
    }
    #expect(blocks.count == 6)
    try sealed()
    func run(_ block: (language: String, text: String)) throws -> Int32 {
      var shell = CommandLineTool(
        executable: URL(fileURLWithPath: block.language == "python" ? "/usr/bin/env" : "/bin/bash"),
        in: folder.url.appendingPathComponent("evidence"))
      shell.environment = ["PUB": folder.path("key.pub.pem"), "SNAPSHOT": folder.path("record.fmr")]
      return try shell.run(block.language == "python" ? ["python3", "-c", block.text] : ["-euc", block.text]).status
    }
    for block in blocks { #expect(try run(block) == 0, "\(block.text)") }
    for name in ["statement.json", "pae.bin", "signature.der"] {
      try FileManager.default.removeItem(atPath: folder.path("evidence/" + name))
    }
    // Damage: (file, the first step that must notice)
    try flip("evidence/inventory.jsonl")
    #expect(try run(blocks[0]) == 0)
    #expect(try run(blocks[2]) != 0 && run(blocks[3]) != 0 && run(blocks[4]) != 0)
    try flip("evidence/inventory.jsonl")
    try flip("record.fmr")
    #expect(try run(blocks[5]) != 0)
    try flip("record.fmr")
    var envelope = String(decoding: try folder.read("evidence/findings.dsse.json"), as: UTF8.self)
    let at = try #require(envelope.range(of: "eyJ"))
    let old = String(envelope[at.upperBound...].prefix(40))
    envelope = envelope.replacingOccurrences(of: old, with: String(old.reversed()))
    try folder.write("evidence/findings.dsse.json", envelope.utf8)
    #expect(try run(blocks[0]) != 0)
  }
}
