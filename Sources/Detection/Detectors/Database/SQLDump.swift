internal import CustodyCore

/// Dumps of databases of faces and templates: the tables that `database.sqlite` knows, written as statements.
///
/// Immich and CompreFace keep their vectors in PostgreSQL, PhotoPrism in MariaDB: what leaves them is a dump. Every row of every
/// table is counted; there is no sampling.
struct SQLDump: Detector, TextRule {
  let descriptor = DetectorDescriptor(
    name: "database.sql", version: 1, dataClasses: [.biometricDatabase], strengths: [.proof, .strong, .weak],
    summary: "Dumps in SQL whose tables and columns hold faces or templates",
    sources: [
      "PostgreSQL 16 documentation, pg_dump and COPY", "MySQL 8.0 Reference Manual, mysqldump",
      "schemas of digiKam, PhotoPrism, Immich, Shotwell, Apple Photos, CompreFace",
    ],
    limits: [
      "rows whose columns neither the statement nor a CREATE TABLE before it names",
      "dumps of PostgreSQL in its own formats (custom, directory); tables and columns of other names",
      "the first 1,024 tables and 16,384 columns",
    ],
    triggers: [.text], positives: SQLDumpExample.positives, negatives: SQLDumpExample.negatives)

  func judge(_ tally: TextTally) -> [Observation] {
    guard !tally.tables.isEmpty else { return [] }
    let names = tally.tables.map { DatabaseReading.TableNames(name: $0.name, columns: $0.columns.map(\.name)) }
    var reading = DatabaseReading(names)
    var extent = TextTally.Extent()
    for (table, name) in zip(tally.tables, names) {
      let columns = reading.columns(of: name)
      for i in columns {
        let column = table.columns[i]
        reading.add(name, column: i, filled: column.filled, long: column.long)
      }
      if !columns.isEmpty { extent.merge(table.extent) }
    }
    guard let finding = reading.finding() else { return [] }
    return observations(
      .biometricDatabase, finding.strength, count: max(1, finding.rows), extent: extent, period: TextTally.Period(),
      attributes: ["format": .string(finding.system), "records": .int(Int64(finding.rows))])
  }
}
