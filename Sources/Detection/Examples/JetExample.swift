/// Access databases of a catalogue and a few tables, built as Access lays them out.
enum JetExample {
  enum Value: Sendable {
    case null
    /// Whole numbers; the ten-thousandth of a currency.
    case integer(Int)
    /// Numbers and dates.
    case real(Double)
    case text(String)
    case bytes([UInt8])
  }

  struct Column: Sendable {
    var name: String
    var type: UInt8
    init(_ name: String, _ type: UInt8) { (self.name, self.type) = (name, type) }

    var isFixed: Bool { size != nil }
    var size: Int? { [1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 6: 4, 7: 8, 8: 8, 0x13: 8][type] }

    static func long(_ name: String) -> Column { Column(name, 4) }
    static func double(_ name: String) -> Column { Column(name, 7) }
    static func date(_ name: String) -> Column { Column(name, 8) }
    static func text(_ name: String) -> Column { Column(name, 0x0A) }
    static func ole(_ name: String) -> Column { Column(name, 0x0B) }
    static func memo(_ name: String) -> Column { Column(name, 0x0C) }
  }

  struct Table: Sendable {
    var name: String
    var columns: [Column]
    var rows: [[Value]]
    init(_ name: String, _ columns: [Column], _ rows: [[Value]]) {
      (self.name, self.columns, self.rows) = (name, columns, rows)
    }
  }

  /// - Parameters:
  ///   - key: enciphers the pages when it is not 0.
  static func database(_ tables: [Table], layout: JetLayout = .jet4, key: UInt32 = 0, isACE: Bool = false) -> [UInt8] {
    var builder = JetBuilder(layout)
    let first = 3
    var page = first
    var places: [Int] = []
    for table in tables {
      places.append(page)
      page += builder.definitionPages(table.columns)
    }
    var catalog = Table(
      "MSysObjects",
      [.long("Id"), .long("ParentId"), .text("Name"), Column("Type", 3), .long("Flags"), .ole("LvProp")],
      [[.integer(2), .integer(0), .text("MSysObjects"), .integer(1), .integer(-2_147_483_648), .null]])
    for (i, table) in tables.enumerated() {
      catalog.rows.append([.integer(places[i]), .integer(0), .text(table.name), .integer(1), .integer(0), .null])
    }
    builder.reserve(page)
    builder.add(catalog, at: 2)
    for (i, table) in tables.enumerated() { builder.add(table, at: places[i]) }
    return builder.file(key: key, isACE: isACE)
  }

  /// Rows of a plate reader's table.
  static func reads(_ count: Int) -> Table {
    Table(
      "Reads",
      [.long("ID"), .text("Plate"), .date("ReadTime"), .text("Camera"), .double("Confidence"), .text("Image")],
      (0..<count).map { i in
        let number = String(i % 10_000)
        let plate = "AB" + String(repeating: "0", count: 4 - number.count) + number
        return [
          .integer(i), .text(plate), .real(45_000 + Double(i) / 1440), .text("Lane 1"), .real(0.91),
          .text("p\(i).jpg"),
        ]
      })
  }

  static let positives: [DetectorExample] = [
    DetectorExample("a gallery of our own making", expected: ["biometric.database strong x3"]) {
      database([
        Table(
          "FaceTemplates", [.long("ID"), .text("Person"), .ole("Template")],
          (0..<3).map { [.integer($0), .text("person \($0)"), .bytes([UInt8](repeating: UInt8($0 + 1), count: 64))] })
      ])
    },
    DetectorExample("plate reads", expected: ["plate.read proof x5"]) { database([reads(5)]) },
    DetectorExample("travellers, in a database of Access 97", expected: ["identity.record strong x2"]) {
      database(
        [
          Table(
            "Travelers", [.text("Surname"), .text("Given Names"), .date("Date of Birth"), .text("Passport No")],
            [
              [.text("SPECIMEN"), .text("ANNA"), .real(30_000), .text("L898902C3")],
              [.text("SAMPLE"), .text("OTTO"), .real(20_000), .text("C01X00T47")],
            ])
        ], layout: .jet3)
    },
    DetectorExample("a minutiae record over two pages", expected: ["finger.template proof x1"]) {
      database([
        Table(
          "Documents", [.long("ID"), .ole("Body")],
          [
            [
              .integer(1),
              .bytes(
                [UInt8](repeating: 0x11, count: 4050) + FMRExamples.iso2005() + [UInt8](repeating: 0x22, count: 3000)),
            ]
          ])
      ])
    },
    DetectorExample("a gallery whose pages Access encoded", expected: ["biometric.database strong x1"]) {
      database(
        [
          Table(
            "Watchlist", [.text("Name"), .ole("Encoding")], [[.text("A"), .bytes([UInt8](repeating: 9, count: 99))]])
        ],
        key: 0x1234_5678)
    },
  ]

  static let negatives: [DetectorExample] = [
    DetectorExample("an address book") {
      database([Table("People", [.text("Name"), .text("Street")], [[.text("A"), .text("B")]])])
    },
    DetectorExample("products with pictures") {
      database([
        Table(
          "Products", [.long("ID"), .text("Name"), .ole("Picture")],
          [[.integer(1), .text("Chai"), .bytes([UInt8](repeating: 7, count: 9000))]])
      ])
    },
    DetectorExample("an encrypted database") {
      database([Table("Watchlist", [.text("Name"), .ole("Encoding")], [])], key: 7, isACE: true)
    },
    DetectorExample("a header and nothing else") {
      Array(database([]).prefix(4096)) + [UInt8](repeating: 0, count: 4096)
    },
  ]
}
