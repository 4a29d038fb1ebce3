import CustodyCore
import Foundation
import TestSupport
import Testing

@testable import Policies

/// Manifests of digests: every form is read whole or refused where it is wrong.
@Suite struct ManifestTests {
  static let a = Make.digest(1)
  static let b = Make.digest(2)
  static let hashdeep = "%%%% HASHDEEP-1.0\n%%%% size,md5,sha256,filename\n## Invoked from: /x\n## \n"
  static let md5 = "d41d8cd98f00b204e9800998ecf8427e"

  static func object(_ inside: String) -> String { "<fileobject>\(inside)</fileobject>" }
  static func sum(_ digest: Digest, _ attributes: String = "type='sha256'") -> String {
    "<hashdigest \(attributes)>\(digest)</hashdigest>"
  }

  struct Accepted: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    var form: HashManifest.Form
    var digests: Set<Digest> = [a, b]
    var skipped: [String: Int] = [:]
    var told: HashManifest.Form?
    var testDescription: String { name }
  }

  static let accepted: [Accepted] = [
    Accepted(name: "text and binary", text: "\(a)  one\n\(b) *two\n", form: .sha256sum),
    Accepted(name: "no last line end", text: "\(a)  one\n\(b)  two", form: .sha256sum),
    Accepted(
      name: "CR LF, comments, blank lines", text: "# x\r\n\r\n\(a)  one\r\n \t\r\n\(b)  two\r\n", form: .sha256sum),
    Accepted(name: "byte order mark", text: "\u{FEFF}\(a)  one\n\(b)  two\n", form: .sha256sum),
    Accepted(name: "escaped", text: "\\\(a)  o\\nn\\\\e\\r\n\(b)  two\n", form: .sha256sum),
    Accepted(name: "tags", text: "SHA256 (one) = \(a)\nSHA2-256(t) = (wo)= \(b)\n", form: .sha256sum),
    Accepted(name: "escaped tag", text: "\\SHA256 (o\\nne) = \(a)\n\(b)  two\n", form: .sha256sum),
    Accepted(
      name: "other algorithms named by tags", text: "MD5 (one) = \(md5)\nSHA256 (one) = \(a)\nBLAKE2b-256 (x) = \(b)\n",
      form: .sha256sum, digests: [a], skipped: ["other-algorithm": 2]),
    Accepted(name: "BSD reversed", text: "\(a) one\n\(b) two\n", form: .sha256sum),
    Accepted(
      name: "capital digits", text: "\(a.description.uppercased())  one\n\(b)  two\n", form: .sha256sum),
    Accepted(name: "the same file twice", text: "\(a)  one\n\(b)  two\n\(a) *one\n", form: .sha256sum),
    Accepted(name: "one content, two names", text: "\(a)  one\n\(a)  two\n", form: .sha256sum, digests: [a]),
    Accepted(name: "bag", text: "\(a)  data/one\n\(b)\t data/100%25%0A\n", form: .bagit),
    Accepted(name: "bag with asterisks", text: "\(a) *data/one\n\(b) *data/two\n", form: .bagit),
    Accepted(name: "not a bag: one path", text: "\(a)  data/one\n\(b)  other\n", form: .sha256sum),
    Accepted(name: "not a bag: percent sign", text: "\(a)  data/one\n\(b)  data/100%\n", form: .sha256sum),
    Accepted(name: "tag manifest, told", text: "\(a)  bagit.txt\n\(b) bag-info.txt\n", form: .bagit, told: .bagit),
    Accepted(
      name: "hashdeep", text: hashdeep + "1,\(md5),\(a),one, with, commas\n2,\(md5),\(b),two\n", form: .hashdeep),
    Accepted(
      name: "hashdeep, other columns", text: "%%%% HASHDEEP-1.0\n%%%% size,sha256,filename\n1,\(a),one\n2,\(b),two\n",
      form: .hashdeep),
    Accepted(
      name: "hashdeep pieces",
      text: hashdeep + "512,\(md5),\(a),one offset 512-1023\n9,\(md5),\(b),two offset 512-1023\n",
      form: .hashdeep, digests: [b], skipped: ["piecewise": 1]),
    Accepted(
      name: "DFXML",
      text: "<?xml version='1.0'?><!-- x --><dfxml>"
        + object("<filename>one</filename><filesize>1</filesize>" + sum(a, "type=\"SHA256\" base='16'"))
        + object("<filename/><hashdigest type='sha256'>\n\t<![CDATA[\(b)]]> </hashdigest>") + "</dfxml>\n",
      form: .dfxml),
    Accepted(
      name: "DFXML name spaces",
      text: "<d:dfxml xmlns:d='urn:d' xmlns='urn:other'><d:fileobject><d:hashdigest type='sha-256'>\(a)</d:hashdigest>"
        + "<hashdigest type='sha256'>\(b)</hashdigest><x xmlns='urn:d'><hashdigest type='sha256'>\(b)</hashdigest></x>"
        + "</d:fileobject></d:dfxml>", form: .dfxml, digests: [a]),
    Accepted(
      name: "DFXML pieces and reasons",
      text: "<dfxml>"
        + object("<byte_runs><byte_run>" + sum(b) + "</byte_run></byte_runs>" + sum(a))
        + object("<name_type>d</name_type>") + object("<filename>x</filename>")
        + object("<hashdigest type='md5'>\(md5)</hashdigest>") + "</dfxml>",
      form: .dfxml, digests: [a], skipped: ["directory": 1, "no-digest": 1, "other-algorithm": 1]),
    Accepted(
      name: "DFXML, one name in two volumes",
      text: "<dfxml><volume>" + object("<filename>x</filename>" + sum(a)) + "</volume><volume>"
        + object("<filename>x</filename>" + sum(b)) + "</volume></dfxml>", form: .dfxml),
    Accepted(
      name: "DFXML, one name, two inodes",
      text: "<dfxml>" + object("<filename>x</filename><inode>1</inode>" + sum(a))
        + object("<filename>x</filename><inode>2</inode>" + sum(b)) + "</dfxml>", form: .dfxml),
    Accepted(name: "plain", text: "# mine\n\(a)\n\n\(b) \r\n\(a)\n", form: .plain),
    Accepted(name: "keyed", text: "\(a)\n\(b)\n", form: .hmac, told: .hmac),
  ]

  @Test(arguments: accepted) func isAccepted(_ sample: Accepted) throws {
    let manifest = try ManifestMake.read(sample.text, form: sample.told)
    #expect(manifest.form == sample.form)
    #expect(manifest.digests == sample.digests)
    #expect(manifest.skipped == sample.skipped)
  }

  struct Refused: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    /// `code@location`
    var said: [String]
    var file = "list"
    var told: HashManifest.Form?
    var testDescription: String { name }
  }

  static let refused: [Refused] = [
    Refused(name: "nothing", text: "", said: ["empty@list"]),
    Refused(name: "comments only", text: "# a\n\n", said: ["empty@list"]),
    Refused(name: "prose", text: "Dear sir\n\(a)  one\n", said: ["unrecognized@list:1"]),
    Refused(name: "one bad line", text: "\(a)  one\nxyz\n\(b)  two\n", said: ["bad-line@list:2"]),
    Refused(name: "cut digest", text: "\(a)  one\n\(b.description.prefix(40))", said: ["bad-line@list:2"]),
    Refused(name: "long digest", text: "\(a)  one\n\(b)0  two\n", said: ["bad-line@list:2"]),
    Refused(name: "no name", text: "\(a)  one\n\(b)\n\(b)  \n", said: ["bad-line@list:2", "bad-line@list:3"]),
    Refused(name: "bad escape", text: "\\\(a)  o\\tne\n\\\(b)  x\\\n", said: ["bad-line@list:1", "bad-line@list:2"]),
    Refused(name: "cut tag", text: "SHA256 (one) = \(a)\nSHA256 (two) = 12\n", said: ["bad-line@list:2"]),
    Refused(name: "unknown tag", text: "\(a)  one\nFOO (two) = \(b)\n", said: ["bad-line@list:2"]),
    Refused(name: "conflict", text: "\(a)  one\n\(a)  x\n\(b) *one\n", said: ["conflict@list:3"]),
    Refused(name: "conflict of spellings", text: "\\\(a)  o\\\\ne\n\(b)  o\\ne\n", said: ["conflict@list:2"]),
    Refused(
      name: "conflict in a bag", text: "\(a)  data/%0A\n\(b)  data/%0a\n", said: ["conflict@list:2"]),
    Refused(name: "MD5 list", text: "\(md5)  one\n\(md5)  two\n", said: ["no-sha256@list:1"]),
    Refused(name: "MD5 digests alone", text: "\(md5)\n", said: ["no-sha256@list:1"]),
    Refused(name: "tags of MD5", text: "MD5 (one) = \(md5)\n", said: ["no-sha256@list"]),
    Refused(
      name: "bag of MD5", text: "\(md5)  data/one\n", said: ["no-sha256@b/manifest-md5.txt"],
      file: "b/manifest-md5.txt"),
    Refused(
      name: "bag of SHA-512", text: "\(a)\(b)  data/one\n", said: ["no-sha256@list:1"]),
    Refused(
      name: "bag of SHA3-256", text: "\(a)  data/one\n", said: ["no-sha256@manifest-sha3256.txt"],
      file: "manifest-sha3256.txt"),
    Refused(name: "bag path, told", text: "\(a)  data/1%2\n", said: ["bad-line@list:1"], told: .bagit),
    Refused(
      name: "hashdeep without SHA-256", text: "%%%% HASHDEEP-1.0\n%%%% size,md5,filename\n1,\(md5),x\n",
      said: ["no-sha256@list:2"]),
    Refused(
      name: "hashdeep columns", text: "%%%% HASHDEEP-1.0\n%%%% size,sha256,crc,filename\n", said: ["bad-header@list:2"]),
    Refused(name: "hashdeep version", text: "%%%% HASHDEEP-2.0\n", said: ["bad-header@list:1"]),
    Refused(name: "hashdeep header alone", text: "%%%% HASHDEEP-1.0\n", said: ["bad-header@list:1"]),
    Refused(name: "hashdeep, told", text: "\(a)  one\n", said: ["bad-header@list:1"], told: .hashdeep),
    Refused(
      name: "hashdeep lines",
      text: hashdeep + "1,\(md5),\(a),one\nrest of a name\n2,\(md5),\(b)\nx,\(md5),\(b),two\n,,,\n",
      said: ["bad-line@list:6", "bad-line@list:7", "bad-line@list:8", "bad-line@list:9"]),
    Refused(name: "plain with names", text: "\(a)\n\(b)  two\n", said: ["bad-line@list:2"]),
    Refused(name: "plain cut", text: "\(a)\n\(b.description.dropLast())", said: ["bad-line@list:2"]),
    Refused(name: "keyed with names", text: "\(a)  one\n", said: ["bad-line@list:1"], told: .hmac),
    Refused(
      name: "mixed: sums then hashdeep", text: "\(a)  one\n\(hashdeep)", said: ["bad-line@list:2", "bad-line@list:3"]),
    Refused(name: "mixed: sums then XML", text: "\(a)  one\n<dfxml/>\n", said: ["bad-line@list:2"]),
    Refused(name: "mixed: XML then sums", text: "<dfxml>\(object(sum(a)))</dfxml>\n\(b)  one\n", said: ["xml@list:2"]),
    Refused(name: "other XML", text: "\n<html/>", said: ["unrecognized@list:2"]),
    Refused(name: "DFXML without files", text: "<dfxml/>", said: ["empty@list"]),
    Refused(
      name: "DFXML digests",
      text: "<dfxml>\n\(object("<hashdigest type='sha256'>12</hashdigest>"))\n\(object(sum(a)))</dfxml>",
      said: ["bad-digest@list:2"]),
    Refused(
      name: "DFXML base64", text: "<dfxml>\(object(sum(a, "type='sha256' coding='base64'")))</dfxml>",
      said: ["bad-digest@list:1"]),
    Refused(
      name: "DFXML conflict",
      text:
        "<dfxml>\n\(object("<filename>x</filename>" + sum(a)))\n\(object("<filename>&#120;</filename>" + sum(b)))</dfxml>",
      said: ["conflict@list:3"]),
    Refused(name: "DFXML, two digests", text: "<dfxml>\(object(sum(a) + sum(b)))</dfxml>", said: ["conflict@list:1"]),
    Refused(
      name: "DFXML in itself", text: "<dfxml>\(object(sum(a) + object(sum(b))))</dfxml>", said: ["xml@list:1"]),
    Refused(
      name: "mark-up in a name", text: "<dfxml xmlns:x='u'>\(object("<filename>a<x:b/></filename>"))</dfxml>",
      said: ["xml@list:1"]),
  ]

  @Test(arguments: refused) func isRefused(_ sample: Refused) {
    let complaints = ManifestMake.complaints(Array(sample.text.utf8), name: sample.file, form: sample.told)
    #expect(complaints.map { "\($0.code)@\($0.location ?? "")" } == sample.said.map { "manifest." + $0 })
  }

  @Test func bagsAreToldWhatIsNeeded() {
    let complaints = ManifestMake.complaints(Array("\(Self.md5)  data/x\n".utf8))
    #expect(complaints.first?.hint?.contains("manifest-sha256.txt") ?? false)
    #expect(complaints.first?.message.contains("MD5") ?? false)
  }

  @Test func namesStayOutOfMessages() {
    let text = "\(Self.a)  secret-name\n\(Self.b)  secret-name\n\\\(Self.b)  secret-name\\q\nsecret-name\n"
    let complaints = ManifestMake.complaints(Array(text.utf8))
    #expect(complaints.count == 3)
    #expect(!Complaints(complaints).description.contains("secret"))
  }

  @Test func writtenListsReadBack() throws {
    var random = SeededGenerator(state: 14)
    let letters = Array("ab ,.()=*#%&<>'\"\\\n\r\té漢😀;".unicodeScalars)
    for round in 0..<40 {
      let items = (0..<Int.random(in: 1...30, using: &random)).map { n -> ManifestMake.Item in
        let length = Int.random(in: 0...12, using: &random)
        let name = (0..<length).map { _ in String(Character(letters.randomElement(using: &random) ?? "a")) }.joined()
        return ManifestMake.Item(
          name: Array("f\(n)\(name)e".utf8), digest: Make.digest(UInt64.random(in: 0...20, using: &random)))
      }
      for form in HashManifest.Form.allCases {
        let bytes = ManifestMake.write(items, form, variant: round % 2)
        let text = Comment(rawValue: "\(form) round \(round): " + String(decoding: bytes, as: UTF8.self))
        for told in form == .hmac ? [form] : [form, nil] {
          let complaints = ManifestMake.complaints(bytes, form: told)
          try #require(complaints.isEmpty, text)
          let manifest = try HashManifest.read(bytes, name: "list", form: told)
          #expect(manifest.digests == Set(items.map(\.digest)), text)
          #expect(manifest.form == form && manifest.skipped.isEmpty, text)
        }
        // The same names with another digest for the last one must be a contradiction in every form that has names.
        guard form != .plain, form != .hmac, let last = items.last else { continue }
        let twice = ManifestMake.write(
          items + [ManifestMake.Item(name: last.name, digest: Make.digest(99))], form, variant: round % 2)
        #expect(ManifestMake.complaints(twice, form: form).map(\.code) == ["manifest.conflict"], text)
      }
    }
  }
}
