import CustodyCore
import Testing

@testable import Policies

@Suite struct FactsTests {
  static func folder(_ path: String) -> FolderFacts {
    var key: [UInt8] = []
    FolderKey.write(Make.entry(path).locator, into: &key)
    return FolderFacts(key: key)
  }

  static let media: [(path: String, media: MediaClass)] = [
    ("usb/lane/a", .removable), ("USB_Drive1/a", .removable), ("a/b/c", .unknown), ("server/shares/usb/a", .share),
    ("usb.tar!/share/a", .removable), ("nas01/a", .share), ("x_bak/a", .backup), ("Backups-2019/a", .backup),
    ("Users/x/OneDrive - Corp/a", .cloudCache), ("home/x/Desktop/a", .workstation), ("DVR-2/a", .fieldDevice),
    ("busby/a", .unknown), ("shareholder/a", .unknown),
  ]

  @Test(arguments: media.indices) func mediaClassComesFromWords(_ i: Int) {
    #expect(Self.folder(Self.media[i].path).media == Self.media[i].media)
  }

  static let tickets: [(path: String, has: Bool)] = [
    ("WO-2018-117/a", true), ("RMA12345/a", true), ("workorder/a", true), ("two/a", false), ("wo/a", false),
    ("wo-12/a", false), ("inc/0012/a", false), ("INC0012345/a", true), ("armada12345/a", false),
    ("Acme Inc 20190531/a", false), ("Acme Inc 2019/a", false), ("TICKET_0012/a", true),
  ]

  @Test(arguments: tickets.indices) func ticketsNeedANumber(_ i: Int) {
    #expect(Self.folder(Self.tickets[i].path).hasTicket == Self.tickets[i].has)
  }

  @Test func lanesAndSites() {
    #expect(Self.folder("lane07/a").hasLane && !Self.folder("planes/a").hasLane && !Self.folder("lane/a").hasLane)
    #expect(Self.folder("poe/alpha/a").hasSite && !Self.folder("poem/a").hasSite)
    #expect(Self.folder("site-07/a").hasSite && !Self.folder("sites/default/a").hasSite)
    #expect(Self.folder("poe/alpha/a").siteToken == Self.folder("x/poe/alpha/b/a").siteToken)
    #expect(Self.folder("poe/alpha/a").siteToken != Self.folder("poe/beta/a").siteToken)
  }

  static let agencies: [(text: String, customers: Int)] = [
    ("CBP/a", 1), ("cbp_tsa/a", 2), ("DHS/CBP/a", 1), ("DHS/CBP-TSA/a", 2), ("ice/a", 0), ("ICE/a", 1), ("x/a", 0),
    ("Turnpike/CBP/a", 2),
  ]

  @Test(arguments: agencies.indices) func departmentsAreNotCountedBesideTheirBodies(_ i: Int) {
    #expect(Self.folder(Self.agencies[i].text).agencies.customers == Self.agencies[i].customers)
  }

  @Test func agencyCoverage() {
    let cbp = Agency.named(in: "U.S. Customs and Border Protection")
    #expect(cbp == Agency.named(in: "CBP") && cbp.customers == 1)
    #expect(cbp.isCovered(by: Agency.named(in: "DHS")) && Agency.named(in: "DHS").isCovered(by: cbp))
    #expect(!Agency.named(in: "TSA").isCovered(by: cbp))
  }

