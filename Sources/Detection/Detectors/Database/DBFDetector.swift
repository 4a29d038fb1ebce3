internal import CustodyCore

/// dBase and FoxPro tables with columns of templates, by the names of their columns. Plate reads and identity records in
/// such tables are what `plate.records` and `identity.records` say.
struct DBFDetector: Detector {
  let descriptor = DetectorDescriptor(
    name: "database.dbf", version: 1, dataClasses: [.biometricDatabase], strengths: [.strong, .weak],
    summary: "dBase and FoxPro tables whose columns hold faces or templates",
    sources: [
      "dBASE .dbf file format, levels 5 and 7", "Visual FoxPro, Table File Structure", "names as for database.sqlite",
    ],
    limits: [
      "tables beyond 16 MiB are read up to there", "deleted rows",
      "memo files (.dbt, .fpt) are carved, not read as values",
      "the name of a table is not in its file: columns must tell by themselves, in ten letters",
    ],
    triggers: [.opening(.dbf)],
    positives: [
      DetectorExample("face prints in a memo", expected: ["biometric.database strong x2"]) {
        DBFExample.table(
          [DBFExample.Field("NAME", "C", 20), DBFExample.Field("FACEPRINT", "M", 10)],
          [["ANNA", "1"], ["OTTO", "9"], ["NOBODY", ""]])
      },
      DetectorExample("a schema without rows", expected: ["biometric.database weak x1"]) {
        DBFExample.table([DBFExample.Field("ID", "N", 8), DBFExample.Field("IRISCODE", "C", 200)], [])
      },
    ],
    negatives: [
      DetectorExample("an address book") {
        DBFExample.table([DBFExample.Field("NAME", "C", 20), DBFExample.Field("STREET", "C", 20)], [["A", "B"]])
      },
      DetectorExample("a text that begins with the same byte") {
        [3, 99, 1, 1] + [UInt8](repeating: 0x61, count: 300)
      },
    ])

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    guard start == 0, context.windowOffset == 0, let header = DBFHeader(bytes) else { return .nothing }
    let names = DatabaseReading.TableNames(name: "", columns: header.fields.map(\.name))
    var reading = DatabaseReading([names])
    let wanted = reading.columns(of: names)
    guard !wanted.isEmpty else { return .nothing }
    if !context.windowReachesEnd, !context.windowIsFinal { return .needsMore(total: EntryExaminer.windowLimit) }
    var at = header.headerSize
    while at + header.rowSize <= bytes.byteCount, let mark = bytes.u8(at), mark != 0x1A {
      if mark == 0x20 {
        for column in wanted {
          let field = header.fields[column]
          let raw = bytes.bytes((at + field.range.lowerBound)..<(at + field.range.upperBound))
          let size = DBFHeader.trimmed(raw[...]).count
          // Of a memo the number of its block stands here.
          reading.note(names, column: column, size: field.isMemo && size > 0 ? DatabaseReading.leastTemplate : size)
        }
      }
      at += header.rowSize
    }
    var seen = Reassembled.Seen()
    if !context.windowReachesEnd { seen.limits.insert(.beginning(of: "a table")) }
    if let finding = reading.finding() {
      seen.observations.append(
        Observation(
          .biometricDatabase, detector: descriptor.name, version: descriptor.version, strength: finding.strength,
          count: max(1, finding.rows), place: Place(offset: 0, length: UInt64(bytes.byteCount)),
          attributes: ["format": .string(finding.system), "records": .int(Int64(finding.rows))]))
    }
    return seen.detection
  }
}
