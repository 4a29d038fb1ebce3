import CustodyCore
import Testing

@testable import Detection

/// One line per kind: bytes, expected media type, expected disposition.
@Suite struct IdentifierTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var kind: String
    var bytes: [UInt8]
    var disposition: Disposition
    var testDescription: String { kind }
    init(_ kind: String, _ bytes: [UInt8], _ disposition: Disposition) {
      self.kind = kind
      self.bytes = bytes
      self.disposition = disposition
    }
    init(_ kind: String, _ text: String, _ disposition: Disposition) { self.init(kind, Array(text.utf8), disposition) }
  }

  static func padded(_ head: [UInt8], at offset: Int = 0, to count: Int = 1024) -> [UInt8] {
    var out = [UInt8](repeating: 0, count: max(count, offset + head.count))
    out.replaceSubrange(offset..<(offset + head.count), with: head)
    return out
  }
  static func zip(_ names: [String], stored: [UInt8] = []) -> [UInt8] {
    names.flatMap { name -> [UInt8] in
      var out: [UInt8] = [0x50, 0x4B, 3, 4, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0]
      out += le32(0) + le32(stored.count) + le32(stored.count) + le16(name.utf8.count) + le16(0)
      return out + Array(name.utf8) + stored
    }
  }
  static let ole: [UInt8] =
    [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]
    + [UInt8](repeating: 0, count: 16) + [0x3E, 0, 3, 0, 0xFE, 0xFF, 9, 0]
  static func wide(_ text: String) -> [UInt8] { text.utf8.flatMap { [$0, 0] } }

  static let cases: [Case] = [
    // text
    Case("text/plain", "Hello, world.\n", .examined), Case("text/plain", "a", .examined),
    Case(
      "text/plain",
      Array("gr\u{FC}n".unicodeScalars.map { UInt8($0.value) })
        + Array(" und sch\u{F6}n".unicodeScalars.map { UInt8($0.value) }), .examined),
    Case("text/plain", [0xFF, 0xFE] + wide("Hello"), .partial),
    Case("text/plain", wide("Hello, this is wide text"), .partial),
    Case("application/json", "{\"a\": [1, true, null]}", .examined), Case("application/json", "[1, 2]", .examined),
    Case("text/plain", "[section]\nkey = value\n", .examined), Case("text/plain", "{not json}", .examined),
    Case("text/html", "<!DOCTYPE html><html></html>", .examined), Case("text/html", "\n<HTML><body>", .examined),
    Case("application/xml", "<?xml version=\"1.0\"?><a/>", .examined),
    Case("image/svg+xml", "<svg xmlns='x'></svg>", .examined),
    Case("application/rdf+xml", "<x:xmpmeta xmlns:x='adobe:ns:meta/'></x:xmpmeta>", .examined),
    Case("text/csv", "a,b,c\n1,2,3\n4,5,6\n", .examined), Case("text/csv", "a;b\n\"x;y\";2\n3;4\n", .examined),
    Case("text/tab-separated-values", "a\tb\n1\t2\n3\t4\n", .examined),
    Case("text/x-script", "#!/bin/sh\necho\n", .examined),
    Case("text/vcard", "BEGIN:VCARD\r\nEND:VCARD\r\n", .examined),
    Case("message/rfc822", "From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\n\r\nbody\r\n", .partial),
    Case(
      "application/mbox", "From a@example.org Thu Jan  1 00:00:00 1970\nFrom: a@example.org\nSubject: x\n\nbody\n",
      .partial),
    Case("application/x-pem-file", "-----BEGIN CERTIFICATE-----\nMIIB\n", .examined),
    // documents
    Case("application/pdf", "%PDF-1.7\n1 0 obj\n", .partial),
    Case("application/pdf", padded(Array("%PDF-1.4".utf8), at: 300), .partial),
    Case("application/x-pdf-encrypted", "%PDF-1.7\ntrailer << /Encrypt 5 0 R >>\n", .opaque),
    Case("application/pdf", "%PDF-1.7\n/EncryptMetadata false\n", .partial),
    Case("application/rtf", "{\\rtf1\\ansi}", .partial), Case("application/x-ole-storage", padded(ole), .partial),
    Case("application/x-ole-encrypted", padded(ole) + wide("EncryptedPackage"), .opaque),
    Case("application/vnd.ms-outlook", padded(ole) + wide("__substg1.0_0037001F"), .partial),
    Case("application/vnd.ms-outlook-pst", padded(Array("!BDN".utf8)), .partial),
    // archives
    Case("application/zip", zip(["a.txt"]), .partial), Case("application/gzip", [0x1F, 0x8B, 8, 0, 0, 0], .partial),
    Case(
      "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
      zip(["[Content_Types].xml", "word/document.xml"]), .partial),
    Case("application/epub+zip", zip(["mimetype"], stored: Array("application/epub+zip".utf8)), .partial),
    Case(
      "application/vnd.oasis.opendocument.text",
      zip(["mimetype"], stored: Array("application/vnd.oasis.opendocument.text".utf8)), .partial),
    Case("application/x-npz", zip(["arr_0.npy"]), .partial),
    Case("application/x-pytorch", zip(["model/data.pkl"]), .partial),
    Case("application/x-bzip2", "BZh9\u{31}AY&SY", .partial),
    Case("application/x-7z-compressed", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0, 4], .partial),
    Case("application/vnd.rar", [0x52, 0x61, 0x72, 0x21, 0x1A, 7, 1, 0], .partial),
    Case("application/x-tar", padded(Array("ustar".utf8), at: 257), .partial),
    Case("application/x-iso9660-image", padded(Array("CD001".utf8), at: 32769, to: 40000), .partial),
    Case("application/x-ace", padded(Array("**ACE**".utf8), at: 7), .opaque),
    Case("application/x-squashfs", padded(Array("hsqs".utf8)), .opaque),
    Case("application/x-arj", padded([0x60, 0xEA, 40, 0, 34, 11, 1, 2, 0, 0, 2]), .opaque),
    Case("application/x-stuffit", padded(Array("SIT!".utf8)), .opaque),
    Case("application/x-lrzip", padded(Array("LRZI".utf8)), .opaque),
    Case("application/zlib", [0x78, 0x9C, 0x4B, 0x4C, 0x4A, 0x06, 0, 2, 0x4D, 1, 0x27], .opaque),
    Case("application/x-lzfse", padded(Array("bvx2".utf8)), .opaque),
    Case("application/x-snappy-framed", padded([0xFF, 6, 0, 0, 0x73, 0x4E, 0x61, 0x50, 0x70, 0x59]), .opaque),
    Case(
      "application/x-apple-diskimage",
      [UInt8](repeating: 7, count: 600) + padded(Array("koly".utf8) + be32(4) + be32(512), to: 512), .opaque),
    // data
    Case("application/vnd.sqlite3", padded(Array("SQLite format 3\0".utf8)), .partial),
    Case("application/x-msaccess", padded([0, 1, 0, 0] + Array("Standard Jet DB".utf8)), .partial),
    Case("application/x-npy", padded([0x93] + Array("NUMPY".utf8) + [1, 0]), .partial),
    Case("application/x-hdf5", padded([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A], at: 512), .partial),
    Case("application/vnd.apache.parquet", padded(Array("PAR1".utf8)), .partial),
    Case(
      "application/x-safetensors", le32(40) + le32(0) + Array("{\"embedding\":{}}                        ".utf8),
      .partial),
    Case("application/x-python-pickle", [0x80, 4, 0x95, 5, 0, 0, 0, 0, 0, 0, 0, 0x5D, 0x94, 0x2E], .partial),
    Case(
      "application/x-faiss-index",
      padded(Array("IxFI".utf8) + le32(128) + le32(10) + le32(0) + le32(0x100000) + le32(0) + le32(0x100000) + le32(0)),
      .partial),
    Case("application/x-python-pickle", [0x80, 2, 0x7D, 0x71, 0, 0x2E], .partial),
    // disks
    Case(
      "application/x-ext-filesystem",
      padded([0x53, 0xEF, 1, 0], at: 0x438, to: 4096).enumerated().map { $0.offset == 0x400 ? 16 : $0.element },
      .partial),
    Case("application/x-ntfs-filesystem", padded(Array("NTFS    ".utf8), at: 3), .partial),
    Case("application/x-qemu-disk", padded([0x51, 0x46, 0x49, 0xFB]), .partial),
    Case("application/x-ewf", padded([0x45, 0x56, 0x46, 9, 0x0D, 0x0A, 0xFF, 0]), .partial),
    Case("application/x-btrfs-filesystem", padded(Array("_BHRfS_M".utf8), at: 0x10040, to: 70_000), .partial),
    Case("application/x-vhd", [UInt8](repeating: 7, count: 600) + padded(Array("conectix".utf8), to: 512), .partial),
    // ciphers
    Case("application/octet-stream", padded([0x4C, 0x55, 0x4B, 0x53, 0xBA, 0xBE, 0, 2]), .examined),
    Case("application/x-age-encryption", "age-encryption.org/v1\n-> X25519 x\n", .opaque),
    Case("application/x-pem-file", "-----BEGIN AGE ENCRYPTED FILE-----\n", .examined),
    Case("application/x-pem-file", "-----BEGIN PGP MESSAGE-----\n\nhQ\n", .examined),
    Case(
      "application/pgp-encrypted",
      [0x85, 0, 20, 3] + [UInt8](repeating: 0x11, count: 8) + [1] + [UInt8](repeating: 0x22, count: 10) + [
        0xD2, 4, 1, 9, 9, 9,
      ], .opaque),
    Case("application/x-openssl-salted", Array("Salted__".utf8) + [UInt8](repeating: 0xA7, count: 40), .opaque),
    Case("application/x-aes-crypt", Array("AES".utf8) + [2, 0, 0] + [UInt8](repeating: 0xA7, count: 80), .opaque),
    // programs, sound, video
    Case("application/x-elf", padded([0x7F, 0x45, 0x4C, 0x46]), .examined),
    Case(
      "application/vnd.microsoft.portable-executable",
      padded(Array("MZ".utf8) + [UInt8](repeating: 0, count: 58) + le32(128)).enumerated().map {
        $0.offset == 128 ? 0x50 : $0.offset == 129 ? 0x45 : $0.element
      }, .examined),
    Case("audio/x-wav", Array("RIFF".utf8) + le32(36) + Array("WAVEfmt ".utf8), .partial),
    Case("audio/flac", padded(Array("fLaC".utf8)), .partial),
    Case("video/mp4", VideoSample.mp4(), .partial), Case("audio/mp4", VideoSample.mp4(brand: "M4A "), .partial),
    Case("video/webm", VideoSample.webm(), .partial), Case("video/x-msvideo", VideoSample.avi(), .partial),
    Case("video/mp2t", (0..<6).flatMap { _ in [0x47] + [UInt8](repeating: 1, count: 187) }, .partial),
    // nothing known
    Case("application/octet-stream", [0x00, 0xFF, 0x13, 0x37], .examined),
    Case("application/octet-stream", [0], .examined),
    Case("application/octet-stream", padded([]), .examined),
  ]

  @Test(arguments: cases) func kind(_ c: Case) {
    let facts = examine(c.bytes)
    #expect(facts.kind.rawValue == c.kind)
    #expect(facts.disposition == c.disposition)
    #expect((facts.disposition == .examined) == (facts.reason == nil))
    #expect(examine(c.bytes, chunks: [5, 1000]) == facts)
  }

  /// The word a case expects must be one the treatment table knows, or follow from its family.
  @Test func everySignatureHasATreatment() {
    var kinds: Set<String> = []
    for signature in SignatureTable.all {
      #expect(!signature.bytes.isEmpty)
      if let kind = signature.classify(
        IdentifierTests.padded(signature.bytes, at: signature.offset, to: 70_000).span.bytes)
      {
        kinds.insert(kind.rawValue)
      }
    }
    #expect(kinds.count > 80)
    for kind in kinds { #expect(!kind.isEmpty && kind.contains("/") && kind == kind.lowercased()) }
  }

  @Test func cutAndMutatedHeads() {
    var random = SplitMix(11)
    for c in Self.cases {
      for count in Set((0..<40) + (0..<10).map { _ in random.below(c.bytes.count + 1) }) where count <= c.bytes.count {
        _ = examine(Array(c.bytes[..<count]))
      }
      for _ in 0..<8 {
        var bytes = c.bytes
        for _ in 0..<(1 + random.below(4)) { bytes[random.below(min(bytes.count, 2048))] = UInt8(random.below(256)) }
        let facts = examine(bytes)
        #expect((facts.disposition == .examined) == (facts.reason == nil))
      }
    }
  }
}
