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
      DetectorExample("a header and nothing else") { SQLiteFile.magic + [UInt8](repeating: 0, count: 600) },
    ])

  static let kind = ContentKind(rawValue: "application/vnd.sqlite3")

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    guard start == 0, context.windowOffset == 0, let file = SQLiteFile(bytes) else { return .nothing }
    let size = max(file.statedPages, 1) * file.pageSize
    if !context.windowReachesEnd, !context.windowIsFinal { return .needsMore(total: max(size, bytes.byteCount + 1)) }
    var trouble = SQLiteTrouble()
    let tables = file.tables(&trouble)
    let names = tables.map { DatabaseReading.TableNames(name: $0.name, columns: $0.columns.map(\.name)) }
    var reading = DatabaseReading(names)
    var observations: [Observation] = []
    for (table, name) in zip(tables, names) {
      let wanted = reading.columns(of: name)
      file.rows(root: table.rootPage, trouble: &trouble) { row in
        for column in wanted where column < row.values.count {
          reading.note(name, column: column, size: row.values[column].size)
        }
        if row.isSpread { examine(row, base: context.windowOffset, &observations) }
        return true
      }
    }
    if let finding = reading.finding() {
      var attributes: Attributes = ["format": .string(finding.system), "records": .int(Int64(finding.rows))]
      if !trouble.isEmpty { attributes["damaged"] = .bool(true) }
      if file.freePages > 0 { attributes["freePages"] = .int(Int64(file.freePages)) }
      observations.append(
        Observation(
          .biometricDatabase, detector: descriptor.name, version: descriptor.version, strength: finding.strength,
          count: max(1, finding.rows), place: Place(offset: 0, length: UInt64(bytes.byteCount)), attributes: attributes)
      )
    }
    // Nothing is claimed: records that lie in one piece are found where they lie.
    return observations.isEmpty ? .nothing : .found(observations, length: 0, kind: nil)
  }

  /// Values of a row that does not fit its page: their pieces need not lie side by side.
  private func examine(_ row: SQLiteRow, base: UInt64, _ observations: inout [Observation]) {
    for (value, start) in zip(row.values, row.starts) where value.size >= 24 {
      let content = row.payload.part(start..<(start + value.size))
      guard !content.isContiguous else { continue }
      observations += content.observations(base: base, by: descriptor)
    }
  }
}

extension SQLiteValue {
  /// Bytes of the value; 0 for null and empty ones.
  var size: Int {
    switch self {
    case .null: 0
    case .integer, .real: 8
    case .text(let bytes), .blob(let bytes): bytes.count
    }
  }
}
