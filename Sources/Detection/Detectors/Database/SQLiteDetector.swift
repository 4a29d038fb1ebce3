internal import CustodyCore

/// SQLite databases of faces and templates, and records in values that are spread over several pages.
///
/// Every row of every table whose columns speak of biometrics is read; there is no sampling. Values that lie in one
/// piece are found by carving the file as it is; values that overflow into other pages are put together and examined
/// here.
struct SQLiteDetector: Detector {
  let descriptor = DetectorDescriptor(
    name: "database.sqlite", version: 1, dataClasses: DataClass.allCases.filter { $0 != .videoUnexamined },
    strengths: [.proof, .strong, .weak],
    summary: "SQLite databases whose tables and columns hold faces or templates; values spread over pages",
    sources: [
      "SQLite Database File Format, sections 1 and 2",
      "schemas of digiKam, PhotoPrism, Immich, Shotwell, Apple Photos, CompreFace",
    ],
    limits: [
      "databases beyond 16 MiB are read up to there",
      "deleted rows and write-ahead logs are carved as raw bytes, not read as rows",
      "tables and columns of other names; encrypted databases",
    ],
    triggers: [.opening(Self.kind)],
    positives: [
      DetectorExample("digiKam's recognition database", expected: ["biometric.database proof x2"]) {
        SQLiteExample.database([
          SQLiteExample.Table("Identities", "id INTEGER PRIMARY KEY, type INTEGER", [[.null, .integer(0)]]),
          SQLiteExample.Table(
            "FaceMatrices", "id INTEGER PRIMARY KEY, identity INTEGER, rows INTEGER, cols INTEGER, data BLOB",
            [
              [.null, .integer(1), .integer(1), .integer(4), .blob([1, 2, 3, 4])],
              [.null, .integer(1), .integer(1), .integer(4), .blob([5, 6, 7, 8])],
            ]),
        ])
      },
      DetectorExample("a gallery of our own making", expected: ["biometric.database strong x3"]) {
        SQLiteExample.database([
          SQLiteExample.Table(
            "face_encodings", "name TEXT, encoding BLOB",
            (0..<3).map { [.text(Array("person \($0)".utf8)), .blob([UInt8](repeating: UInt8($0 + 1), count: 64))] })
        ])
      },
      DetectorExample("values too short for templates", expected: ["biometric.database weak x1"]) {
        SQLiteExample.database([
          SQLiteExample.Table("gallery", "id INTEGER PRIMARY KEY, template TEXT", [[.null, .text(Array("grid".utf8))]])
        ])
      },
      DetectorExample("a schema without rows", expected: ["biometric.database weak x1"]) {
        SQLiteExample.database([SQLiteExample.Table("people", "name TEXT, face_encoding BLOB", [])])
      },
    ],
    negatives: [
      DetectorExample("an address book") {
        SQLiteExample.database([
          SQLiteExample.Table("people", "name TEXT, street TEXT", [[.text(Array("A".utf8)), .text(Array("B".utf8))]])
        ])
      },
      DetectorExample("a full text index of templates of letters") {
        SQLiteExample.database([
          SQLiteExample.Table("letters", "id INTEGER PRIMARY KEY, template TEXT", [[.null, .text(Array("Dear".utf8))]])
        ])
      },
      DetectorExample("pictures and their embeddings, of anything") {
        SQLiteExample.database([
          SQLiteExample.Table("image", "id INTEGER PRIMARY KEY, path TEXT", []),
          SQLiteExample.Table(
            "embedding", "id INTEGER PRIMARY KEY, image_id INTEGER, embedding BLOB",
            [[.null, .integer(1), .blob([UInt8](repeating: 3, count: 64))]]),
        ])
      },
      DetectorExample("roles of identities") {
        SQLiteExample.database([
          SQLiteExample.Table("imagetagproperties", "a TEXT", []),
          SQLiteExample.Table("identities", "id INTEGER PRIMARY KEY, n TEXT", []),
          SQLiteExample.Table(
            "identityattributes", "id INTEGER, attribute TEXT, value TEXT",
            [[.integer(1), .text(Array("role".utf8)), .text(Array("administrator of all".utf8))]]),
        ])
      },
      DetectorExample("a header and nothing else") { SQLiteFile.magic + [UInt8](repeating: 0, count: 600) },
    ])

