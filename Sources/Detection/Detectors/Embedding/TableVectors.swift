internal import CustodyCore

/// Face vectors in tables of text: one number a column, or a list in a cell.
struct TableVectors: Detector {
  var descriptor: DetectorDescriptor {
    DetectorDescriptor(
      name: "face.vectors-table", version: 1, dataClasses: [.faceTemplate], strengths: [.proof, .strong, .weak],
      summary: "rows of 128, 160, 512 or 4096 numbers in CSV, TSV and plain text, with a face model's norm",
      sources: ["RFC 4180 (CSV)", "cmusatyalab/openface (reps.csv)", "davidsandberg/facenet (exports)"],
      limits: [
        "names count when they stand in the first line", "of tables above 16 MiB the beginning is judged",
        "rows of tables that begin with 64 KiB of other text are not seen",
      ],
      triggers: ["text/csv", "text/tab-separated-values", "text/plain"].map { .opening(ContentKind(rawValue: $0)) },
      positives: [
        DetectorExample("a name and dlib's 128 columns", expected: ["face.template proof x3"]) {
          TableSample.table("name,\(TableSample.columns("encoding", 128))", VectorSample.dlib(3), label: "a")
        },
        DetectorExample("a list in a cell beside a person", expected: ["face.template strong x2"]) {
          TableSample.cells("person_id,embedding", VectorSample.rows(2, 512, norm: 1))
        },
        DetectorExample("OpenFace's reps.csv: normalized rows alone", expected: ["face.template weak x3"]) {
          TableSample.table(nil, VectorSample.rows(3, 128, norm: 1), label: nil)
        },
      ],
      negatives: [
        DetectorExample("word vectors of GloVe: another norm") {
          TableSample.table(nil, VectorSample.rows(3, 128, norm: 5), label: "word")
        },
        DetectorExample("128 columns of counts") {
          TableSample.table(nil, VectorSample.rows(3, 128, norm: 500).map { $0.map { $0.rounded() } }, label: nil)
        },
        DetectorExample("embeddings of text") {
          TableSample.cells("text,embedding", VectorSample.rows(2, 512, norm: 1))
        },
      ])
  }

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    let size = bytes.byteCount - start
    var rows = TextRows()
    scan(bytes, from: start, &rows)
    // The opening tells whether the rest is worth having.
    guard rows.first != nil else { return .nothing }
    if !context.windowReachesEnd, !context.windowIsFinal { return .needsMore(total: EntryExaminer.windowLimit + 1) }
    guard let first = rows.first, let seen = rows.evidence(format: "table") else { return .nothing }
    let observation = seen.observation(
      by: descriptor, at: context.windowOffset + UInt64(first), length: rows.last - first)
    // Claims no bytes: other things in the same text are found as well.
    return .found([observation], length: min(1, size), kind: nil)
  }

  private func scan(_ b: RawSpan, from start: Int, _ rows: inout TextRows) {
    var at = start
    var isHeader = true
    while at < b.byteCount {
      let end = b.firstIndex(of: 0x0A, from: at, to: b.byteCount) ?? b.byteCount
      let found = rows.tallies.reduce(0) { $0 + $1.rows }
      line(b, at, end, &rows)
      if isHeader, found == 0, rows.first == nil { header(b, at, min(end, at + (64 << 10)), &rows) }
      isHeader = false
      at = end + 1
    }
  }

  /// Fields of the first line.
  private func header(_ b: RawSpan, _ from: Int, _ to: Int, _ rows: inout TextRows) {
    var field: [UInt8] = []
    for i in from...max(from, to) {
      let c = i < to ? b.u8(i) ?? 0x2C : 0x2C
      if c == 0x2C || c == 0x3B || c == 0x09 || c == 0x7C || c == 0x0D {
        rows.names.formUnion(VectorNames(naming: field))
        field = []
      } else if c != 0x22, field.count <= VectorNames.longest {
        field.append(c)
      }
    }
  }

  /// Every run of numbers in a line: after its beginning, a separator or an opening bracket.
  private func line(_ b: RawSpan, _ from: Int, _ to: Int, _ rows: inout TextRows) {
    // 128 numbers need twice as many bytes. Lines of JSON are read by their keys elsewhere.
    guard to - from >= 256, b.u8(from) != UInt8(ascii: "{") else { return }
    var at = from
    var mayBegin = true
    while at < to, let c = b.u8(at) {
      if mayBegin, c == 0x2D || c == 0x2E || (0x30...0x39).contains(c) {
        let run = NumberRun(b, at: at, to: to, acrossLines: false)
        let values = VectorTally.dimensions.contains(run.values.count - 1) ? Array(run.values.dropFirst()) : run.values
        if values.count >= 128 { rows.add(values, at, run.end) }
        at = max(at + 1, run.end)
        mayBegin = false
      } else {
        mayBegin = c == 0x2C || c == 0x3B || c == 0x09 || c == 0x20 || c == 0x5B || c == 0x22 || c == 0x7C
        at += 1
      }
    }
  }
}

enum TableSample {
  static func columns(_ name: String, _ count: Int) -> String {
    (0..<count).map { "\(name)_\($0)" }.joined(separator: ",")
  }
  static func table(_ header: String?, _ rows: [[Double]], label: String?) -> [UInt8] {
    var text = header.map { $0 + "\n" } ?? ""
    for row in rows {
      if let label { text += label + "," }
      text += row.map { String(describing: $0) }.joined(separator: ",") + "\n"
    }
    return Array(text.utf8)
  }
  static func cells(_ header: String, _ rows: [[Double]]) -> [UInt8] {
    var text = header + "\n"
    for (i, row) in rows.enumerated() {
      text += "\(i),\"[" + row.map { String(describing: $0) }.joined(separator: ", ") + "]\"\n"
    }
    return Array(text.utf8)
  }
}
