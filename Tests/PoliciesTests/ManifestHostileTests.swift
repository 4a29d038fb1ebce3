import CustodyCore
import Foundation
import TestSupport
import Testing

@testable import Policies

/// Manifests from parties who want them misread, and from the real tools.
@Suite struct ManifestHostileTests {
  static let a = ManifestTests.a
  static let line = "\(a)  one\n"

  static func dfxml(_ inside: String, prologue: String = "") -> String {
    "<?xml version='1.0'?>\(prologue)<dfxml>\(inside)</dfxml>"
  }

  static let deep = String(repeating: "<a>", count: 70) + String(repeating: "</a>", count: 70)
  static let laughs =
    "<!DOCTYPE dfxml [<!ENTITY a \"ha\">"
    + (1..<10).map { _ in "<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">" }.joined() + "]>"

  static let documents: [(name: String, text: String, code: String)] = [
    ("billion laughs", dfxml("&b;", prologue: laughs), "document-type"),
    (
      "external entity", dfxml("&x;", prologue: "<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"),
      "document-type"
    ),
    ("document type alone", dfxml("", prologue: "<!DOCTYPE dfxml>"), "document-type"),
    ("undeclared entity", dfxml("&b;"), "entity"),
    ("entity in a value", dfxml("<fileobject><hashdigest type='&x;'/></fileobject>"), "entity"),
    ("unended entity", dfxml("&amp"), "entity"),
    ("NUL by number", dfxml("&#0;"), "entity"),
    ("surrogate by number", dfxml("&#xD800;"), "entity"),
    ("huge number", dfxml("&#99999999;"), "entity"),
    ("deep", dfxml(deep), "too-deep"),
    ("unclosed", "<dfxml><fileobject>", "truncated"),
    ("cut in a tag", "<dfxml><fileobject", "xml"),
    ("cut in a comment", "<dfxml><!-- ", "xml"),
    ("cut in CDATA", "<dfxml><![CDATA[ ", "xml"),
    ("crossed tags", "<dfxml><a><b></a></b></dfxml>", "xml"),
    ("two roots", "<dfxml/><dfxml/>", "xml"),
    ("attribute twice", "<dfxml a='1' a='2'/>", "xml"),
    ("no quotes", "<dfxml a=1/>", "xml"),
    ("no space", "<dfxml a='1'b='2'/>", "xml"),
    ("unknown prefix", "<dfxml><x:y/></dfxml>", "xml"),
    ("control character", dfxml("\u{1}"), "xml"),
    ("many attributes", "<dfxml " + (0..<70).map { "a\($0)='' " }.joined() + "/>", "xml"),
    (
      "many name spaces",
      dfxml((0..<300).map { "<a xmlns:p\($0)='u\($0)'/>" }.joined()), "xml"
    ),
    ("endless tag", "<dfxml a='" + String(repeating: "x", count: 70_000) + "'/>", "xml"),
    ("endless name", dfxml("<fileobject><filename>" + String(repeating: "x", count: 70_000)), "long-line"),
    ("long inode", dfxml("<fileobject><inode>" + String(repeating: "1", count: 41) + "</inode>"), "long-line"),
    ("many names", dfxml("<fileobject>" + String(repeating: "<filename/>", count: 65)), "too-many"),
    ("Latin-1 declared", "<?xml version='1.0' encoding='ISO-8859-1'?><dfxml/>", "encoding"),
  ]

  @Test(arguments: documents.indices) func hostileDocumentsAreRefused(_ i: Int) {
    let (name, text, code) = Self.documents[i]
    let complaints = ManifestMake.complaints(Array(text.utf8), form: .dfxml)
    #expect(complaints.map(\.code) == ["manifest." + code], "\(name): \(complaints.map(\.description))")
  }

