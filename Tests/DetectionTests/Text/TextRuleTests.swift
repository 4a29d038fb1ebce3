import CustodyCore
import Foundation
import Testing

@testable import Detection

/// Plate reads and identity records in text, through the whole of the examination.
@Suite struct TextRuleTests {
  static let rules = CompiledCatalog([PlateReads(), IdentityRecords()])

  static func said(_ text: String) -> [String] {
    examine(Array(text.utf8), catalog: rules).observations.map {
      "\($0.dataClass.rawValue) \($0.strength.rawValue) x\($0.count)"
    }
  }

  static func total(_ facts: EntryFacts) -> Int { facts.observations.reduce(0) { $0 + $1.count } }

  /// Every row counts, and both ends of the period are on record.
  @Test func countsAllRowsAndTheirPeriod() throws {
    let facts = examine(Array(TextExample.readsCSV(5000).utf8), catalog: Self.rules)
    #expect(Self.total(facts) == 5000)
    let times = facts.observations.map { $0.attributes["capturedAt"] }
    #expect(times == [.string("2018-11-02T14:00:11"), .string("2018-11-02T14:59:11")])
    #expect(facts.observations.allSatisfy { $0.attributes["clock"] == "database" && $0.strength == .proof })
  }

  /// The place is that of the rows, not of the header.
  @Test func placeIsWhereTheRowsAre() throws {
    let text = TextExample.readsCSV(5)
    let facts = examine(Array(text.utf8), catalog: Self.rules)
    let place = try #require(facts.observations.first?.place)
    let header = try #require(text.utf8.firstIndex(of: 0x0A))
    #expect(place.offset == UInt64(text.utf8.distance(from: text.startIndex, to: header) + 1))
    #expect(place.offset + place.length == UInt64(text.utf8.count - 1))
  }

  /// No plate, number or name of the input appears in what is said.
  @Test(arguments: [TextExample.readsCSV(9), TextExample.travellersCSV(9), TextExample.openALPR(3), TextExample.paxlst])
  func valuesStayWhereTheyAre(_ text: String) {
    let facts = examine(Array(text.utf8), catalog: Self.rules)
    #expect(!facts.observations.isEmpty)
    let parts: [Substring] = text.split(whereSeparator: { !$0.isLetter && !$0.isNumber })
    let words = parts.filter { $0.count >= 6 && $0.contains(where: \.isNumber) }
    #expect(!words.isEmpty)
    for observation in facts.observations {
      for (key, value) in observation.attributes.entries where key != "capturedAt" {
        guard case .string(let said) = value else { continue }
        #expect(!words.contains { said.contains($0) }, "\(key) says \(said)")
      }
    }
  }

  /// The same text in every encoding the identifier knows, whole and in pieces, gives the same answer.
  @Test(
    arguments: [
      ("utf-16le", [0xFF, 0xFE], 2, false), ("utf-16be", [0xFE, 0xFF], 2, true),
      ("utf-32le", [0xFF, 0xFE, 0, 0], 4, false),
      ("utf-32be", [0, 0, 0xFE, 0xFF], 4, true), ("utf-8 with mark", [0xEF, 0xBB, 0xBF], 1, false),
    ] as [(String, [UInt8], Int, Bool)])
  func encodings(_ name: String, _ mark: [UInt8], _ width: Int, _ isBig: Bool) {
    for text in [TextExample.readsCSV(30), TextExample.openALPR(2), TextExample.travellersCSV(8)] {
      var bytes = mark
      for c in text.utf8 {
        var unit = [UInt8](repeating: 0, count: width)
        unit[isBig ? width - 1 : 0] = c
        bytes += unit
      }
      let whole = examine(bytes, catalog: Self.rules)
      let plain = examine(Array(text.utf8), catalog: Self.rules)
      #expect(summary(whole) == summary(plain) && !summary(plain).isEmpty, "\(name)")
      #expect(examine(bytes, chunks: [1, 3, 7], catalog: Self.rules) == whole, "\(name)")
      let last = whole.observations.map { ($0.place?.offset ?? 0) + ($0.place?.length ?? 0) }.max() ?? 0
      #expect(last <= UInt64(bytes.count) && last > UInt64(bytes.count / 2))
    }
  }

