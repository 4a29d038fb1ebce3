/// The order of keys in files of one kind: that of the loader's own lists.
struct KeyOrder {
  /// The key that tells what kind of file it is.
  var kind: String
  var keys: [String]
  /// Keys of the entries of the lists of the root.
  var entries: [String: [String]] = [:]

  static let all: [KeyOrder] = [
    KeyOrder(kind: "pack", keys: Form.pack.keys, entries: ["rules": Form.rule.keys]),
    KeyOrder(kind: "register", keys: Form.register.keys, entries: ["rows": Form.row.keys]),
    KeyOrder(kind: "tests", keys: Form.cases.keys, entries: ["cases": Form.policyCase.keys]),
    KeyOrder(kind: "table", keys: Form.table.keys),
    KeyOrder(
      kind: "records", keys: Form.records.keys,
      entries: Dictionary(RecordForm.all.map { ($0.list, $0.form.keys) }) { first, _ in first }),
    KeyOrder(kind: "waivers", keys: Form.waivers.keys, entries: ["entries": Form.waiver.keys]),
    KeyOrder(
      kind: "trust", keys: Form.trust.keys,
      entries: ["keys": Form.trustedKey.keys, "registers": Form.knownRegister.keys]),
  ]

  /// Puts the keys of the root and of the entries of its lists in order; a file of no known kind stays as it is.
  static func apply(to layout: inout Layout) {
    guard case .mapping(var root) = layout.root else { return }
    let present = Set(root.entries.map(\.key))
    guard let order = all.first(where: { present.contains($0.kind) }) else { return }
    sort(&root.entries, by: order.keys)
    for i in root.entries.indices {
      guard let keys = order.entries[root.entries[i].key],
        case .block(.sequence(var list)) = root.entries[i].content
      else { continue }
      for j in list.items.indices {
        guard case .block(.mapping(var entry)) = list.items[j].content else { continue }
        sort(&entry.entries, by: keys)
        list.items[j].content = .block(.mapping(entry))
      }
      root.entries[i].content = .block(.sequence(list))
    }
    layout.root = .mapping(root)
  }

  /// Unknown keys follow the known ones in the order they have.
  private static func sort(_ entries: inout [Layout.Entry], by keys: [String]) {
    let rank = Dictionary(keys.enumerated().map { ($1, $0) }) { first, _ in first }
    let places = entries.indices.sorted { a, b in
      let (x, y) = (rank[entries[a].key] ?? keys.count, rank[entries[b].key] ?? keys.count)
      return x == y ? a < b : x < y
    }
    entries = places.map { entries[$0] }
  }
}
