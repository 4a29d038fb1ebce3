import CEL
import CustodyCore

/// Numbers of statutes as data: a file beside the pack, so that a new year changes a table and no rule.
///
/// ```yaml
/// table: alpr-limits
/// version: "2026-11"
/// sources: {state-file: dated state-by-state file}
/// rows:
///   US-NH: {cap: PT3M, citation: RSA 261:75-b, source: state-file}
/// ```
///
/// Rules read `tables.NAME["US-NH"].cap`: every value is text.
struct DataTable: Sendable {
  var name: String
  var version: String
  var rows: CELMap

  static let code = "table"
  static let rowLimit = 100_000

  /// Reads the `tables` of a pack: names as rules use them, and the files.
  static func load(_ file: YAMLMapping, _ attachments: Attachments) -> [DataTable] {
    guard let node = file.node("tables") else { return [] }
    guard case .mapping(let pairs) = node.content else {
      file.complain("wrong-type", "`tables` must be a mapping of names to files, not \(node.kindName)", at: "tables")
      return []
    }
    return pairs.compactMap { pair in
      guard Parameter.isName(pair.key), case .scalar(let name, _) = pair.value.content else {
        file.page.complain(
          PackLoader.code + ".bad-name",
          "a table's name is made of lower-case letters, digits and underscores, its value is a file", at: pair.mark)
        return nil
      }
      guard let bytes = attachments.bytes(name, of: file, at: "tables") else { return nil }
      let page = YAMLPage(name: name, bytes: bytes)
      let table = read(page, bytes, as: pair.key)
      page.complaints.forEach(file.page.add)
      return table
    }
  }

  static func read(_ page: YAMLPage, _ bytes: [UInt8], as name: String) -> DataTable? {
    guard let root = YAMLDocument.parse(bytes, into: page),
      let m = YAMLMapping(root, .table, code: code, page: page)
    else { return nil }
    _ = m.requiredText("table")
    _ = m.text("description")
    checkSources(m)
    let version = m.requiredText("version")
    guard let node = m.required("rows"), case .mapping(let pairs) = node.content else {
      if m.has("rows") { m.complain("wrong-type", "`rows` must be a mapping", at: "rows") }
      return nil
    }
    guard pairs.count <= rowLimit else {
      m.complain("too-many-rows", "more than \(rowLimit) rows", at: "rows")
      return nil
    }
    var rows: [(String, CELValue)] = []
    for pair in pairs {
      guard case .mapping(let cells) = pair.value.content else {
        page.complain(code + ".wrong-type", "a row must be a mapping, not \(pair.value.kindName)", at: pair.value.mark)
        continue
      }
      var values: [(String, CELValue)] = []
      for cell in cells {
        guard case .scalar(let text, _) = cell.value.content, !cell.value.isNull else {
          page.complain(code + ".wrong-type", "a cell must be text, not \(cell.value.kindName)", at: cell.value.mark)
          continue
        }
        values.append((cell.key, .string(text)))
      }
      rows.append((pair.key, .map(CELMap(values))))
    }
    return version.map { DataTable(name: name, version: $0, rows: CELMap(rows)) }
  }

  /// Sources are for readers of the table; what is written there must still be what it says it is.
  private static func checkSources(_ m: YAMLMapping) {
    guard let node = m.node("sources") else { return }
    guard case .mapping(let pairs) = node.content else {
      m.complain("wrong-type", "`sources` must be a mapping of tags to names, not \(node.kindName)", at: "sources")
      return
    }
    for pair in pairs {
      guard case .scalar = pair.value.content, !pair.value.isNull else {
        m.page.complain(code + ".wrong-type", "a source must be text", at: pair.value.mark)
        continue
      }
    }
  }

  static let type = CELType.map(.string, .map(.string, .string))
}