  static let layouts: [(path: String, isExport: Bool, time: String?)] = [
    ("cam7/2018/11/02/20181102-140258_cam7_ABC.jpg", true, "2018-11-02T14:02:58"),
    ("cam7/2018/11/02/20181302-140258_cam7_ABC.jpg", true, nil), ("cam7/2018/11/02/x.jpg", false, nil),
    (
      "0002D1/VFD/2018-11-02/14/VFD_2018-11-02-14-02-58-123_001.jpg", true, "2018-11-02T14:02:58"
    ),
    ("0002D1/VEHICE/2018-11-02/14/VEHICE_2018-11-02-14-02-58-123_001.jpg", true, "2018-11-02T14:02:58"),
    ("0002D1/MOTION/2018-11-02/14/MOTION_2018-11-02-14-02-58-123_001.jpg", false, nil),
    ("dev/201811/02/20181102140258_123_roi_1_in_7_ABC_US.jpg", true, "2018-11-02T14:02:58"),
    ("any/ev_20181102140258_3_trg.jpg", true, "2018-11-02T14:02:58"), ("any/ev_2018_3_trg.jpg", false, nil),
    ("any/IMG_20181102.jpg", false, nil), ("a/20181102140258_3_pre.jpg", false, nil),
  ]

  @Test(arguments: layouts.indices) func cameraExportsAreRecognized(_ i: Int) {
    let c = Self.layouts[i]
    let e = Make.entry(c.path)
    let found = ExportLayout.read(FolderKey.fileName(e.locator), in: Self.folder(c.path).layout)
    #expect(found.isExport == c.isExport)
    #expect(found.time.map { $0.dateText + "T" + $0.timeText } == c.time)
  }

  static let names: [(name: String, size: UInt64, mark: FolderMarks)] = [
    ("pairs.txt", 10, .training), ("Pairs.TXT", 10, .training), ("m.pth", 5000, .training), ("m.pt", 10, []),
    ("n.ipynb", 1, .training), ("id_rsa", 1, .secrets), ("server.pem", 1, .secrets), ("Passwords.xlsx", 1, .secrets),
    (".env", 1, .secrets), ("slides.key", 9_000_000, []), ("tls.key", 1700, .secrets),
    ("pagefile.sys", 1, .fixedVolume),
    ("a.jpg", 1, []), ("", 1, []), (".", 1, []), ("x.", 1, []),
    (String(repeating: "a", count: 300) + ".pem", 1, .secrets),
  ]

  @Test(arguments: names.indices) func fileNamesLeaveMarks(_ i: Int) {
    let c = Self.names[i]
    #expect(FileNames.mark(ofFile: Array(c.name.utf8)[...], size: c.size) == c.mark)
  }

