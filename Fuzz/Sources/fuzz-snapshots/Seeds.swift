internal import CustodyCore
internal import Foundation
internal import TestSupport

/// What the fuzzer starts from: for each group the containers that the tests build.
enum Seeds {
  /// Name and makers; a maker gives nil when the program it needs (mke2fs, mtools, …) is not installed.
  static let groups: [(name: String, make: @Sendable () throws -> [[UInt8]?])] = [
    ("tar", tar), ("archives", archives), ("filters", filters), ("uuencode", uuencode), ("zlib", zlib), ("git", git),
    ("zip", zip), ("mail", mail),
    ("mbox", mbox), ("pst", stores), ("tnef", tnef),
    (
      "qcow",
      { try disks { [VirtualDiskImages.qcow2($0), VirtualDiskImages.qcow2($0, clusterBits: 11, isPacked: true)] } }
    ),
    ("vmdk", { try disks { [VirtualDiskImages.vmdk($0), VirtualDiskImages.vmdk($0, isStream: true)] } }),
    ("vhd", { try disks { [VirtualDiskImages.vhd($0)] } }),
    ("vhdx", { try disks { [VirtualDiskImages.vhdx($0), VirtualDiskImages.vhdx($0, hasLog: true)] } }),
    ("vdi", { try disks { [VirtualDiskImages.vdi($0)] } }),
    ("ewf", { try disks { [VirtualDiskImages.ewf($0), VirtualDiskImages.ewf($0, isPacked: false)] } }),
    ("partitions", partitions), ("ext", ext), ("fat", fat), ("exfat", exfat), ("ntfs", ntfs),
  ]

  static func write(to folder: String) -> CInt {
    if folder == "-" {
      for group in groups { print(group.name) }
      return 0
    }
    let wanted = ProcessInfo.processInfo.environment["FUZZ_PARSER"]
    let chosen = groups.filter { wanted == nil || $0.name == wanted }
    guard !chosen.isEmpty else { return refuse("no group of that name") }
    for group in chosen {
      do {
        let made = try group.make()
        for (i, seed) in made.enumerated() {
          guard let seed else {
            _ = refuse("a seed of \(group.name) is missing: the program that makes it is not installed")
            continue
          }
          guard !seed.isEmpty else { return refuse("seed \(i) of \(group.name) could not be built") }
          let input = SparseInput.input(seed)
          guard input.count <= 1 << 17 else { return refuse("seed \(i) of \(group.name) has \(input.count) bytes") }
          try Data(input).write(to: URL(fileURLWithPath: folder).appendingPathComponent("\(group.name)-\(i)"))
        }
        guard made.contains(where: { $0 != nil }) else { return 2 }
      } catch {
        return refuse("the seeds of \(group.name) could not be built: \(error)")
      }
    }
    return 0
  }

  private static func refuse(_ text: String) -> CInt {
    FileHandle.standardError.write(Data("fuzz-snapshots: \(text)\n".utf8))
    return 2
  }

  // MARK: - Contents

  private static let note = Array("a note of few words\n".utf8)
  private static let picture = [0xFF, 0xD8, 0xFF, 0xE0] + [UInt8](repeating: 7, count: 300)
  private static let inner = HandBuilt.zip([.init("lane/a.jpg", picture), .init("b", note)])
  private static let files = [
    BuiltMember("lane3/note.txt", note), BuiltMember("lane3/day.zip", inner), BuiltMember("empty"),
  ]
  private static let members =
    files + [
      BuiltMember("lane3", form: .directory), BuiltMember("link", form: .symlink, target: "/etc/passwd"),
    ]
  private static let long = members + [BuiltMember(String(repeating: "long/", count: 30) + "n", note)]

  // MARK: - Archives

  private static func tar() -> [[UInt8]?] {
    [ArchiveBuilder.archive("v7tar", members)] + ["ustar", "pax", "gnutar"].map { ArchiveBuilder.archive($0, long) } + [
      HandBuilt.tarSparse("holes", size: 1 << 20, data: note) + HandBuilt.tarEnd,
      ArchiveBuilder.archive("ustar", [BuiltMember("in.tar", ArchiveBuilder.archive("pax", members))]),
      ArchiveBuilder.archive("gnutar", [BuiltMember("hard", form: .hardlink, target: "lane3/note.txt")] + members),
      attributes,
    ]
  }

