import CustodyCore
import Foundation
import Records
import TestSupport
import Testing

@testable import Evidence

@Suite struct PackageTests {
  let scratch: Scratch
  let key: PrivateKey
  let audit = Audit()

  init() throws {
    scratch = try Scratch()
    key = try PrivateKey.generate(.ecdsaP256)
  }

  var package: String { scratch.file("package") }

  func outcomes(_ r: VerificationResult) -> [String] { r.checks.map { $0.name + " " + $0.outcome.rawValue } }
  func failures(_ r: VerificationResult) -> [String] { r.failures.map(\.name) }
  func verify(snapshots: [String] = []) throws -> VerificationResult {
    try PackageVerifier.verify(package, keys: [key.publicKey], snapshots: snapshots)
  }
  func change(_ name: String, _ body: (inout [UInt8]) throws -> Void) throws {
    var bytes = try scratch.read(name)
    try body(&bytes)
    try scratch.write(name, bytes)
  }

  @Test func wholeAndSigned() throws {
    let sealed = try audit.seal(package, keys: [key])
    #expect(sealed.isSigned)
    #expect(sealed.files == ["SHA256SUMS", "findings.dsse.json", "inventory.jsonl", "report.html"])
    #expect(try scratch.names("package") == sealed.files)
    #expect(try scratch.names() == ["package"])
    #expect(try scratch.mode("package/inventory.jsonl") == 0o600)
    let snapshot = try scratch.write("snapshot", Audit.snapshot)
    let result = try verify(snapshots: [snapshot, scratch.path])
    #expect(
      outcomes(result) == [
        "envelope passed", "signature passed", "payload-type passed", "statement passed", "inventory-digest passed",
        "inventory-tree passed", "inventory-lines passed", "file-sums passed", "byproducts passed", "snapshot passed",
        "snapshot not done",
      ])
    #expect(result.isAuthentic)
    #expect(result.keyIDs == [key.keyID])
    #expect(result.statement?.report.inventory == audit.report.inventory)
    #expect(
      result.text.hasPrefix("passed    envelope          the envelope is well formed, with 1 signature\n"))
    // The envelope alone.
    let alone = try PackageVerifier.verify(package + "/findings.dsse.json", keys: [key.publicKey])
    #expect(alone.isAuthentic)
    #expect(alone.checks.contains { $0.name == "inventory-digest" && $0.outcome == .notDone })
  }

  @Test func sumsAreThoseOfTheCommand() throws {
    _ = try audit.seal(package, keys: [key], views: ["b.html", "a.html", "C.html"])
    let text = String(decoding: try scratch.read("package/SHA256SUMS"), as: UTF8.self)
    let names = text.split(separator: "\n").map { String($0.dropFirst(66)) }
    #expect(names == ["C.html", "a.html", "b.html", "findings.dsse.json", "inventory.jsonl"])
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/sha256sum") else {
      FileHandle.standardError.write(Data("SKIPPED: no sha256sum command to compare with\n".utf8))
      return
    }
    let sums = CommandLineTool(
      executable: URL(fileURLWithPath: "/usr/bin/sha256sum"), in: URL(fileURLWithPath: package))
    #expect(try sums.run(["-c", "--strict", "--quiet", "SHA256SUMS"]).status == 0)
  }

  @Test func unsignedSaysSo() throws {
    let sealed = try audit.seal(package, keys: [])
    #expect(!sealed.isSigned)
    #expect(sealed.message.contains("UNSIGNED"))
    #expect(try scratch.names("package").contains("findings.intoto.json"))
    let result = try verify()
    #expect(failures(result) == ["signature"])
    #expect(!result.isSigned)
    let trusting = try PackageVerifier.verify(package, keys: [])
    #expect(trusting.holds && !trusting.isAuthentic)
    #expect(trusting.statement != nil)
    let alone = try PackageVerifier.verify(package + "/findings.intoto.json", keys: [])
    #expect(alone.holds && !alone.isSigned)
  }

  @Test func withoutKeysNothingIsAuthentic() throws {
    _ = try audit.seal(package, keys: [key])
    let result = try PackageVerifier.verify(package, keys: [])
    #expect(result.holds && !result.isAuthentic)
    #expect(result.checks.contains { $0.name == "signature" && $0.outcome == .notDone })
  }

  @Test func wrongKey() throws {
    _ = try audit.seal(package, keys: [key])
    let other = try PrivateKey.generate(.ed25519)
    let result = try PackageVerifier.verify(package, keys: [other.publicKey])
    #expect(failures(result) == ["signature"])
    #expect(result.failures.first?.text.contains("none of the keys") == true)
    #expect(result.statement == nil)
    let both = try PackageVerifier.verify(package, keys: [other.publicKey, key.publicKey], threshold: 2)
    #expect(both.failures.first?.text == "valid signatures of 1 of the given keys, 2 are demanded")
  }

  /// One flipped bit anywhere in the envelope is noticed, and no key is needed to see that the file changed.
  @Test func everyFlippedByteOfTheEnvelope() throws {
    let small = Audit(entries: 1)
    _ = try small.seal(package, keys: [key], views: [])
    let whole = try scratch.read("package/findings.dsse.json")
    for i in stride(from: 0, to: whole.count, by: 23) {
      try change("package/findings.dsse.json") { $0[i] ^= 1 }
      let result = try verify()
      #expect(failures(result).contains("file-sums"))
      // Outside the hint `keyid` and white space it is more than a wrong sum.
      if failures(result) == ["file-sums"] {
        let text = String(decoding: whole, as: UTF8.self)
        let hint = try #require(text.firstRange(of: key.keyID))
        let from = text.utf8.distance(from: text.utf8.startIndex, to: hint.lowerBound)
        let isHint = (from - 12..<from + 66).contains(i)
        #expect(isHint || whole[i] == 0x0A || whole[i] == 0x20, "byte \(i)")
      }
      try scratch.write("package/findings.dsse.json", whole)
    }
  }

  @Test func changedPayloadIsTheSignature() throws {
    _ = try audit.seal(package, keys: [key])
    try change("package/findings.dsse.json") { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      let at = try #require(text.firstRange(of: "\"payload\": \""))
      let i = text.utf8.distance(from: text.utf8.startIndex, to: at.upperBound) + 40
      bytes[i] = bytes[i] == 0x41 ? 0x42 : 0x41
    }
    let result = try verify()
    #expect(failures(result) == ["signature", "file-sums"])
    #expect(result.failures.first?.text.contains("so it was changed") == true)
  }

  @Test func truncatedEnvelope() throws {
    _ = try audit.seal(package, keys: [key])
    try change("package/findings.dsse.json") { $0.removeLast($0.count / 2) }
    #expect(failures(try verify()) == ["envelope", "file-sums"])
  }

  @Test func flippedByteOfTheInventory() throws {
    _ = try audit.seal(package, keys: [key])
    // Inside the digest of a line: the line stays valid.
    try change("package/inventory.jsonl") { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      let at = try #require(text.firstRange(of: "\"sha256\":\""))
      let i = text.utf8.distance(from: text.utf8.startIndex, to: at.upperBound)
      bytes[i] = bytes[i] == 0x61 ? 0x62 : 0x61
    }
    let result = try verify()
    #expect(failures(result) == ["inventory-digest", "inventory-tree", "file-sums"])
    #expect(Set(result.failures.map(\.text)).count == 3)
    // A byte that makes a line none.
    try change("package/inventory.jsonl") { $0[0] = 0x5B }
    let second = try verify()
    #expect(failures(second) == ["inventory-digest", "inventory-tree", "inventory-lines", "file-sums"])
    #expect(second.failures[2].text.contains("line 1"))
  }

  @Test func linesMissingSwappedCutAndEndless() throws {
    _ = try audit.seal(package, keys: [key])
    let whole = try scratch.read("package/inventory.jsonl")
    let lines = whole.split(separator: 0x0A).map { Array($0) + [0x0A] }
    func texts(_ bytes: [UInt8]) throws -> String {
      try scratch.write("package/inventory.jsonl", bytes)
      return try verify().text
    }
    #expect(
      try texts(Array(lines.dropLast().joined())).contains("the inventory has 19 lines, the statement's tree 20 leaves")
    )
    #expect(
      try texts(Array((lines.dropLast(2) + [lines[19], lines[18]]).joined())).contains(
        "first is line 19: index 19 where 18 belongs"))
    #expect(try texts(Array(whole.dropLast())).contains("line 20: the last line has no newline"))
    #expect(try texts(whole + [0x0A]).contains("line 21: an empty line"))
    #expect(
      try texts(whole + [UInt8](repeating: 0x61, count: (1 << 20) + 1)).contains("line 21: longer than 1048576 bytes"))
    #expect(try texts([]).contains("the inventory has 0 lines"))
  }

  @Test func otherSnapshot() throws {
    _ = try audit.seal(package, keys: [key])
    for i in Audit.snapshot.indices {
      var bytes = Audit.snapshot
      bytes[i] ^= 0x80
      let result = try verify(snapshots: [try scratch.write("snapshot", bytes)])
      #expect(failures(result) == ["snapshot"])
    }
    #expect(failures(try verify(snapshots: [scratch.path])) == ["snapshot"])
    let good = try scratch.write("snapshot", Audit.snapshot)
    #expect(failures(try verify(snapshots: [good, good, good])) == ["snapshot"])
    #expect(throws: Complaint.self) { try verify(snapshots: [scratch.file("none")]) }
  }

  @Test func otherFiles() throws {
    _ = try audit.seal(package, keys: [key])
    try change("package/report.html") { $0[0] ^= 1 }
    #expect(failures(try verify()) == ["file-sums", "byproducts"])
    try FileManager.default.removeItem(atPath: package + "/report.html")
    #expect(failures(try verify()) == ["file-sums"])
    try scratch.write("package/report.html", Array("<p>".utf8))
    #expect(failures(try verify()) == [])
    try scratch.write("package/more", "x")
    #expect(try verify().failures.map(\.text) == ["more is in the folder and not listed in SHA256SUMS"])
    try FileManager.default.removeItem(atPath: package + "/more")
    try FileManager.default.createSymbolicLink(atPath: package + "/link", withDestinationPath: "/etc/passwd")
    #expect(failures(try verify()) == ["file-sums"])
    try FileManager.default.removeItem(atPath: package + "/link")
    // Passed on without the restricted part.
    try FileManager.default.removeItem(atPath: package + "/inventory.jsonl")
    let shared = try verify()
    #expect(shared.isAuthentic)
    #expect(
      shared.checks.filter { $0.outcome == .notDone }.map(\.name) == [
        "inventory-digest", "inventory-tree", "inventory-lines", "file-sums", "snapshot",
      ])
  }

  @Test(arguments: [
    "", "x", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 a\n",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  ../a\n",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a", "\n",
  ])
  func malformedSums(_ text: String) throws {
    _ = try audit.seal(package, keys: [key])
    try scratch.write("package/SHA256SUMS", text)
    #expect(try verify().failures.contains { $0.name == "file-sums" })
    try FileManager.default.removeItem(atPath: package + "/SHA256SUMS")
    #expect(try verify().failures.map(\.text) == ["SHA256SUMS is missing"])
  }

  func code(_ body: () throws -> Void) throws -> String {
    try #require(throws: Complaint.self) { try body() }.code
  }

  @Test func neverReplacesAndLeavesNothingBehind() throws {
    try FileManager.default.createDirectory(atPath: package, withIntermediateDirectories: true)
    #expect(try code { _ = try PackageWriter(target: package + "/") } == "output.exists")
    #expect(try code { _ = try PackageWriter(target: scratch.file("no/where")) } == "output.write")
    try FileManager.default.removeItem(atPath: package)
    // Given up half way.
    do {
      let writer = try PackageWriter(target: package)
      try writer.addView("a.html", mediaType: "text/html", [1])
      #expect(try scratch.names().count == 1)
      #expect(try code { try writer.addView("a.html", mediaType: "text/html", [1]) } == "output.exists")
      for name in ["", ".a", "a/b", "../a", "inventory.jsonl", "SHA256SUMS", "findings.dsse.json", "é"] {
        #expect(try code { try writer.addView(name, mediaType: "text/html", [1]) } == "output.name")
      }
    }
    #expect(try scratch.names() == [])
    // Something appeared while the scan went on.
    do {
      let writer = try PackageWriter(target: package)
      try Data(audit.lines).write(to: URL(fileURLWithPath: writer.inventoryPath))
      try scratch.write("package", "mine")
      #expect(try code { _ = try writer.seal(audit.statement, disclosePaths: false, keys: []) } == "output.exists")
    }
    #expect(try scratch.names() == ["package"])
    #expect(try scratch.read("package") == Array("mine".utf8))
  }

  @Test func sealsOnlyWhatWasJudged() throws {
    let writer = try PackageWriter(target: package)
    try Data(audit.lines + [0x0A]).write(to: URL(fileURLWithPath: writer.inventoryPath))
    #expect(try code { _ = try writer.seal(audit.statement, disclosePaths: false, keys: [key]) } == "inventory.changed")
  }

  @Test func sealsNoTreeButTheInventorys() throws {
    let writer = try PackageWriter(target: package)
    try Data(audit.lines).write(to: URL(fileURLWithPath: writer.inventoryPath))
    var other = audit.statement
    other.report.inventory.rootHash = Hash.digest(of: [1])
    #expect(
      try code { _ = try writer.seal(other, disclosePaths: false, keys: [key]) } == "inventory.changed")
    other = audit.statement
    other.report.inventory.treeSize += 1
    #expect(
      try code { _ = try writer.seal(other, disclosePaths: false, keys: [key]) } == "inventory.changed")
  }

  @Test func inventoryFromADescriptor() throws {
    let source = FileHandle(forReadingAtPath: try scratch.write("source", audit.lines))
    let handle = try #require(source)
    try handle.seek(toOffset: 5)
    let writer = try PackageWriter(target: package)
    try writer.copyInventory(from: handle.fileDescriptor)
    #expect(try handle.offset() == 5)
    _ = try writer.seal(audit.statement, disclosePaths: false, keys: [key])
    #expect(try verify().isAuthentic)
  }

  @Test func nothingToVerify() throws {
    #expect(try code { _ = try verify() } == "package.missing")
    #expect(try code { _ = try PackageVerifier.verify(scratch.path, keys: []) } == "package.missing")
  }

  /// The signature of the package as others would check it.
  @Test(.enabled(if: OpenSSLCommand.isThere)) func theCommandLineAgrees() throws {
    _ = try audit.seal(package, keys: [key])
    let envelope = try UnverifiedEnvelope(json: scratch.read("package/findings.dsse.json"))
    try scratch.write(
      "message", UnverifiedEnvelope.preAuthenticationEncoding(type: envelope.payloadType, payload: envelope.payload))
    try scratch.write("signature", envelope.signatures[0].bytes)
    try scratch.write("pub", key.publicKey.pem)
    #expect(
      try OpenSSLCommand.run([
        "dgst", "-sha256", "-verify", scratch.file("pub"), "-signature", scratch.file("signature"),
        scratch.file("message"),
      ]).status == 0)
  }
}
