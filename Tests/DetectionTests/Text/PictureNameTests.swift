import CustodyCore
import Foundation
import Testing

@testable import Detection

/// Which pictures the rows of an entry name: found in every notation, never kept as names.
@Suite struct PictureNameTests {
  static func names(_ bytes: [UInt8]) -> PictureNames? { examine(bytes, catalog: .standard).names }
  static func names(_ text: String) -> PictureNames? { names(Array(text.utf8)) }
  static func hashes(_ names: [String]) -> [UInt64] {
    Set(names.compactMap { PictureName(Array($0.utf8))?.hash }).sorted()
  }
  static let three = hashes(["0.jpg", "1.jpg", "2.jpg"])

  private static let reads = (0..<3).map { "\(TextExample.plate($0)),9\($0).5,lane1,2018-11-02 14:0\($0):11" }
  private static let header = "plate_number,confidence,camera_id,timestamp"

  static let notations: [(String, [UInt8])] = [
    ("a table of reads", Array(TextExample.readsCSV(3).utf8)),
    ("tabs", Array(TextExample.readsCSV(3, separator: "\t").utf8)),
    ("UTF-16", [0xFF, 0xFE] + TextExample.readsCSV(3).utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }),
    (
      "a column that only its values explain",
      Array((["\(header),ref"] + (0..<3).map { "\(reads[$0]),\"D:\\lane 3\\\($0).JPG\"" }).joined(separator: "\n").utf8)
    ),
    ("a list without header", Array("0.jpg 2880\n1.jpg 2937\n2.jpg 8692\n".utf8)),
    ("a list of names alone", Array("0.jpg\n1.jpg\n2.jpg\n".utf8)),
    ("a list with a header", Array("label,image,x\na,\"f/0.png\",1\nb,f/1.png,2\nc,2.png,3\n".utf8)),
    ("persons with photographs", Array("name;photo\nA B;0.jpg\nC D;1.jpg\nE F;2.jpg\n".utf8)),
    ("JSON", Array(#"[{"image":"0.jpg"},{"image":"a\/1.jpg"},{"photo":"2.JPG"}]"#.utf8)),
    ("a list in JSON", Array(#"{"images":["0.jpg","1.jpg","https://x.y/2.jpg?a=1"]}"#.utf8)),
    ("JSON lines", Array("{\"file_name\":1,\"path\":\"0.jpg\"}\n{\"path\":\"1.jpg\"}\n{\"path\":\"2.jpg\"}\n".utf8)),
    (
      "XML",
      Array(
        "<?xml version=\"1.0\"?><a><r image=\"0.jpg\"/><r><file>1.jpg</file></r><r><photo>x/2.tif</photo></r></a>".utf8)
    ),
    (
      "SQL",
      Array("INSERT INTO t (n, photo) VALUES (1,'0.jpg'),(2,'1.jpg'),(3,'it''s\\\\2.jpg');\n".utf8)
    ),
    (
      "COPY",
      Array("COPY t (n, photo) FROM stdin;\n1\t0.jpg\n2\t1.jpg\n3\t2.jpg\n\\.\n".utf8)
    ),
    (
      "dBase",
      DBFExample.table(
        [DBFExample.Field("NAME", "C", 20), DBFExample.Field("PHOTO", "C", 20)],
        [["A", "0.jpg"], ["B", "1.JPG"], ["C", "2.bmp"]])
    ),
    (
      "SQLite",
      SQLiteExample.database([
        SQLiteExample.Table(
          "people", "name TEXT, photo TEXT", (0..<3).map { [.text(Array("n".utf8)), .text(Array("\($0).jpg".utf8))] })
      ])
    ),
    (
      "Access",
      JetExample.database([
        JetExample.Table(
          "People", [.text("Name"), .text("Photo")], (0..<3).map { [.text("n"), .text("\\\\srv\\p\\\($0).jpg")] })
      ])
    ),
    ("pickle", PickleSample.stream((0..<3).flatMap { PickleSample.text("faces/\($0).jpg") + [0x4E] })),
    (
      "NumPy",
      NumPySample.array(
        "<U8", [3],
        (0..<3).flatMap { i in Array("\(i).jpg".utf8).flatMap { [$0, 0, 0, 0] } + [UInt8](repeating: 0, count: 12) })
    ),
  ]

  @Test(arguments: notations.map(\.0)) func found(_ name: String) throws {
    let bytes = try #require(Self.notations.first { $0.0 == name }?.1)
    let names = try #require(Self.names(bytes))
    #expect(names.files?.hashes == Self.three && names.files?.values == 3)
    // However the entry is cut.
    for size in [1, 7, 64, 4096] {
      #expect(examine(bytes, chunks: [size]).names == names, "pieces of \(size)")
    }
  }

  static let negatives = [
    "id,plate,colour\n1,a,b\n", "picture,frame,colour\nland,scape,blue\n", "a picture.jpg in a sentence\nand more\n",
    #"{"image":"","photo":"none","picture":17,"path":"a.txt"}"#, "id,name\n1,A\n2,B\n3,C\n",
    #"{"image":"\#(String(repeating: "/9j/4AAQSkZJRgABAQ", count: 900)).jpg"}"#,
    "image,x\n\(String(repeating: "y", count: 300)).jpg,1\n",
  ]
  @Test(arguments: negatives) func namesNone(_ text: String) {
    #expect(Self.names(text) == nil)
  }

  /// Keys say something only beside something observed.
  @Test func keys() throws {
    let rows = (0..<30).map { "00\($0 + 100),\(TextExample.plate($0)),90.5,lane1,2018-11-02 14:03:11" }
    let names = try #require(Self.names("passage_id,\(Self.header)\n" + rows.joined(separator: "\n")))
    #expect(names.files == nil && names.keys?.values == 30)
    #expect(names.keys?.hashes == Self.hashes((0..<30).map { "00\($0 + 100).jpg" }))
    #expect(Self.names("passage_id,a,b\n1000,x,y\n1001,x,y\n") == nil)
  }

  /// Nothing about plates and persons changes because a column names files.
  @Test func rulesSayTheSame() {
    let plain = "colour,\(Self.header)\n" + Self.reads.map { "x,\($0)" }.joined(separator: "\n")
    let named = "file,\(Self.header)\n" + Self.reads.map { "x.jpg,\($0)" }.joined(separator: "\n")
    #expect(!TextRuleTests.said(plain).isEmpty && TextRuleTests.said(plain) == TextRuleTests.said(named))
    // Neither a name of files nor one of keys makes a header.
    #expect(TextRuleTests.said("id,plate\n1,x\n") == TextRuleTests.said("xx,plate\n1,x\n"))
    let broken = "note,\(Self.header)\n" + Self.reads.map { "\"a\nb\",\($0)" }.joined(separator: "\n")
    #expect(TextRuleTests.said(broken) == TextRuleTests.said(plain))
  }

  @Test func manyNamesAreAFairSample() throws {
    let names = (0..<20_000).map { "IMG_\($0).jpg" }
    let found = try #require(Self.names("image,n\n" + names.map { "\($0),1" }.joined(separator: "\n"))?.files)
    #expect(found.values == 20_000 && !found.isWhole && found.hashes == Array(Self.hashes(names).prefix(256)))
  }

  /// Names chosen to cost most: falling hashes, one name for ever.
  @Test func hostileNames() throws {
    let falling = (0..<60_000).map { "\($0).jpg" }.sorted {
      (PictureName(Array($0.utf8))?.hash ?? 0) > (PictureName(Array($1.utf8))?.hash ?? 0)
    }
    let same = [String](repeating: "a.jpg", count: 100_000)
    for names in [falling, same] {
      let found = try #require(Self.names(names.joined(separator: "\n"))?.files)
      #expect(found.values == names.count && found.hashes == Array(Self.hashes(names).prefix(256)))
    }
  }
}