  /// An archive in an extended attribute, and text in a record and in padding.
  private static let attributes: [UInt8] = {
    let records = HandBuilt.paxRecord("SCHILY.xattr.user.z", inner) + HandBuilt.paxRecord("comment", note)
    let member = HandBuilt.tarHeader(Array("n".utf8), size: 12) + note + [UInt8](repeating: 0, count: 512 - note.count)
    return HandBuilt.pax(records, padding: note) + member + HandBuilt.tarEnd
  }()

  private static func archives() -> [[UInt8]?] {
    ["cpio", "newc", "bin", "7zip", "iso9660", "arbsd", "xar", "warc"].map {
      ArchiveBuilder.archive($0, $0 == "arbsd" ? [BuiltMember("note.txt", note), BuiltMember("z", inner)] : files)
    } + [
      HandBuilt.cab("note.txt", note), HandBuilt.lha("note.txt", note), HandBuilt.rar4("note.txt", note),
      ArchiveBuilder.archive("7zip", members, options: "7zip:compression=store"),
    ]
  }

  private static func filters() -> [[UInt8]?] {
    let text = Array(String(repeating: "P<UTOERIKSSON<<ANNA<MARIA<<<\n", count: 20).utf8)
    return ArchiveBuilder.filters.flatMap {
      [
        ArchiveBuilder.filtered(text, $0), ArchiveBuilder.archive("ustar", members, filters: [$0]),
      ]
    } + [ArchiveBuilder.filtered(text, "gzip", "bzip2", "xz"), ArchiveBuilder.filtered(inner, "gzip")]
  }

  private static func uuencode() -> [[UInt8]?] {
    let encoded = ArchiveBuilder.filtered(inner, "uuencode")
    return [
      encoded, Array("some words before it\n\n".utf8) + encoded + Array("and behind it\n".utf8) + encoded,
      Array("begin-base64 644 a.zip\n\(Base64.encode(inner))\n====\n".utf8),
      ArchiveBuilder.archive("ustar", [BuiltMember("a.uu", encoded)]),
    ]
  }

  private static func zlib() -> [[UInt8]?] {
    let text = Array(String(repeating: "P<UTOERIKSSON<<ANNA<MARIA<<<\n", count: 60).utf8)
    return [
      GitObjects.zlib(text), GitObjects.stored(text), GitObjects.zlib(ArchiveBuilder.archive("ustar", members)),
      GitObjects.loose("blob", inner), GitObjects.loose("tree", note, size: 7),
      GitObjects.zlib(note) + GitObjects.stored(inner) + GitObjects.zlib(GitObjects.zlib(text)) + note,
    ]
  }

  private static func git() -> [[UInt8]?] {
    let text = Array(String(repeating: "P<UTOERIKSSON<<ANNA<MARIA<<<\n", count: 60).utf8)
    let versions = (0..<4).map { text + Array("version \($0)".utf8) }
    func name(_ content: [UInt8]) -> [UInt8] { GitObjects.sha1(GitObjects.framed("blob", content)) }
    var pack = PackBuilder()
    pack.add("commit", note)
    pack.add("tree", Array("100644 a\0".utf8) + [UInt8](0..<20))
    pack.add("blob", versions[0])
    pack.add(delta: PackBuilder.delta(from: versions[0], to: versions[1]), from: 2)
    pack.add(delta: PackBuilder.delta(from: versions[2], to: versions[3]), fromName: name(versions[2]))
    pack.add(delta: PackBuilder.delta(from: versions[1], to: versions[2]), from: 3)
    pack.add(delta: PackBuilder.delta(from: versions[1], to: inner), fromName: name(versions[1]))
    pack.add("blob", inner)
    var small = PackBuilder(version: 3)
    small.add("blob", note)
    small.add(delta: PackBuilder.delta(from: note, to: picture), from: 0)
    var thin = PackBuilder()
    thin.add(delta: PackBuilder.delta(from: text, to: note), fromName: name(text))
    thin.add("tag", note)
    let head = Array("# v2 git bundle\n-\(GitObjects.id("blob", text))\n\(GitObjects.id("blob", note)) HEAD\n\n".utf8)
    return [pack.finish(), small.finish(), head + thin.finish(), small.finish() + small.finish()]
  }

  private static func zip() -> [[UInt8]?] {
    let stated = RecordTime(2018, 11, 2, 14, 2, 58)
    return [
      ArchiveBuilder.archive("zip", members), ArchiveBuilder.archive("zip", members, options: "zip:compression=store"),
      inner, HandBuilt.zip([.init("a", note), .init("b", note, inDirectory: false)], comment: note),
      HandBuilt.zip([.init("a", note, directoryName: "c", before: note)], prefix: picture),
      HandBuilt.zip([.init("z.zip", inner), .init("../../e", picture, flags: 1)]), picture + inner,
      EncryptedZip.archive([EncryptedZip.Member("secret.txt", note)], passphrase: "lane", time: stated),
    ]
  }

