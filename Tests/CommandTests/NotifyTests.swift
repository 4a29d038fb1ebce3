import CustodyCore
import Foundation
import TestSupport
import Testing

/// The sealed list: what the agency reads is what the inventory says, and nobody else reads anything.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl"), "SKIPPED: no /usr/bin/openssl"))
struct NotifyTests {
  let folder: TemporaryFolder
  let custody: CommandLineTool
  let openssl: CommandLineTool

  /// Stands in the path of every entry, and must never be met outside the envelope.
  static let secret = "Tallinnastrasse"
  static let asOf = ["--as-of", "2019-06-01T00:00:00Z"]

  init() throws {
    folder = try TemporaryFolder()
    custody = CommandLineTool(product: "custody", in: folder.url)
    openssl = CommandLineTool(executable: URL(fileURLWithPath: "/usr/bin/openssl"), in: folder.url)
    let print = ExitStatusTests.fingerprintRecord
    let inner = ArchiveBuilder.archive(
      "ustar", [BuiltMember("\(Self.secret)/deep.fmr", print), BuiltMember("readme.txt", text: "nothing\n")])
    try folder.write(
      "usb.tar",
      ArchiveBuilder.archive(
        "ustar",
        [
          BuiltMember("\(Self.secret)/a.fmr", print), BuiltMember("\(Self.secret)/notes.txt", text: "nothing\n"),
          BuiltMember(raw: Array("\(Self.secret)/b".utf8) + [0xFF] + Array(".fmr".utf8), print),
          BuiltMember("=\(Self.secret)(1)/c,\"d\".fmr", print), BuiltMember("\(Self.secret)/day.tar", inner),
        ]))
  }