  @Test func folderKeysNormalizeAndNest() {
    func key(_ path: String) -> [UInt8] {
      var key: [UInt8] = []
      FolderKey.write(Make.entry(path).locator, into: &key)
      return key
    }
    #expect(key("a.tar!/./x/1") == key("a.tar!/x/1") && key("/x/1") == key("x/1") && key(".//x/1") == key("x/1"))
    #expect(key("a.tar!/1") == Array("a.tar\u{0}/".utf8) && key("1").isEmpty)
    #expect(key("a.tar!/x/1") != Array("a.tar!/x".utf8))
    var chain: [String] = []
    var place: ArraySlice<UInt8>? = key("s/a.tar!/x/y/b.zip!/z/1")[...]
    while let current = place {
      chain.append(FolderKey.shown(Array(current)))
      place = FolderKey.parent(current)
    }
    #expect(
      chain == ["s/a.tar!/x/y/b.zip!/z", "s/a.tar!/x/y/b.zip!/", "s/a.tar!/x/y", "s/a.tar!/x", "s/a.tar!/", "s", ""])
  }

  @Test func parentsAlwaysEnd() {
    var random = SeededGenerator(state: 11)
    for _ in 0..<2000 {
      let key = (0..<Int.random(in: 0...20, using: &random)).map { _ in
        [0, 0x2F, 0x61, 0x2E].randomElement(using: &random) ?? UInt8(0)
      }
      var place: ArraySlice<UInt8>? = key[...]
      var steps = 0
      while let current = place, steps < 50 {
        place = FolderKey.parent(current)
        steps += 1
      }
      #expect(place == nil, "\(key)")
      _ = FolderFacts(key: key)
    }
  }

  static let near: [(entries: [String], item: String, training: Bool, secrets: Bool, removable: Bool)] = [
    (["d/pairs.txt"], "d/1.jpg", true, false, false), (["d/pairs.txt"], "d/ann/1.jpg", true, false, false),
    (["d/pairs.txt"], "e/1.jpg", false, false, false), (["p/model/n.ipynb"], "p/data/1.jpg", true, false, false),
    (["n.ipynb"], "a/b/c/1.jpg", false, false, false), (["n.ipynb"], "a/1.jpg", true, false, false),
    (["p/train/0.txt", "p/val/0.txt"], "p/train/1.jpg", true, false, false),
    (["p/train/0.txt"], "p/train/1.jpg", false, false, false),
    (["t.tar!/d/id_rsa"], "t.tar!/d/1.jpg", false, true, false),
    (["t.tar!/id_rsa"], "o.tar!/1.jpg", false, false, false),
    (["v/System Volume Information/x"], "v/a/b/c/d/1.jpg", false, false, true),
    (["v/.Trash-1000/files/x"], "v/1.jpg", false, false, true),
    (["v/.Trash-1000/files/x"], "w/1.jpg", false, false, false),
    (["v/$RECYCLE.BIN/x", "v/Windows/x"], "v/1.jpg", false, false, false),
    (["v/.Trash-1000/x"], "v/in.zip!/a/1.jpg", false, false, true),
  ]

  /// Surroundings are the same whether the marks come before the item or after it.
  @Test(arguments: near.indices) func surroundingsReachAsFarAsTheyShould(_ i: Int) throws {
    let c = Self.near[i]
    for order in [c.entries + [c.item], [c.item] + c.entries] {
      var judge = try Make.judge(packs: [])
      for path in order { judge.add(Make.entry(path, path == c.item ? [Make.seen(.faceImage)] : [])) }
      let late = Surroundings(marks: judge.marks).facts(of: try #require(judge.folders.values.first))
      #expect(late.nearTraining == c.training && late.nearSecrets == c.secrets, "\(order)")
      #expect(late.hasRemovableSidecar == c.removable, "\(order)")
    }
  }

  @Test func embeddings() {
    #expect(Self.folder("a.tar!/d/Deck.PPTX!/ppt/media/1.jpg").embedding == .office)
    #expect(Self.folder("mail.pst!/x.zip!/1.jpg").embedding == .mail)
    #expect(Self.folder("a.zip!/1.jpg").embedding == .none)
    #expect(FileNames.embedding(ofKind: "application/pdf") == .pdf)
    #expect(
      FileNames.embedding(ofKind: "application/vnd.openxmlformats-officedocument.presentationml.presentation")
        == .office)
    #expect(FileNames.embedding(ofKind: "image/jpeg") == .none)
  }

  @Test func countsAddUpApartAndNotTogether() {
    func entry(_ places: [(String, UInt64, UInt64, Int)]) -> Examination {
      Make.entry(
        "a",
        places.map { detector, offset, length, count in
          Observation(
            .fingerTemplate, detector: detector, version: 1, strength: .proof, count: count,
            place: Place(offset: offset, length: length))
        })
    }
    func items(_ e: Examination) -> Int { ItemReader.read(e, nameTime: nil).first?.count.items ?? 0 }
    #expect(items(entry([("a", 0, 10, 2), ("a", 10, 10, 3)])) == 5)
    #expect(items(entry([("a", 0, 10, 2), ("b", 0, 10, 3)])) == 3)
    #expect(items(entry([("a", 0, 10, 2), ("b", 10, 10, 3)])) == 5)
    #expect(items(entry([("a", 0, 100, 4), ("b", 10, 10, 1), ("b", 50, 10, 1)])) == 4)
    #expect(items(entry([("a", 0, .max, .max), ("a", .max, .max, .max)])) == .max)
  }
}