  // MARK: - Mail

  private static func message(_ parts: [String]) -> [UInt8] {
    Array(
      """
      Received: by x; Thu, 1 Nov 2018 10:00:00 +0000
      From: a@example.org
      Subject: =?utf-8?B?R2VzaWNodGVy?= pictures
      MIME-Version: 1.0
      Content-Type: multipart/mixed;
       boundary="b1"

      for old programs
      \(parts.map { "--b1\n\($0)\n" }.joined())--b1--
      behind it

      """.utf8)
  }
  private static func attachment(_ name: String, _ bytes: [UInt8]) -> String {
    "Content-Transfer-Encoding: base64\nContent-Disposition: attachment; \(name)\n\n" + Base64.encode(bytes)
  }
  private static let messages: [[UInt8]] = {
    let small = message([attachment("filename*=utf-8''%E9%A1%94.zip", inner)])
    let all = message([
      "Content-Type: message/rfc822\n\n" + String(decoding: small, as: UTF8.self),
      "Content-Transfer-Encoding: quoted-printable\n\na=3D=\nb", attachment("filename=\"photo.jpg\"", picture),
      "Content-Type: text/plain; name*0=\"in \"; name*1*=%C3%A4.txt\nContent-Transfer-Encoding: 8bit\n\nwords",
      "Content-Transfer-Encoding: x-uuencode\n\n"
        + String(decoding: ArchiveBuilder.filtered(note, "uuencode"), as: UTF8.self),
      "Content-Type: multipart/alternative; boundary=\"b1x\"\n\n--b1x\n\nx\n--b1x--",
    ])
    let windows = String(decoding: all, as: UTF8.self).replacingOccurrences(of: "\n", with: "\r\n")
    return [small, all, Array(windows.utf8)]
  }()

  private static func mail() throws -> [[UInt8]?] {
    messages + (try PythonMail.samples(seed: 1, count: 6)?.map(\.raw).filter { $0.count < 1 << 15 } ?? [nil])
  }

  private static func mbox() throws -> [[UInt8]?] {
    let from = Array("From a@example.org Thu Nov  1 10:00:00 2018\n".utf8)
    let box = messages.flatMap { from + $0 + Array("\n".utf8) }
    return [box, from + messages[0] + Array("\n>From the words\n\n".utf8) + from + messages[0]]
  }

  private static func stores() -> [[UInt8]?] {
    func item(_ name: String, _ content: [UInt8]) -> MailStoreBuilder.Child {
      .item([(0x3705, .number(1)), (0x3707, .text(name)), (0x3701, .binary(content))], [])
    }
    let forms: [(MailStoreBuilder.Form, Int, Bool)] = [
      (.ansi, 0, false), (.unicode, 1, false), (.unicode, 2, false), (.large, 0, false), (.large, 1, true),
    ]
    return forms.map { form, cipher, isPacked in
      var builder = MailStoreBuilder(form, cipher: cipher, table: PSTTables.encode, isPacked: isPacked)
      builder.add(0x21, parent: 0, [(0x3001, .text("a store"))])
      builder.add(0x122, parent: 0x122, [(0x3001, .text(""))])
      builder.add(0x8022, parent: 0x122, [(0x3001, .text("Top"))])
      let long = String(repeating: "many words ", count: 500)
      builder.add(
        0x20_0004, parent: 0x8022,
        [
          (0x001A, .text("IPM.Note")), (0x0037, .text("Gesichter")), (0x007D, .text("Received: by x\r\nFrom: a@b\r\n")),
          (0x0E06, .time(1_541_167_200)), (0x1000, .text("the plain body " + long)),
          (0x1013, .binary(Array("<html>the other body</html>".utf8))), (0x1009, .binary(richText)),
        ],
        [(0x8025, item("photo.jpg", picture)), (0x8045, item("t.zip", inner))])
      let below: MailStoreBuilder.Child = .item(
        [(0x0037, .text("inside")), (0x1000, .text("an inner body"))], [(0x8025, item("deep.txt", note))])
      builder.add(
        0x20_0024, parent: 0x9002, [(0x0037, .text("forward"))],
        [
          (
            0x8025,
            .item(
              [(0x3705, .number(5)), (0x3001, .text("Fwd")), (0x3701, .object(node: 0x20_0024, size: 10))],
              [(0x20_0024, below)])
          )
        ])
      return builder.finish()
    }
  }

