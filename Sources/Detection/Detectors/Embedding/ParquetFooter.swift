/// The columns of a Parquet file, from its footer (Apache Parquet format, parquet.thrift FileMetaData).
struct ParquetFooter {
  struct Column {
    var names: VectorNames = []
    /// Values in all row groups, nulls included.
    var values = 0
    /// FLOAT or DOUBLE.
    var isFloat = false
  }
  static let columnLimit = 4096

  var names: VectorNames = []
  var rows = 0
  var columns: [Column] = []

  /// Reads the footer in `from ..< to`; nil when it is damaged or says more than can be.
  init?(_ b: RawSpan, from: Int, to: Int) {
    var reader = CompactThrift(at: from, end: to)
    var columns: [Column] = []
    var names: VectorNames = []
    var rows = -1
    let isWhole = reader.structure(b) { reader, field, type in
      switch (field, type) {
      case (2, 9):
        guard let (count, kind) = reader.list(b), kind == 12 else { return false }
        for _ in 0..<count where !Self.element(&reader, b, &names) { return false }
        return true
      case (3, 6):
        guard let value = reader.integer(b) else { return false }
        rows = value
        return true
      case (4, 9):
        guard let (count, kind) = reader.list(b), kind == 12 else { return false }
        for _ in 0..<count where !Self.group(&reader, b, &columns) { return false }
        return true
      default: return false
      }
    }
    guard isWhole, (0..<1 << 48).contains(rows) else { return nil }
    self.names = names
    self.rows = rows
    self.columns = columns
  }

  /// SchemaElement: the name is field 4.
  private static func element(_ reader: inout CompactThrift, _ b: RawSpan, _ names: inout VectorNames) -> Bool {
    reader.structure(b, depth: 1) { reader, field, type in
      guard field == 4, type == 8, let name = reader.binary(b) else { return false }
      if name.count <= VectorNames.longest { names.formUnion(VectorNames(naming: b.bytes(name))) }
      return true
    }
  }

  /// RowGroup: field 1 is the list of column chunks, of which field 3 is the metadata.
  private static func group(_ reader: inout CompactThrift, _ b: RawSpan, _ columns: inout [Column]) -> Bool {
    reader.structure(b, depth: 1) { reader, field, type in
      guard field == 1, type == 9, let (count, kind) = reader.list(b), kind == 12, count <= columnLimit else {
        return false
      }
      for i in 0..<count {
        var column = Column()
        let isRead = reader.structure(b, depth: 2) { reader, field, type in
          guard field == 3, type == 12 else { return false }
          return metadata(&reader, b, &column)
        }
        guard isRead else { return false }
        if i < columns.count {
          columns[i].values = columns[i].values.addingReportingOverflow(column.values).partialValue
        } else {
          columns.append(column)
        }
      }
      return true
    }
  }

  /// ColumnMetaData: 1 type (4 FLOAT, 5 DOUBLE), 3 path in the schema, 5 number of values.
  private static func metadata(_ reader: inout CompactThrift, _ b: RawSpan, _ column: inout Column) -> Bool {
    reader.structure(b, depth: 3) { reader, field, type in
      switch (field, type) {
      case (1, 5):
        guard let value = reader.integer(b) else { return false }
        column.isFloat = value == 4 || value == 5
        return true
      case (3, 9):
        guard let (count, kind) = reader.list(b), kind == 8, count <= 64 else { return false }
        for _ in 0..<count {
          guard let name = reader.binary(b) else { return false }
          if name.count <= VectorNames.longest { column.names.formUnion(VectorNames(naming: b.bytes(name))) }
        }
        return true
      case (5, 6):
        guard let value = reader.integer(b), (0..<1 << 48).contains(value) else { return false }
        column.values = value
        return true
      default: return false
      }
    }
  }
}
