import CustodyCore
import Testing

@testable import Policies

/// Pictures and the files that are about them.
@Suite struct CollectionTests {
  // MARK: Inventories

  static func picture(_ path: String) -> Examination { Make.entry(path, [Make.seen(.faceImage)]) }

  static func sketch(_ names: [String]) -> NameSketch? {
    var sample = NameSample(limit: NameSketch.limit)
    for name in names { if let name = PictureName(Array(name.utf8)) { sample.add(name.hash) } }
    return sample.sketch
  }

  /// A table of reads whose rows name these files.
  static func table(
    _ path: String, files: [String] = [], keys: [String] = [], kind: String = "text/csv", rows: Int? = nil,
    dataClass: DataClass? = .plateRead
  ) -> Examination {
    let seen = dataClass.map { [Make.seen($0, count: rows ?? max(1, files.count + keys.count))] } ?? []
    var e = Make.entry(path, seen, kind: ContentKind(rawValue: kind))
    e.names = PictureNames(files: sketch(files), keys: sketch(keys))
    return e
  }

  static func files(_ range: Range<Int>, _ folder: String = "", _ end: String = ".jpg") -> [String] {
    range.map { folder + "p\($0)" + end }
  }
  static func pictures(_ range: Range<Int>, in folder: String, _ end: String = ".jpg") -> [Examination] {
    files(range, folder, end).map(picture)
  }

  static func report(_ entries: [Examination], disclose: Bool = false) throws -> Report {
    Make.report(try Make.judge(disclose: disclose), entries)
  }
  static func collections(_ entries: [Examination]) throws -> [LinkedCollection] { try report(entries).collections }

  // MARK: Small: exact

  @Test func countsAreExactWhereAllNamesAreKnown() throws {
    let found = try Self.collections(
      Self.pictures(0..<40, in: "u.tar!/lane3/")
        + [Self.table("u.tar!/lane3/reads.csv", files: Self.files(10..<60, "D:\\x\\", ".JPG"), rows: 50)])
    #expect(found.count == 1)
    let one = try #require(found.first)
    #expect(one.pictures == 40 && one.named == NameCount(exactly: 30) && one.unnamed == NameCount(exactly: 10))
    #expect(one.classes == [ClassCount(dataClass: .faceImage, entries: 40, items: 40)])
    #expect(one.leaves.ranges == ["0-39"] && one.leaves.samples.count == 8)
    let side = try #require(one.sidecars.first)
    #expect(side.link == .names && side.place == .same && side.values == 50 && side.kind == "text/csv")
    #expect(side.linked == NameCount(exactly: 30) && side.absent == NameCount(exactly: 20))
    #expect(side.leaves == ["40"] && side.classes == [ClassCount(dataClass: .plateRead, entries: 1, items: 50)])
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var pictures = "u.tar!/a/b/"
    var side: Examination
    var link: Sidecar.Link?
    var place: Sidecar.Place?
  }
  static let nine = files(0..<9)
  static let cases: [Case] = [
    Case(testDescription: "beside", side: table("u.tar!/a/b/r.csv", files: nine), link: .names, place: .same),
    Case(testDescription: "above", side: table("u.tar!/a/r.csv", files: nine), link: .names, place: .above),
    Case(testDescription: "below", side: table("u.tar!/a/b/c/r.csv", files: nine), link: .names, place: .below),
    Case(testDescription: "sibling", side: table("u.tar!/a/x/r.csv", files: nine), link: .names, place: .sibling),
    Case(testDescription: "elsewhere", side: table("u.tar!/q/r/s.csv", files: nine), link: .names, place: .elsewhere),
    Case(
      testDescription: "elsewhere, and mostly about others",
      side: table("u.tar!/q/r/s.csv", files: files(0..<9) + files(100..<120)), link: nil),
    Case(testDescription: "elsewhere, few", side: table("u.tar!/q/r/s.csv", files: files(0..<7)), link: nil),
    Case(testDescription: "another snapshot", side: table("v.tar!/a/b/r.csv", files: nine), link: nil),
    Case(testDescription: "another snapshot of one name less", side: table("u.ta!/a/b/r.csv", files: nine), link: nil),
    Case(
      testDescription: "pictures in an archive beside", pictures: "u.tar!/a/photos.zip!/",
      side: table("u.tar!/a/r.csv", files: nine), link: .names, place: .above),
    Case(testDescription: "names others", side: table("u.tar!/a/b/r.csv", files: files(50..<99)), link: nil),
    Case(
      testDescription: "one of many", side: table("u.tar!/a/b/r.csv", files: files(8..<99)), link: .names, place: .same),
    Case(
      testDescription: "keys", side: table("u.tar!/a/b/r.csv", keys: files(0..<9, "", "")), link: .keys, place: .same),
    Case(
      testDescription: "keys that mostly are others", side: table("u.tar!/a/b/r.csv", keys: files(8..<99, "", "")),
      link: .beside, place: .same),
    Case(
      testDescription: "keys elsewhere", side: table("u.tar!/q/r/r.csv", keys: files(0..<9, "", "")), link: nil),
    Case(testDescription: "stem", side: table("u.tar!/a/b/P3.json"), link: .stem, place: .same),
    Case(
      testDescription: "stem with the picture's extension", side: table("u.tar!/a/b/p3.jpg.json"), link: .stem,
      place: .same),
    Case(testDescription: "stem in the folder above", side: table("u.tar!/a/p3.json"), link: nil),
    Case(
      testDescription: "members of an archive of vectors",
      side: table("u.tar!/a/b/v.npz!/p4.npy", kind: "application/x-npy", dataClass: .faceTemplate), link: .stem,
      place: .below),
    Case(
      testDescription: "vectors beside", side: table("u.tar!/a/b/v.npy", dataClass: .faceTemplate), link: .beside,
      place: .same),
    Case(testDescription: "vectors above", side: table("u.tar!/a/v.npy", dataClass: .faceTemplate), link: nil),
    Case(testDescription: "a letter", side: table("u.tar!/a/b/v.txt", dataClass: nil), link: nil),
    Case(
      testDescription: "a list of names and nothing else",
      side: table("u.tar!/a/b/v.txt", files: nine, dataClass: nil), link: .names, place: .same),
  ]
  @Test(arguments: cases) func links(_ c: Case) throws {
    let pictures = Self.pictures(0..<9, in: c.pictures)
    // The order of lines changes nothing but numbers.
    for entries in [pictures + [c.side], [c.side] + pictures] {
      let found = try Self.collections(entries)
      #expect(found.map { $0.sidecars.map(\.link) } == (c.link.map { [[$0]] } ?? []))
      #expect(found.first?.sidecars.first?.place == c.place)
    }
  }