  /// The example of [MS-OXRTFCP] 4.1.
  private static let richText: [UInt8] = [
    0x2D, 0, 0, 0, 0x2B, 0, 0, 0, 0x4C, 0x5A, 0x46, 0x75, 0xF1, 0xC5, 0xC7, 0xA7, 0x03, 0, 0x0A, 0, 0x72, 0x63, 0x70,
    0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0A, 0xF3, 0x20, 0x68, 0x65, 0x6C, 0x09, 0, 0x20, 0x62, 0x77, 0x05, 0xB0,
    0x6C, 0x64, 0x7D, 0x0A, 0x80, 0x0F, 0xA0,
  ]

  private static func tnef() -> [[UInt8]?] {
    var small = TNEFBuilder()
    small.subject("inside")
    small.body("an inner body")
    small.attachment("deep.txt", note)
    var all = TNEFBuilder()
    all.subject("pictures")
    all.body("a body")
    all.message([(0x1009, 0x102, richText), (0x8003, 0x1E, Array("named\0".utf8))])
    all.attachment("a.txt", note, longName: "a long name.txt")
    all.attachment("t.zip", inner)
    all.embedded(small.bytes)
    return [small.bytes, all.bytes]
  }

  // MARK: - Disks

  private static func small() throws -> [UInt8]? {
    try DiskImages().fat(12, ["DCIM/a.txt": note, "b.zip": inner], size: 128 << 10)
  }

  private static func disks(_ make: ([UInt8]) -> [[UInt8]]) throws -> [[UInt8]?] {
    guard let disk = try small() else { return [nil] }
    return make(disk)
  }

  private static func partitions() throws -> [[UInt8]?] {
    let images = try DiskImages()
    guard let fat = try small(), let ext = try images.ext("ext2", ["c.txt": note], size: 128 << 10) else {
      return [nil]
    }
    return [
      try images.disk(
        512 << 10, "label: dos\nstart=64,size=256,type=83\nstart=448,size=512,type=5\nstart=512,size=256,type=1\n",
        [(64, ext), (512, fat)]),
      try images.disk(
        512 << 10, "label: gpt\nstart=64,size=256,name=cards\nstart=512,size=256\n", [(64, ext), (512, fat)]),
    ]
  }

  private static func ext() throws -> [[UInt8]?] {
    let files = ["a/b/c.txt": note, "a/day.zip": inner, "gone.txt": picture, "z.txt": note]
    return try ["ext2", "ext4"].map { type in
      try DiskImages().ext(type, files, removed: ["gone.txt"], size: 256 << 10) { folder in
        try FileManager.default.createSymbolicLink(
          atPath: folder.path + "/link", withDestinationPath: "/etc/" + String(repeating: "x", count: 80))
      }
    }
  }

  private static func fat() throws -> [[UInt8]?] {
    try [12, 16].map { bits in
      try DiskImages().fat(
        bits, ["a/day.zip": inner, "a long name of a file.txt": note, "gone.txt": picture], removed: ["gone.txt"],
        size: bits == 12 ? 128 << 10 : 2304 << 10)
    }
  }

  private static func exfat() throws -> [[UInt8]?] {
    [
      try DiskImages().exfat("a name of some length.zip", inner, size: 1 << 20),
      try DiskImages().exfat("n", note, size: 1 << 20),
    ]
  }

  /// Without the empty log and the table of capitals, which nobody reads and which are most of a small disk.
  private static func ntfs() throws -> [[UInt8]?] {
    let files = ["a.txt": note, "day.zip": inner, "large.bin": [UInt8](repeating: 7, count: 9000)]
    guard var image = try DiskImages().ntfs(files, streams: ["a.txt:s": note], size: 1028 << 10) else { return [nil] }
    for start in stride(from: 0, to: image.count - 63, by: 64) {
      let line = image[start..<start + 64]
      let units = stride(from: start, to: start + 64, by: 2).map { Int(image[$0]) | Int(image[$0 + 1]) << 8 }
      let rising = Swift.zip(units, units.dropFirst()).count { $1 == $0 + 1 }
      guard rising >= 20 || line.allSatisfy({ $0 == 0xFF }) else { continue }
      for i in line.indices { image[i] = 0 }
    }
    return [image]
  }
}
