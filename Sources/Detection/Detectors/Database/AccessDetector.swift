internal import CustodyCore

/// Access databases: faces and templates by the names of tables and columns, plate reads and identity records by their
/// values, and records in values that are spread over several pages.
///
/// Every row of every table that the catalogue of the database lists is read; there is no sampling.
struct AccessDetector: Detector {
  let descriptor = DetectorDescriptor(
    name: "database.access", version: 1, dataClasses: DataClass.allCases.filter { $0 != .videoUnexamined },
    strengths: [.proof, .strong, .weak],
    summary: "Access databases: faces, templates, plate reads and identity records in rows; values spread over pages",
    sources: [
      "mdbtools, HACKING (Jet 3, Jet 4 and ACE pages)", "schemas as for database.sqlite", "rules as for plate.records",
    ],
    limits: [
      "databases beyond 16 MiB are read up to there",
      "deleted rows and tables are carved as raw bytes, not read as rows",
      "linked tables, whose rows stand in another file",
      "encrypted databases; attachments that Access compresses",
    ],
    triggers: [.opening(Self.kind)], positives: JetExample.positives, negatives: JetExample.negatives)

  static let kind = ContentKind(rawValue: "application/x-msaccess")
  private static let encrypted = DetectionLimit(.encrypted, "an encrypted Access database: its rows were not read")

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    guard start == 0, context.windowOffset == 0, let header = JetHeader(bytes) else { return .nothing }
    if !context.windowReachesEnd, !context.windowIsFinal { return .needsMore(total: EntryExaminer.windowLimit) }
    let second = JetFile.catalogPage * header.layout.pageSize
    if header.key == 0 { return read(bytes, header.layout, context, isDecoded: false) }
    guard !header.isACE else { return Detection.nothing.limited(by: [Self.encrypted]) }
    let plain = header.decoded(bytes)
    // The catalogue says whether this was the key.
    guard plain.count > second, plain[second] == 2 else { return Detection.nothing.limited(by: [Self.encrypted]) }
    return read(plain.span.bytes, header.layout, context, isDecoded: true)
  }

  private func read(
    _ bytes: RawSpan, _ layout: JetLayout, _ context: DetectionContext, isDecoded: Bool
  ) -> Detection {
    guard let file = JetFile(bytes, layout: layout) else { return .nothing }
    var walk = JetWalk(file)
    let pages = file.dataPages()
    var names: [Int: [String]] = [:]
    var order: [Int] = []
    for listed in file.listed(pages, &walk) where listed.page != JetFile.catalogPage {
      if names[listed.page] == nil { order.append(listed.page) }
      names[listed.page, default: []].append(listed.name)
    }
    var tables: [(table: JetFile.Table, names: [DatabaseReading.TableNames])] = []
    for page in order {
      guard let table = file.table(page, &walk) else {
        if context.windowReachesEnd || page < file.pageCount { walk.trouble.pages += 1 }
        continue
      }
      let columns = table.columns.map(\.name)
      tables.append((table, (names[page] ?? []).map { DatabaseReading.TableNames(name: $0, columns: columns) }))
    }
    var reading = DatabaseReading(tables.flatMap(\.names))
    var seen = Reassembled.Seen()
    for (table, names) in tables {
      let wanted = names.flatMap { name in reading.columns(of: name).map { (name, $0) } }
      let long = table.columns.indices.filter { table.columns[$0].isLong }
      var records = TableRecords(columns: table.columns.map(\.name), format: "access")
      let fields = records?.wanted ?? []
      for page in pages[table.page] ?? [] {
        for row in file.rows(page, table, &walk) {
          guard walk.spend(wanted.count + fields.count) else { break }
          for (name, column) in wanted { reading.note(name, column: column, size: size(file, row, table, column)) }
          records?.open(at: row.range.lowerBound)
          for column in fields { records?.value(column, file.field(row, table, column)) }
          records?.close(at: row.range.upperBound)
          for column in long {
            examine(file, row, column, table.columns[column].isText, isDecoded, context, &walk, &seen)
          }
        }
      }
      seen.observations += records?.observations(by: descriptor, base: context.windowOffset) ?? []
      if let names = records?.names { seen.names.merge(names) }
    }
    seen.limits.formUnion(walk.trouble.limits(context))
    if let finding = reading.finding() {
      seen.observations.append(observation(finding, walk.trouble, bytes.byteCount))
    }
    // Nothing is claimed: records that lie in one piece are found where they lie.
    return seen.detection
  }

  private func size(_ file: borrowing JetFile, _ row: JetRow, _ table: JetFile.Table, _ column: Int) -> Int {
    guard let place = row.fields[column] else { return 0 }
    return table.columns[column].isLong ? file.longSize(place) : place.count
  }

  private func observation(_ finding: DatabaseReading.Finding, _ trouble: DatabaseTrouble, _ size: Int) -> Observation {
    var attributes: Attributes = ["format": .string(finding.system), "records": .int(Int64(finding.rows))]
    if !trouble.isEmpty { attributes["damaged"] = .bool(true) }
    return Observation(
      .biometricDatabase, detector: descriptor.name, version: descriptor.version, strength: finding.strength,
      count: max(1, finding.rows), place: Place(offset: 0, length: UInt64(size)), attributes: attributes)
  }

  /// Values whose pieces need not lie side by side; of a decoded file all, since nothing else sees them in the clear.
  private func examine(
    _ file: borrowing JetFile, _ row: JetRow, _ column: Int, _ isText: Bool, _ isDecoded: Bool,
    _ context: DetectionContext,
    _ walk: inout JetWalk, _ seen: inout Reassembled.Seen
  ) {
    guard let place = row.fields[column], !place.isEmpty else { return }
    guard let value = file.longValue(place, &walk) else {
      // What lies beyond the window is missing without being damaged.
      if context.windowReachesEnd { walk.trouble.rows += 1 }
      return
    }
    guard value.bytes.count >= 24 else { return }
    seen += value.looked(
      base: context.windowOffset, by: descriptor,
      isCarved: !isDecoded && value.isContiguous && !isFile(value.bytes, isText))
  }

  /// What only means something as a whole file (arrays, pickles, documents); of texts what is laid out as data. Shorter
  /// values are keys, times and digests.
  private func isFile(_ value: [UInt8], _ isText: Bool) -> Bool {
    value.count >= 24 && (!isText || [0x7B, 0x5B, 0x3C].contains(value.first))
  }
}