  @Test func namesOfIconsAreNothing() throws {
    let icons = Self.nine.map { Make.entry("u.tar!/web/" + $0) }
    #expect(
      try Self.collections(icons + [Self.table("u.tar!/web/index.json", files: Self.nine, dataClass: nil)]).isEmpty)
    // The same with somebody's record.
    #expect(try Self.collections(icons + [Self.table("u.tar!/web/index.json", files: Self.nine)]).count == 1)
  }

  @Test func caseAndLettersOfOtherScripts() throws {
    let found = try Self.collections(
      ["Фото-1.JPG", "ÄRGER.png", "\u{1F6C2}.jpg"].map { Self.picture("u.tar!/a/" + $0) } + [
        Self.table("u.tar!/a/r.csv", files: ["фото-1.jpg", "x/ärger.PNG", "\u{1F6C2}.JPG", "arger.png"])
      ])
    #expect(found.first?.named == NameCount(exactly: 3))
    #expect(found.first?.sidecars.first?.absent == NameCount(exactly: 1))
  }

  /// Records of images are pictures; templates are what lies beside them.
  @Test func recordsOfImages() throws {
    let records = Self.files(0..<9, "u.tar!/a/", ".fac").map {
      Make.entry($0, [Make.seen(.faceImage)], kind: ContentKind(rawValue: "application/x-iso19794-5"))
    }
    let template = Make.entry(
      "u.tar!/a/p3.fmr", [Make.seen(.fingerTemplate)], kind: ContentKind(rawValue: "application/x-iso19794-2"))
    let found = try Self.collections(
      records + [template, Self.table("u.tar!/a/r.csv", files: Self.files(0..<5, "", ".fac"))])
    #expect(found.first?.pictures == 9 && found.first?.named == NameCount(exactly: 5))
    #expect(found.first?.sidecars.map(\.link) == [.names, .stem])
  }

  /// A table above two folders: what is in either is not absent.
  @Test func oneTableOverManyFolders() throws {
    let found = try Self.collections(
      Self.pictures(0..<10, in: "u.tar!/a/1/") + Self.pictures(10..<30, in: "u.tar!/a/2/")
        + [Self.table("u.tar!/a/r.csv", files: Self.files(5..<35))])
    #expect(found.map(\.pictures) == [20, 10] && found.map(\.ordinal) == [1, 2])
    #expect(found.map(\.named) == [NameCount(exactly: 20), NameCount(exactly: 5)])
    #expect(found.flatMap(\.sidecars).map(\.absent) == [NameCount(exactly: 5), NameCount(exactly: 5)])
  }

  @Test func severalSidecarsAndWhatAnyOfThemNames() throws {
    let found = try Self.collections(
      Self.pictures(0..<20, in: "u.tar!/a/")
        + [
          Self.table("u.tar!/a/r.csv", files: Self.files(0..<10)),
          Self.table(
            "u.tar!/a/s.json", files: Self.files(5..<12), kind: "application/json", dataClass: .identityRecord),
          Self.table("u.tar!/a/v.npy", kind: "application/x-npy", dataClass: .faceTemplate),
        ])
    let one = try #require(found.first)
    #expect(one.named == NameCount(exactly: 12) && one.unnamed == NameCount(exactly: 8))
    #expect(one.sidecars.map(\.link) == [.names, .names, .beside])
    #expect(one.sidecars.map { $0.linked?.count } == [10, 7, nil])
  }

  /// A file of facts beside each picture is one line of the report.
  @Test func smallSidecarsAreGathered() throws {
    let found = try Self.collections(
      Self.pictures(0..<300, in: "u.tar!/a/")
        + (0..<280).map {
          Self.table("u.tar!/a/p\($0).json", files: ["p\($0).jpg"], kind: "application/json")
        })
    let one = try #require(found.first)
    #expect(one.sidecars.count == 1 && one.sidecars.first?.entries == 280)
    #expect(one.sidecars.first?.link == .names && one.named == NameCount(exactly: 280))
    #expect(one.sidecars.first?.leaves == ["300-579"])
  }

  @Test func namedComesBeforeBeside() throws {
    let found = try Self.collections(
      Self.pictures(0..<50, in: "u.tar!/large/") + [Self.table("u.tar!/large/v.npy", dataClass: .faceTemplate)]
        + Self.pictures(0..<3, in: "u.tar!/small/x/") + [Self.table("u.tar!/small/x/r.csv", files: Self.files(2..<4))])
    #expect(found.map(\.pictures) == [3, 50] && found.map(\.ordinal) == [1, 2])
    #expect(found.map { $0.named?.count } == [1, nil])
  }

  // MARK: Large: estimated

  /// Bounds hold, and the numbers are close.
  @Test func largeFoldersAreEstimatedWithBounds() throws {
    let found = try Self.collections(
      Self.pictures(0..<12_400, in: "u.tar!/a/") + [Self.table("u.tar!/a/r.csv", files: Self.files(3_100..<14_100))])
    let one = try #require(found.first)
    let named = try #require(one.named)
    #expect(one.pictures == 12_400 && !named.isExact)
    #expect((named.atLeast...named.atMost).contains(9_300) && abs(named.count - 9_300) < 900)
    let absent = try #require(one.sidecars.first?.absent)
    #expect((absent.atLeast...absent.atMost).contains(1_700) && abs(absent.count - 1_700) < 600)
    #expect(one.unnamed?.count == 12_400 - named.count)
  }

  /// Of a large table over small folders a sample is known: what is found is right, and the report says that some may
  /// be missing.
  @Test func largeTableOverSmallFolders() throws {
    var entries: [Examination] = []
    for folder in 0..<400 { entries += Self.pictures((folder * 10)..<(folder * 10 + 10), in: "u.tar!/a/\(folder)/x/") }
    entries.append(Self.table("u.tar!/a/r.csv", files: Self.files(0..<4400)))
    let report = try Self.report(entries)
    #expect(report.collections.count > 150)
    #expect(report.collections.allSatisfy { $0.named?.count == 10 && $0.sidecars.first?.place == .elsewhere })
    let absent = try #require(report.collections.first?.sidecars.first?.absent)
    #expect((absent.atLeast...absent.atMost).contains(400))
    #expect(report.limitations.contains { $0.code == "collections-estimated" })
  }

  @Test func allNamedIsNearlyCertain() throws {
    let found = try Self.collections(
      Self.pictures(0..<12_400, in: "u.tar!/a/") + [Self.table("u.tar!/a/r.csv", files: Self.files(0..<12_400))])
    let one = try #require(found.first)
    #expect(one.named?.count == 12_400 && (one.named?.atLeast ?? 0) > 12_100 && one.named?.atMost == 12_400)
    #expect(one.sidecars.first?.absent?.count == 0 && (one.sidecars.first?.absent?.atMost ?? .max) < 300)
  }

  /// A folder of a thousand pictures or less is known name by name, and so is what a short list says of it.
  @Test func shortListOfALargeFolder() throws {
    let found = try Self.collections(
      Self.pictures(0..<900, in: "u.tar!/a/") + [Self.table("u.tar!/a/r.csv", files: Self.files(0..<100))])
    #expect(found.first?.named == NameCount(exactly: 100))
    let larger = try Self.collections(
      Self.pictures(0..<9000, in: "u.tar!/a/") + [Self.table("u.tar!/a/r.csv", files: Self.files(0..<200))])
    let named = try #require(larger.first?.named)
    #expect((named.atLeast...named.atMost).contains(200) && !named.isExact)
  }

  // MARK: Splitting and size

  @Test func splittingChangesNothing() throws {
    var entries: [Examination] = []
    for folder in 0..<12 {
      entries += Self.pictures(0..<(folder * 40), in: "u.tar!/f\(folder % 3)/g\(folder)/")
      entries.append(
        Self.table("u.tar!/f\(folder % 3)/r\(folder).csv", files: Self.files(0..<(folder * 30)), keys: ["k\(folder)"]))
      entries.append(Self.table("u.tar!/f\(folder % 3)/g\(folder)/p1.json", kind: "application/json"))
    }
    for i in entries.indices { entries[i].index = UInt64(i) }
    let base = try Make.judge()
    var whole = base
    for e in entries { whole.add(e) }
    let expected = Self.finish(whole)
    #expect(expected.collections.count > 8)
    for inner in [[700], [1, 350, 900], [17, 18, 19, 400, 401, 1200, 2000]] {
      let cuts = [0] + inner.map { min($0, entries.count) } + [entries.count]
      var merged: Judge?
      for (from, to) in zip(cuts, cuts.dropFirst()) {
        var part = base.partial()
        for e in entries[from..<to] { part.add(e) }
        if merged == nil { merged = part } else { merged?.merge(part) }
      }
      let judge = try #require(merged)
      #expect(Self.finish(judge).collections == expected.collections)
    }
  }

  private static func finish(_ judge: Judge) -> Report {
    judge.finish(snapshots: [Make.snapshot], inventory: Make.inventory, configuration: [], detectors: [])
  }

  /// A table that names everything there is, and very many tables that all do.
  @Test func hostileNamesEverything() throws {
    var entries: [Examination] = []
    for folder in 0..<1100 { entries += Self.pictures(0..<3, in: "u.tar!/\(folder)/") }
    let all = Self.files(0..<100)
    entries += (0..<90).map { Self.table("u.tar!/t\($0)/r.csv", files: all) }
    let report = try Self.report(entries)
    #expect(report.collections.count == CollectionLinker.mostCollections)
    #expect(report.collections.allSatisfy { $0.sidecars.count <= CollectionLinker.mostSidecars })
    #expect(report.limitations.contains { $0.code == "collections-not-listed" && $0.text.contains("more are not") })
    #expect(report.limitations.contains { $0.code == "shared-names" })
    #expect(!report.limitations.contains { $0.code == "collections-estimated" })
  }

  /// Every day's folder numbers its pictures from 1: each has its own table and its own facts.
  @Test func sameNamesInManyFolders() throws {
    var entries: [Examination] = []
    for day in 0..<150 {
      let folder = "u.tar!/day\(day)/"
      entries += Self.pictures(0..<5, in: folder)
      entries.append(Self.table(folder + "r.csv", files: Self.files(0..<4)))
      entries.append(Self.table(folder + "p4.json", kind: "application/json", dataClass: .identityRecord))
    }
    let found = try Self.collections(entries)
    #expect(found.count == 150)
    for one in found {
      #expect(one.named == NameCount(exactly: 5))
      #expect(one.sidecars.contains { $0.link == .names && $0.place == .same })
      #expect(one.sidecars.contains { $0.link == .stem && $0.place == .same })
    }
  }

  @Test func moreTablesThanAreKept() throws {
    var notes = CollectionNotes()
    let folder = notes.folder(Array("a".utf8))
    notes.addPicture(Self.picture("a/p1.jpg"), in: folder, name: Array("p1.jpg".utf8)[...], [])
    let hashes = (0..<20).map { UInt64($0) }
    for i in 0..<(3 * CollectionNotes.largest) {
      var e = Make.entry("a/r.csv", index: UInt64(i + 1))
      e.names = PictureNames(files: NameSketch(values: 20 + i % 7, hashes: hashes), keys: nil)
      notes.addSidecar(e, in: folder, name: Array("r.csv".utf8)[...], [])
    }
    #expect(notes.sides().count == CollectionNotes.largest)
    #expect(notes.omittedSides == 2 * CollectionNotes.largest)
    #expect(notes.sides().first?.values == 26 && notes.sides().last?.values ?? 0 >= 24)
  }

  // MARK: Privacy and policies

  @Test func noPathUnlessAsked() throws {
    let entries = Self.pictures(0..<9, in: "u.tar!/secret/") + [Self.table("u.tar!/secret/r.csv", files: Self.nine)]
    #expect(try Self.report(entries).collections.allSatisfy { $0.path == nil })
    #expect(try Self.report(entries, disclose: true).collections.map(\.path) == ["u.tar!/secret"])
  }

  /// Rules of scope `collection` can ask what lies beside the pictures.
  @Test func rulesAsk() throws {
    let fields = Dictionary(uniqueKeysWithValues: Vocabulary.collection.map { ($0.name, $0) })
    var subject = CollectionSubject()
    subject.links = FolderLinks(sidecars: 2, named: 9, classes: [.plateRead, .identityRecord])
    let said = ["sidecars", "linkedEntries", "linkedClasses"].map { String(describing: fields[$0]?.read(subject)) }
    #expect(said[0].contains("2") && said[1].contains("9"))
    #expect(said[2].contains("identity.record") && said[2].contains("plate.read"))
    var judge = try Make.judge()
    let entries = Self.pictures(0..<9, in: "u.tar!/a/") + [Self.table("u.tar!/a/r.csv", files: Self.files(0..<5))]
    for (i, var e) in entries.enumerated() {
      e.index = UInt64(i)
      judge.add(e)
    }
    let links = judge.linked().links
    #expect(links.count == 1 && links.values.first?.named == 5 && links.values.first?.classes == [.plateRead])
  }
}

