import CustodyCore
import Foundation
import TestSupport

@testable import Detection

/// One way in which content lies in a snapshot.
struct RecallForm: Sendable {
  var name: String
  /// What a reader of the table should know.
  var meaning: String
  /// The member of the snapshot that holds the content.
  var wrap: @Sendable (_ content: [UInt8]) -> (suffix: String, bytes: [UInt8])

  /// True where a detector of containers examines the content and speaks for the others.
  var isPutTogether: Bool { ["pdf", "sqlite", "access"].contains(name) }

  init(_ name: String, _ meaning: String, wrap: @escaping @Sendable ([UInt8]) -> (suffix: String, bytes: [UInt8])) {
    self.name = name
    self.meaning = meaning
    self.wrap = wrap
  }

  /// One image of a disk that holds all contents, by file name; nil when the tools that make it are missing.
  var image: (@Sendable (_ files: [String: [UInt8]]) throws -> [UInt8]?)?

  init(
    _ name: String, _ meaning: String, image: @escaping @Sendable (_ files: [String: [UInt8]]) throws -> [UInt8]?
  ) {
    self.init(name, meaning) { ("", $0) }
    self.image = image
  }

  static let all: [RecallForm] = [
    RecallForm("plain", "a file of its own, with a name that says nothing") { (".bin", $0) },
    RecallForm("renamed", "the same under the name of a text file") { (".txt", $0) },
    RecallForm("nested", "in a tar.gz in a zip") { content in
      let inner = ArchiveBuilder.archive("pax", [BuiltMember("x", content)], filters: ["gzip"])
      return (".zip", HandBuilt.zip([HandBuilt.ZipMember("inner.tgz", inner)]))
    },
    RecallForm("pptx", "as a medium of an Office document (OOXML)") { content in
      let types = Array("<?xml version=\"1.0\"?><Types xmlns=\"urn:types\"/>".utf8)
      return (
        ".pptx",
        HandBuilt.zip([
          HandBuilt.ZipMember("[Content_Types].xml", types), HandBuilt.ZipMember("ppt/media/image1.bin", content),
        ])
      )
    },
    RecallForm("pdf", "in a Flate stream of a PDF") { content in
      let packed = deflated(content)
      let head = "%PDF-1.5\n1 0 obj\n<</Type /EmbeddedFile /Length \(packed.count) /Filter /FlateDecode>>\nstream\n"
      let end = "\nendstream\nendobj\ntrailer\n<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
      return (".pdf", Array(head.utf8) + packed + Array(end.utf8))
    },
    RecallForm("base64", "as lines of base64 below a line of text") { content in
      (".txt", Array("see below\n\n\(lines(Base64.encode(content)))\n\nend\n".utf8))
    },
    RecallForm("mbox", "attached to a message in a mailbox") { content in
      let head = """
        From a@example.org Thu Nov  1 00:00:00 2018
        From: a@example.org
        Subject: files
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="b"

        --b
        Content-Type: text/plain

        as discussed
        --b
        Content-Type: application/octet-stream; name="x"
        Content-Transfer-Encoding: base64
        Content-Disposition: attachment; filename="x"


        """
      return (".mbox", Array((head + lines(Base64.encode(content)) + "\n--b--\n\n").utf8))
    },
    RecallForm("sql", "as a hexadecimal literal of a dump") { content in
      let digits = content.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
      return (".sql", Array("INSERT INTO files (id, data) VALUES (1, 0x\(digits));\n".utf8))
    },
    RecallForm("mysql", "as a value of a dump that MySQL wrote as it does unless told otherwise") { content in
      let before = Array("INSERT INTO `files` VALUES (1,_binary '".utf8)
      return (".sql", before + EscapedBytes.mysql(content) + Array("',NULL);\n".utf8))
    },
    RecallForm("copy", "as a field of a dump of PostgreSQL, in octal escapes") { content in
      let before = Array("COPY files (id, data) FROM stdin;\n1\t".utf8)
      return (".sql", before + EscapedBytes.copy(content) + Array("\n\\.\n".utf8))
    },
    RecallForm("json", "as a string of JSON, a letter for every byte") { content in
      (".json", Array("{\"id\": 1, \"data\": \"".utf8) + EscapedBytes.json(content) + Array("\"}\n".utf8))
    },
    RecallForm("sqlite", "as a blob of a SQLite database") { content in
      (
        ".db",
        SQLiteExample.database([
          SQLiteExample.Table("files", "name TEXT, data BLOB", [[.text(Array("x".utf8)), .blob(content)]])
        ])
      )
    },
    RecallForm("access", "as an OLE value of an Access database") { content in
      (
        ".mdb",
        JetExample.database([
          JetExample.Table("Files", [.long("ID"), .ole("Body")], [[.integer(1), .bytes(content)]])
        ])
      )
    },
    RecallForm("ext4", "as a file of an ext4 file system") { (files: [String: [UInt8]]) in
      try DiskImages().ext("ext4", files, size: 32 << 20)
    },
    RecallForm("ntfs", "as a file of an NTFS file system") { (files: [String: [UInt8]]) in
      try DiskImages().ntfs(files, size: 32 << 20)
    },
    RecallForm("carved", "at an odd offset inside bytes that say nothing") { content in
      var random = SeededGenerator(seed: UInt64(content.count))
      func noise(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) | 0x80 } }
      return (".dat", noise(5_001) + content + noise(3_000))
    },
  ]

  private static func lines(_ text: String) -> String {
    let characters = Array(text.utf8)
    return stride(from: 0, to: characters.count, by: 76).map {
      String(decoding: characters[$0..<min($0 + 76, characters.count)], as: UTF8.self)
    }.joined(separator: "\n")
  }

  /// A zlib stream (RFC 1950) made of the deflate data of a gzip member without name.
  private static func deflated(_ content: [UInt8]) -> [UInt8] {
    let gzip = ArchiveBuilder.filtered(content, "gzip")
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in content {
      a = (a + UInt32(byte)) % 65521
      b = (b + a) % 65521
    }
    let sum = b << 16 | a
    return [0x78, 0x9C] + gzip.dropFirst(10).dropLast(8)
      + (0..<4).map { UInt8(truncatingIfNeeded: sum >> (24 - 8 * $0)) }
  }
}