  private func certificate(_ name: String, _ more: [String] = []) throws {
    let made = try openssl.run(
      ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"] + more + [
        "-nodes", "-keyout", name + ".key.pem", "-out", name + ".pem", "-subj", "/CN=" + name, "-days", "30",
      ])
    try #require(made.status == 0, "\(made.err)")
  }

  private func examined() throws {
    let run = try custody.run(["examine", "usb.tar", "-o", "inventory.jsonl"])
    try #require(run.status == 0, "\(run.err)")
    try certificate("agency")
  }

  private func notify(
    _ arguments: [String], of inventory: String = "inventory.jsonl", as certificates: [String] = ["agency.pem"]
  ) throws -> CommandLineTool.Result {
    try? FileManager.default.removeItem(atPath: folder.path("list.cms"))
    return try custody.run(
      ["notify", inventory] + certificates.flatMap { ["--certificate", $0] } + ["-o", "list.cms"] + arguments)
  }

  private func open(as name: String = "agency") throws -> [UInt8] {
    let run = try openssl.run([
      "cms", "-decrypt", "-in", "list.cms", "-inform", "DER", "-recip", name + ".pem", "-inkey", name + ".key.pem",
    ])
    try #require(run.status == 0, "\(run.err)")
    return run.out
  }

  private static func objects(_ lines: [UInt8]) throws -> [[String: Any]] {
    try lines.split(separator: 0x0A).map {
      try #require(try JSONSerialization.jsonObject(with: Data($0)) as? [String: Any])
    }
  }

  private static func leaves(_ rows: [[String: Any]]) -> [Int] { rows.compactMap { $0["leaf"] as? Int } }

  @Test func rowsAreTheInventorys() throws {
    try examined()
    try certificate("authority")
    let run = try notify([], as: ["agency.pem", "authority.pem"])
    #expect(run.status == 0 && run.out.isEmpty, "\(run.err)")
    let list = try Self.objects(try open())
    #expect(try Self.objects(try open(as: "authority")).count == list.count)
    let inventory = try folder.read("inventory.jsonl")
    let wanted = try Self.objects(inventory).filter { $0["observations"] != nil }
    let rows = list.dropFirst()
    #expect(rows.count == wanted.count && wanted.count == 4)
    for (row, line) in zip(rows, wanted) {
      #expect(row["leaf"] as? Int == line["index"] as? Int)
      for key in ["path", "pathB64", "sha256", "kind", "disposition", "reason"] {
        #expect(row[key] as? String == line[key] as? String, "\(key)")
      }
      #expect(row["size"] as? Int == line["size"] as? Int)
      let seen = (line["observations"] as? [[String: Any]])?.compactMap { $0["dataClass"] as? String } ?? []
      let told = (row["classes"] as? [[String: Any]])?.compactMap { $0["dataClass"] as? String } ?? []
      #expect(told == Set(seen).sorted())
    }
    #expect(rows.compactMap { $0["pathB64"] }.count == 1)
    #expect(rows.compactMap { $0["container"] as? String }.contains("usb.tar!/\(Self.secret)/day.tar"))
    let header = try #require(list.first)
    #expect(header["rows"] as? Int == 4 && header["rests"] as? String == "scan record")
    let digest = try openssl.run(["dgst", "-sha256", "-r", "inventory.jsonl"]).text.prefix(64)
    #expect((header["inventory"] as? [String: Any])?["sha256"] as? String == String(digest))
    let snapshot = try openssl.run(["dgst", "-sha256", "-r", "usb.tar"]).text.prefix(64)
    #expect((header["snapshots"] as? [[String: Any]])?.first?["sha256"] as? String == String(snapshot))
    let sealed = try openssl.run(["dgst", "-sha256", "-r", "list.cms"]).text.prefix(64)
    #expect(run.err == "custody: 4 rows sealed to 2 recipients, SHA-256 \(sealed)\n")
  }

  @Test func nothingIsToldElsewhere() throws {
    try examined()
    let inventory = try folder.read("inventory.jsonl")
    let out = folder.url.appendingPathComponent("out")
    try FileManager.default.createDirectory(at: out, withIntermediateDirectories: true)
    let away = CommandLineTool(product: "custody", in: out)
    func run(_ source: String, _ name: String, _ more: [String] = []) throws -> CommandLineTool.Result {
      try away.run(["notify", source, "--certificate", "../agency.pem", "-o", name] + more)
    }
    // Lines that are damaged in each of the ways a reader could quote.
    let lines = inventory.split(separator: 0x0A, omittingEmptySubsequences: true)
    try folder.write("cut.jsonl", inventory.dropLast(9))
    try folder.write("unordered.jsonl", Array(lines.reversed().joined(separator: [0x0A])) + [0x0A])
    try folder.write("word.jsonl", String(decoding: inventory, as: UTF8.self).replacing("finger", with: "ginger").utf8)
    var runs = [
      try run("../inventory.jsonl", "list.cms"), try run("../inventory.jsonl", "csv.cms", ["--format", "csv"]),
    ]
    #expect(runs.allSatisfy { $0.status == 0 })
    for bad in ["cut", "unordered", "word"] {
      runs.append(try run("../\(bad).jsonl", bad + ".cms"))
      #expect(runs.last?.status == 2, "\(bad)")
    }
    for run in runs {
      #expect(run.out.isEmpty && !run.err.contains(Self.secret), "\(run.err)")
      #expect(!run.err.isEmpty)
    }
    #expect(runs[0].err.split(separator: "\n").count == 1)
    let names = try FileManager.default.contentsOfDirectory(atPath: out.path).sorted()
    #expect(names == ["csv.cms", "list.cms"])
    for name in names {
      #expect(try folder.read("out/" + name).firstRange(of: Array(Self.secret.utf8)) == nil)
      let mode = try FileManager.default.attributesOfItem(atPath: out.path + "/" + name)[.posixPermissions] as? Int
      #expect(mode == 0o600)
    }
    #expect(inventory.firstRange(of: Array(Self.secret.utf8)) != nil)
  }

  @Test func onlyWhatWasAskedFor() throws {
    try examined()
    func rows(_ arguments: [String]) throws -> [[String: Any]] {
      let run = try notify(arguments)
      try #require(run.status == 0, "\(run.err)")
      return Array(try Self.objects(try open()).dropFirst())
    }
    let all = Self.leaves(try rows([]))
    #expect(Self.leaves(try rows(["--class", "finger.template"])) == all)
    #expect(Self.leaves(try rows(["--class", "finger.template", "--class", "dna.profile"])) == all)
    #expect(try rows(["--class", "dna.profile"]).isEmpty)
    let empty = try notify(["--class", "dna.profile"])
    #expect(empty.err.contains("0 rows") && empty.err.contains("no entry of the inventory is on the list"))
    #expect(try Self.objects(try open()).first?["note"] as? String != nil)
    // Named leaves are listed also when nothing was observed in them.
    #expect(Self.leaves(try rows(["--leaves", "0-2"])) == [0, 1, 2])
    #expect(Self.leaves(try rows(["--leaves", "2,0", "--leaves", "0-1"])) == [0, 1, 2])
    #expect(
      Self.leaves(try rows(["--leaves", "0-2", "--class", "finger.template"])) == all.filter { $0 <= 2 })
    for wrong in ["99", "0-99", "-1", "x", "3-1", "1-2-3", "1,,2", "18446744073709551616"] {
      let run = try notify(["--leaves=" + wrong])
      #expect(run.status == 2 && run.err.contains("notify.leaves"), "\(wrong): \(run.err)")
    }
    #expect(try notify(["--class", "no.class"]).status == 2)
    #expect(!FileManager.default.fileExists(atPath: folder.path("list.cms")))
  }

  @Test func spreadsheetsFindNoFormula() throws {
    try examined()
    try #require(try notify(["--format", "csv"]).status == 0)
    let records = String(decoding: try open(), as: UTF8.self).components(separatedBy: "\r\n")
    #expect(records.count == 7 && records.last == "")
    #expect(records[0].hasPrefix("\"{\"\"schema\"\":\"\"custody.notify.v1\"\""))
    #expect(records[1].hasPrefix("leaf,path,pathB64,container,size,sha256,"))
    for record in records.dropFirst(2).dropLast() {
      let fields = record.split(separator: ",", omittingEmptySubsequences: false)
      #expect(!fields.contains { "=+-@".contains($0.first ?? " ") || $0.hasPrefix("\"=") }, "\(record)")
    }
  }

  @Test func aPackageIsHeldToItsStatement() throws {
    try certificate("agency")
    let scan = try custody.run(["scan", "usb.tar", "--report", "evidence", "-o", "json=report.json"] + Self.asOf)
    try #require(scan.status == 1, "\(scan.err)")
    let good = try notify([], of: "evidence")
    #expect(good.status == 0, "\(good.err)")
    let list = try Self.objects(try open())
    #expect(list.first?["asOf"] as? String == "2019-06-01T00:00:00Z")
    // The list's items add up to the report's.
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(try folder.read("report.json"))) as? [String: Any])
    let exposure = try #require(report["exposure"] as? [[String: Any]])
    for line in exposure {
      let told = list.dropFirst().flatMap { $0["classes"] as? [[String: Any]] ?? [] }
        .filter { $0["dataClass"] as? String == line["dataClass"] as? String }
      #expect(told.compactMap { $0["items"] as? Int }.reduce(0, +) == line["items"] as? Int)
    }
    #expect(!exposure.isEmpty)
    // One line less, every other one as it was.
    let inventory = try folder.read("evidence/inventory.jsonl")
    let lines = inventory.split(separator: 0x0A)
    try folder.write("evidence/inventory.jsonl", Array(lines.dropLast().joined(separator: [0x0A])) + [0x0A])
    let bad = try notify([], of: "evidence")
    #expect(bad.status == 2 && bad.err.contains("inventory.record"), "\(bad.err)")
    #expect(!FileManager.default.fileExists(atPath: folder.path("list.cms")))
    try FileManager.default.removeItem(atPath: folder.path("evidence/findings.intoto.json"))
    #expect(try notify([], of: "evidence").err.contains("package.missing"))
  }

  @Test func certificatesThatAreRefused() throws {
    try examined()
    try certificate("signs", ["-addext", "keyUsage=critical,digitalSignature"])
    // Its last day was yesterday.
    try certificate("old")
    for step in [
      ["req", "-new", "-key", "old.key.pem", "-subj", "/CN=old", "-out", "old.csr"],
      ["x509", "-req", "-in", "old.csr", "-signkey", "old.key.pem", "-days", "-1", "-out", "old.pem"],
    ] { try #require(try openssl.run(step).status == 0) }
    try folder.write("garbage.pem", "-----BEGIN CERTIFICATE-----\nnot base64\n-----END CERTIFICATE-----\n".utf8)
    let cases = [
      ("signs.pem", "certificate.usage"), ("old.pem", "certificate.validity"), ("garbage.pem", "certificate.format"),
      ("agency.key.pem", "certificate.private"), ("usb.tar", "certificate.format"), ("none.pem", "file.unreadable"),
      ("agency.pem", "notify.recipients"),
    ]
    for (name, code) in cases {
      let run = try notify([], as: ["agency.pem", name])
      #expect(run.status == 2 && run.err.contains("[\(code)]"), "\(name): \(run.err)")
      #expect(!FileManager.default.fileExists(atPath: folder.path("list.cms")))
    }
    #expect(try notify([], as: []).status == 2)
    let allowed = try notify(["--allow-expired"], as: ["old.pem"])
    #expect(allowed.status == 0 && allowed.err.contains("1 of them outside the validity"), "\(allowed.err)")
    #expect(try Self.objects(try open(as: "old")).count == 5)
  }
}