  static let kind = ContentKind(rawValue: "application/vnd.sqlite3")

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    guard start == 0, context.windowOffset == 0, let file = SQLiteFile(bytes) else { return .nothing }
    let size = max(file.statedPages, 1) * file.pageSize
    if !context.windowReachesEnd, !context.windowIsFinal { return .needsMore(total: max(size, bytes.byteCount + 1)) }
    var walk = SQLiteWalk(file)
    let tables = file.tables(&walk)
    let names = tables.map { DatabaseReading.TableNames(name: $0.name, columns: $0.columns.map(\.name)) }
    var reading = DatabaseReading(names)
    var seen = Reassembled.Seen()
    // Tables that name the same pages are read at once: none hides behind another, and no page is read twice.
    var roots: [Int] = []
    var atRoot: [Int: [Int]] = [:]
    for (i, table) in tables.enumerated() {
      if atRoot[table.rootPage] == nil { roots.append(table.rootPage) }
      atRoot[table.rootPage, default: []].append(i)
    }
    for root in roots {
      let here = atRoot[root] ?? []
      let wanted = here.flatMap { i in reading.columns(of: names[i]).map { (names[i], $0) } }
      // One table tells what a row's values are; others of the same pages only add names.
      var records = here.lazy.compactMap { TableRecords(columns: names[$0].columns, format: "sqlite") }.first
      let fields = records?.wanted ?? []
      file.rows(root: root, &walk) { row, walk in
        guard walk.spend(wanted.count + fields.count) else { return false }
        for (name, column) in wanted { reading.note(name, column: column, size: row.size(column)) }
        if records != nil {
          let (place, count) = row.payload.place(of: 0)
          records?.open(at: place)
          for column in fields { records?.value(column, Self.text(row.value(column))) }
          records?.close(at: place + count)
        }
        return examine(row, base: context.windowOffset, &walk, &seen)
      }
      seen.observations += records?.observations(by: descriptor, base: context.windowOffset) ?? []
      if let names = records?.names { seen.names.merge(names) }
    }
    seen.limits.formUnion(walk.trouble.limits(context))
    if let finding = reading.finding() {
      var attributes: Attributes = ["format": .string(finding.system), "records": .int(Int64(finding.rows))]
      if !walk.trouble.isEmpty { attributes["damaged"] = .bool(true) }
      if file.freePages > 0 { attributes["freePages"] = .int(Int64(file.freePages)) }
      seen.observations.append(
        Observation(
          .biometricDatabase, detector: descriptor.name, version: descriptor.version, strength: finding.strength,
          count: max(1, finding.rows), place: Place(offset: 0, length: UInt64(bytes.byteCount)), attributes: attributes)
      )
    }
    // Nothing is claimed: records that lie in one piece are found where they lie.
    return seen.detection
  }

  /// Shorter blobs that lie in one piece are keys, times and digests; a record in them is carved.
  private static let leastBlob = 24

  /// Values that carving the file does not show: those of a row that does not fit its page, whose pieces need not lie
  /// side by side, and those that only mean something as a whole file (arrays, pickles, documents).
  ///
  /// - Returns: false when there is nothing left to spend.
  private func examine(_ row: SQLiteRow, base: UInt64, _ walk: inout SQLiteWalk, _ seen: inout Reassembled.Seen) -> Bool
  {
    for field in row.fields where field.length >= 24 {
      let range = field.start..<(field.start + field.length)
      guard row.isSpread || Self.isFile(field, row.payload.bytes[range]) else { continue }
      let content = row.payload.part(range)
      guard !content.isContiguous || Self.isFile(field, row.payload.bytes[range]) else { continue }
      guard walk.spend(field.length) else { return false }
      seen += content.looked(base: base, by: descriptor)
    }
    return true
  }

  private static func isFile(_ field: SQLiteRow.Field, _ value: ArraySlice<UInt8>) -> Bool {
    guard field.type >= 12, field.length >= leastBlob else { return false }
    // Of texts only those that are laid out as data.
    return field.type % 2 == 0 || [0x7B, 0x5B, 0x3C].contains(value.first)
  }

  /// A value as a table of text would show it; nil for null, empty for what is no text.
  private static func text(_ value: SQLiteValue) -> [UInt8]? {
    switch value {
    case .null: nil
    case .text(let bytes): bytes
    case .integer(let i): Array(String(i).utf8)
    case .real(let number): Array(String(number).utf8)
    case .blob: []
    }
  }
}