  @Test(
    arguments: [
      // A stray quote hides no rows after its own.
      (
        "plate_number,confidence,camera\n\"ABC1234,9,1\nABC1235,9,1\nABC1236,9,1\nABC1237,9,1\n",
        ["plate.read strong x3"]
      ),
      // Quoted names, other separators, CR LF.
      (
        "\"Plate Number\";\"Confidence\";\"Camera\"\r\n\"ABC 1234\";\"9\";\"1\"\r\n\"AB\"\"C1235\";9;1\r\nABC-1236;9;1\r\nABC1237;9;1\r\n",
        ["plate.read strong x3"]
      ),
      // Empty cells are no reads.
      (
        "plate_number,confidence,camera\nABC1234,9,1\n,9,1\nNULL,9,1\nABC1235,9,1\nABC1236,9,1\n",
        ["plate.read strong x3"]
      ),
      // Two tables in one file.
      (
        "plate_number,confidence,camera\nABC1234,9,1\nABC1235,9,1\n\nplate_number,confidence,camera\nABC1236,9,1\n",
        ["plate.read strong x3"]
      ),
      // A frame's camera stands above its results.
      (
        "{\"camera\":1,\"reads\":[{\"plate\":\"ABC1234\",\"confidence\":9},{\"plate\":\"ABC1235\",\"confidence\":9},"
          + "{\"plate\":\"ABC1236\",\"confidence\":9}]}", ["plate.read strong x3"]
      ),
      // Company of a neighbour is no company.
      ("[{\"plate\":\"ABC1234\"},{\"confidence\":9,\"camera\":1}]", []),
      // Escapes in keys and values; a broken line hides only itself.
      (
        "{\"plate_number\":\"ABC\\u0031234\",\"confidence\":9,\"camera\":1}\n{\"plate_number\":\"ABC\n"
          + "{\"pl\\u0061te_number\":\"ABC1235\",\"confidence\":9,\"camera\":1}\n"
          + "{\"plate_number\":\"ABC1236\",\"confidence\":9,\"camera\":1}\n", ["plate.read strong x3"]
      ),
      // Namespaces, CDATA, a document type and comments.
      (
        "<!DOCTYPE r [<!ELEMENT r ANY>]><r><!-- <Plate>X</Plate> --><a:read plate='ABC1234' confidence='9' camera='1'/>"
          + "<read><a:Plate><![CDATA[ABC1235]]></a:Plate><confidence>9</confidence><camera>1</camera></read>"
          + "<read><licensePlate>ABC1236</licensePlate><confidence>9</confidence><camera>1</camera></read></r>",
        ["plate.read strong x3"]
      ),
      // INSERT with its own list of columns, quotes in strings, a function, comments.
      (
        "-- dump\nINSERT INTO \"t\" (\"passport_no\", `surname`, dob, note, nationality) VALUES\n"
          + "('P1234567','O''Do,e)','1980-01-12',to_date('a,b'),'SWE'),\n('P1234568','D\\'oe',date('1980-01-12'),x,'SWE');\n",
        ["identity.record strong x2"]
      ),
      ("ssn,first_name,last_name,dob\n" + "123-45-6780,A,B,1980-01-02\n", ["identity.record strong x1"]),
      ("ssn,amount\n" + "123-45-6780,7\n", ["identity.record weak x1"]),
      ("ssn,amount\n" + "123456789,7\n987-65-4320,7\n123-456789,7\n", []),
    ] as [(String, [String])])
  func shapes(_ text: String, _ expected: [String]) {
    #expect(Self.said(text) == expected)
    let bytes = Array(text.utf8)
    for chunks in [[1], [2, 5], [64]] {
      #expect(
        examine(bytes, chunks: chunks, catalog: Self.rules) == examine(bytes, catalog: Self.rules), "chunks \(chunks)")
    }
  }

  @Test(arguments: [
    ("ABC1234", "shaped"), ("abc-1234", "shaped"), ("7ABC123", "shaped"), ("AB 123 CD", "shaped"), ("ABCDEFG", "no"),
    ("A1", "no"), ("ABC12345678", "no"), ("1234567", "plausible"), ("AB_1234", "no"), ("", "no"),
  ])
  func plates(_ text: String, _ expected: String) {
    let bytes = Array(text.utf8)
    #expect("\(PlatePattern.read(bytes.span))" == expected)
  }

  @Test(
    arguments: [
      (.curp, "HEGG560427MVZRRL04", true), (.curp, "PXNE660720HMCXTN06", true), (.curp, "HEGG560427MVZRRL05", false),
      (.curp, "HEGG561327MVZRRL04", false), (.passport, "123456789", true), (.passport, "A12345678", true),
      (.passport, "111111111", false), (.passport, "unknown", false), (.alien, "A-123456789", true),
      (.alien, "12345678", true), (.vagueAlien, "12345678", false), (.sevis, "N0012345678", true),
      (.sevis, "0012345678", false), (.receipt, "EAC1890012345", true), (.receipt, "ABC1890012345", false),
      (.arrival, "123456789A1", true), (.arrival, "12345678901", true), (.socialSecurity, "219-09-9999", false),
      (.socialSecurity, "212-09-1234", true), (.socialSecurity, "212-091234", false), (.taxpayer, "912-70-1234", true),
      (.taxpayer, "912-93-1234", false), (.visa, "12345678", true), (.visa, "K1234567", true),
    ] as [(ColumnRole, String, Bool)])
  func numbers(_ role: ColumnRole, _ text: String, _ isValid: Bool) {
    let bytes = Array(text.utf8)
    #expect(IdentityNumber.isValid(bytes.span, as: role) == isValid)
  }

  @Test(
    arguments: [
      ("2018-11-02 14:03:11", "2018-11-02T14:03:11"), ("2018-11-02T14:03:11.345Z", "2018-11-02T14:03:11Z"),
      ("2018-11-02T14:03:11+01:00", "2018-11-02T13:03:11Z"), ("2018/11/02", "2018-11-02T00:00:00"),
      ("20181102140311", "2018-11-02T14:03:11"), ("1541167391", "2018-11-02T14:03:11Z"),
      ("1541167391000", "2018-11-02T14:03:11Z"), ("11/02/2018 14:03", nil), ("2018-13-02", nil), ("0000000001", nil),
      ("", nil), ("2018-11-0", nil), ("2018-11-02T25:00:00", nil),
    ] as [(String, String?)])
  func times(_ text: String, _ expected: String?) {
    let bytes = Array(text.utf8)
    #expect(TextTime(bytes.span)?.text == expected)
  }
}