  @Test func bytesThatAreNoTextAreRefused() {
    let cases: [(String, [UInt8], String)] = [
      ("NUL", Array("\(Self.line)\(Self.a)  t\u{0}wo\n".utf8), "manifest.not-text@list:2"),
      ("NUL line ends", Array("\(Self.a)  one\u{0}\(Self.a)  two\u{0}".utf8), "manifest.not-text@list:1"),
      ("UTF-16", [0xFF, 0xFE] + Self.line.utf8.flatMap { [$0, 0] }, "manifest.not-text@list:1"),
      ("DFXML not UTF-8", Array("<dfxml>".utf8) + [0xE9] + Array("</dfxml>".utf8), "manifest.encoding@list"),
    ]
    for (name, bytes, said) in cases {
      #expect(
        ManifestMake.complaints(bytes).map { "\($0.code)@\($0.location ?? "")" } == [said], Comment(rawValue: name))
    }
  }

  @Test func namesNeedNotBeUTF8() throws {
    let bytes = Array("\(Self.a)  ".utf8) + [0xE9, 0xFF, 0x0A]
    #expect(try HashManifest.read(bytes, name: "list").digests == [Self.a])
  }

  @Test func sizesAreBounded() throws {
    let long = Self.line + "\(Self.a)  " + String(repeating: "x", count: 10_000_000) + "\n" + Self.line
    #expect(ManifestMake.complaints(Array(long.utf8)).map(\.location) == ["list:2"])
    #expect(ManifestMake.complaints(Array(long.utf8)).map(\.code) == ["manifest.long-line"])
    let edge = "\(Self.a)  " + String(repeating: "x", count: ManifestLimits.standard.line - 66)
    #expect(ManifestMake.complaints(Array(edge.utf8)).isEmpty)
    #expect(ManifestMake.complaints(Array((edge + "x").utf8)).map(\.code) == ["manifest.long-line"])
    let large = [UInt8](repeating: 0x0A, count: ManifestLimits.standard.bytes + 1)
    #expect(ManifestMake.complaints(large).map(\.code) == ["manifest.too-large"])
    let three = Array((0..<3).map { "\(Make.digest(UInt64($0)))\n" }.joined().utf8)
    #expect(ManifestMake.complaints(three, limits: ManifestLimits(digests: 3)).isEmpty)
    let names = "<filename>a</filename><filename>b</filename><hashdigest type='sha256'>\(Self.a)</hashdigest>"
    let linked = Array(Self.dfxml("<fileobject>\(names)</fileobject>").utf8)
    #expect(ManifestMake.complaints(linked, limits: ManifestLimits(digests: 2)).isEmpty)
    #expect(ManifestMake.complaints(linked, limits: ManifestLimits(digests: 1)).map(\.code) == ["manifest.too-many"])
    let many = ManifestMake.complaints(three, limits: ManifestLimits(digests: 2))
    #expect(many.map(\.code) == ["manifest.too-many"] && many.first?.location == "list:3")
  }

  @Test func complaintsAreBounded() {
    let text = Self.line + String(repeating: "garbage\n", count: 5000)
    let complaints = ManifestMake.complaints(Array(text.utf8))
    #expect(complaints.count == 50 && complaints.last?.location == "list:51")
  }

  @Test func digestsThatBeginAlikeCostNoMoreThanOthers() throws {
    // Whoever writes the list chooses the digests: a hash table that looks at their beginning alone would be slow.
    let prefix = String(repeating: "0", count: 48)
    let text = (0..<40_000).map { prefix + Hex.encode(withUnsafeBytes(of: UInt64($0).bigEndian) { Array($0) }) + "\n" }
    let start = ContinuousClock.now
    #expect(try ManifestMake.read(text.joined()).digests.count == 40_000)
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test func cutListsAreRefusedOrGiveFewerDigestsNeverOthers() throws {
    let items = (0..<4).map { ManifestMake.Item(name: Array("n\($0)".utf8), digest: Make.digest(UInt64($0))) }
    for form in HashManifest.Form.allCases {
      let bytes = ManifestMake.write(items, form, variant: 0)
      for end in 0..<bytes.count {
        guard let manifest = try? HashManifest.read(Array(bytes[..<end]), name: "cut", form: form) else { continue }
        #expect(manifest.digests.isSubset(of: items.map(\.digest)), "\(form) cut at \(end)")
        // Only DFXML says where it ends.
        #expect(form != .dfxml || end == bytes.count - 1)
      }
    }
  }

  @Test func mutationsNeverCrashAndNeverInvent() throws {
    var random = SeededGenerator(state: 4231)
    let items = (0..<3).map { ManifestMake.Item(name: Array("n\\\($0)%".utf8), digest: Make.digest(UInt64($0))) }
    var accepted = 0
    for round in 0..<3000 {
      let form = HashManifest.Form.allCases[round % HashManifest.Form.allCases.count]
      var bytes = ManifestMake.write(items, form, variant: round / 6 % 2)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let at = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: at)
        default: bytes.insert(contentsOf: Array("<&;\"/\n%,\\ ".utf8).shuffled(using: &random).prefix(2), at: at)
        }
      }
      let told: HashManifest.Form? = round % 4 == 0 ? nil : form
      if let manifest = try? HashManifest.read(bytes, name: "m", form: told) {
        accepted += 1
        #expect(manifest.digests.count <= 3)
      } else {
        let complaints = ManifestMake.complaints(bytes, form: told)
        #expect(!complaints.isEmpty && complaints.allSatisfy { $0.code.hasPrefix("manifest.") })
      }
    }
    #expect(accepted > 30 && accepted < 2900, "\(accepted) of 3000 accepted: the mutations test too little")
  }

  /// Files with awkward names, and their digests by the reference SHA-256 of the tests.
  private static func files(in folder: TemporaryFolder, _ names: [String]) throws -> Set<Digest> {
    var digests: Set<Digest> = []
    for (i, name) in names.enumerated() {
      let content = Array("content \(i)".utf8)
      try folder.write(name, content)
      digests.insert(try #require(Digest(PlainSHA256.hash(content))))
    }
    return digests
  }

  private static func tool(_ name: String) -> URL? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { URL(fileURLWithPath: "\($0)/\(name)") }.first {
      FileManager.default.isExecutableFile(atPath: $0.path)
    }
  }

  @Test(arguments: [[], ["--binary"], ["--tag"]]) func outputOfSha256sumIsRead(_ options: [String]) throws {
    let program = try #require(Self.tool("sha256sum"), "sha256sum is part of every Linux system")
    let folder = try TemporaryFolder()
    let names = ["plain", "two words", "back\\slash", "line\nbreak", "carriage\rreturn", "é漢😀", "100%", "(a) = b"]
    let digests = try Self.files(in: folder, names)
    let result = try CommandLineTool(executable: program, in: folder.url).run(options + names)
    try #require(result.status == 0)
    let manifest = try HashManifest.read(result.out, name: "SHA256SUMS")
    #expect(manifest == HashManifest(form: .sha256sum, digests: digests, skipped: [:]))
    let zero = try CommandLineTool(executable: program, in: folder.url).run(options + ["--zero"] + names)
    #expect(ManifestMake.complaints(zero.out).map(\.code) == ["manifest.not-text"])
  }

  @Test(.enabled(if: tool("hashdeep") != nil, "hashdeep is not installed: its real output was not read"))
  func outputOfHashdeepIsRead() throws {
    let program = try #require(Self.tool("hashdeep"))
    let folder = try TemporaryFolder()
    let names = ["plain", "two words, and more", "back\\slash", "é漢😀", "<&>\"'"]
    let digests = try Self.files(in: folder, names)
    let tool = CommandLineTool(executable: program, in: folder.url)
    for (options, form) in [
      (["-l"], HashManifest.Form.hashdeep), (["-c", "sha1,sha256"], .hashdeep), (["-d"], .dfxml),
    ] {
      let result = try tool.run(options + names)
      try #require(result.status == 0)
      #expect(try HashManifest.read(result.out, name: "h") == HashManifest(form: form, digests: digests, skipped: [:]))
    }
    let pieces = try tool.run(["-p", "4"] + names)
    #expect(ManifestMake.complaints(pieces.out).map(\.code) == ["manifest.empty"])
    let md5 = try tool.run(["-c", "md5"] + names)
    #expect(ManifestMake.complaints(md5.out).map(\.code) == ["manifest.no-sha256"])
    try folder.write("line\nbreak", [1])
    let broken = try tool.run(["line\nbreak"])
    #expect(Set(ManifestMake.complaints(broken.out).map(\.code)) == ["manifest.bad-line"])
  }

  /// RFC 4231, sections 4.2 to 4.8 (4.6 is about a shortened value).
  static let vectors: [(key: [UInt8], message: [UInt8], value: String)] = [
    (
      [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8),
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
    ),
    (
      Array(1...25), [UInt8](repeating: 0xCD, count: 50),
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
    ),
    (
      [UInt8](repeating: 0xAA, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
    (
      [UInt8](repeating: 0xAA, count: 131),
      Array(
        ("This is a test using a larger than block-size key and a larger than block-size data. The key needs to be "
          + "hashed before being used by the HMAC algorithm.").utf8),
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
    ),
  ]

  @Test(arguments: vectors.indices) func keyedHashesAgreeWithRFC4231(_ i: Int) {
    let (key, message, value) = Self.vectors[i]
    let found = KeyedHashes.hmacSHA256(key: key, message: message, sha256: { PlainSHA256.hash($0) })
    #expect(Hex.encode(found) == value)
  }

  @Test func testHashIsSHA256() {
    // FIPS 180-4 examples: "abc", and the empty message.
    #expect(
      Hex.encode(PlainSHA256.hash(Array("abc".utf8)))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      Hex.encode(PlainSHA256.hash([])) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }
}