@Suite struct NameEstimateTests {
  @Test(arguments: [
    (0, 10, 10, 0, 0, 0), (10, 10, 10, 10, 10, 10), (3, 10, 10, 3, 3, 3), (0, 0, 0, 0, 0, 0), (0, 0, 7, 0, 0, 7),
    (256, 256, 12_400, 12_400, 12_216, 12_400), (0, 256, 12_400, 0, 0, 184), (128, 256, 1000, 500, 439, 561),
    (5, 5, 1_000_000, 1_000_000, 565_508, 1_000_000),
  ])
  func shares(_ hits: Int, _ sampled: Int, _ total: Int, _ count: Int, _ low: Int, _ high: Int) {
    let n = NameEstimate.part(hits, of: sampled, total: total)
    #expect(n.count == count && abs(n.atLeast - low) <= 1 && abs(n.atMost - high) <= 1, "\(n)")
  }

  /// Extremes neither trap nor leave the bounds.
  @Test func extremes() {
    for total in [0, 1, Int.max / 2, Int.max] {
      let n = NameEstimate.part(1, of: 1, total: total)
      #expect(n.atLeast <= n.count && n.count <= n.atMost && n.atMost <= max(1, total))
    }
    for values in [256, 257, 1 << 50] {
      for ceiling in [0, 255, 1 << 40, 1 << 48 - 1] as [UInt64] {
        let n = NameEstimate.distinct(256, ceiling: ceiling, values: values)
        #expect(n.atLeast <= n.count && n.count <= n.atMost && n.atMost <= values && n.atLeast >= 0)
      }
    }
  }
}
