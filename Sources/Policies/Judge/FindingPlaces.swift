/// Where findings go: the folder of their entries, or a parent when too many folders have something to say.
struct FindingPlaces {
  private let judge: Judge
  /// Folders and their parents.
  private var keys: Interned<[UInt8]>
  private var parentsByDepth: [Int: [Int]] = [:]
  /// Ids of rules whose findings went to parents.
  private(set) var rolledUpRules: [String] = []

  init(_ judge: Judge) {
    self.judge = judge
    keys = judge.folders
  }

  private static func depth(_ key: [UInt8]) -> Int { key.isEmpty ? 0 : key.count { $0 == 0x2F } + 1 }

  private static func truncated(_ key: [UInt8], to depth: Int) -> [UInt8] {
    if depth == 0 { return [] }
    var slashes = 0
    for i in key.indices where key[i] == 0x2F {
      slashes += 1
      if slashes == depth { return Array(i > 0 && key[i - 1] == 0 ? key[...i] : key[..<i]) }
    }
    return key
  }

  /// Where the findings of a rule go: nil when every folder stands for itself, otherwise the parent of each folder. All
  /// are cut to the greatest depth at which there are few enough.
  mutating func home(ofRule rule: Int, _ speaks: [Bool]) -> [Int]? {
    guard judge.context.rules[rule].grouping == .folder || judge.context.rules[rule].scope == .collection,
      speaks.count(where: { $0 }) > judge.folderLimit
    else {
      return nil
    }
    rolledUpRules.append(judge.context.rules[rule].id)
    var low = 0
    var high = judge.folders.values.reduce(0) { max($0, Self.depth($1)) }
    while low < high {
      let middle = (low + high + 1) / 2
      let parents = parents(atDepth: middle)
      var seen: Set<Int> = []
      for folder in speaks.indices where speaks[folder] && seen.count <= judge.folderLimit {
        seen.insert(parents[folder])
      }
      if seen.count <= judge.folderLimit { low = middle } else { high = middle - 1 }
    }
    return parents(atDepth: low)
  }

  private mutating func parents(atDepth depth: Int) -> [Int] {
    if let known = parentsByDepth[depth] { return known }
    let parents = judge.folders.values.map { keys.id(of: Self.truncated($0, to: depth)) }
    parentsByDepth[depth] = parents
    return parents
  }

  /// Folders in order of their first leaf, then rows by id, then the snapshot; from 1.
  func number(_ drafts: [FindingBuilder.Key: [FindingBuilder.Part]]) -> [FindingBuilder.Place: Int] {
    var firsts: [FindingBuilder.Place: UInt64] = [:]
    for (key, parts) in drafts {
      let first = parts.map { judge.groups[$0.group].firstLeaf }.min() ?? 0
      firsts[key.place] = min(first, firsts[key.place] ?? .max)
    }
    func rank(_ place: FindingBuilder.Place) -> (Int, UInt64, [UInt8]) {
      switch place {
      case .folder(let id): (0, firsts[place] ?? 0, keys.values[id])
      case .row(let row): (1, UInt64(row), [])
      case .snapshot: (2, 0, [])
      case .record(let position): (3, UInt64(position), [])
      }
    }
    let ordered = firsts.keys.map { ($0, rank($0)) }.sorted { a, b in
      if a.1.0 != b.1.0 { return a.1.0 < b.1.0 }
      if a.1.1 != b.1.1 { return a.1.1 < b.1.1 }
      return a.1.2.lexicographicallyPrecedes(b.1.2)
    }
    return Dictionary(uniqueKeysWithValues: ordered.enumerated().map { ($1.0, $0 + 1) })
  }

  /// The folder in words, where the operator lifted that.
  func path(_ place: FindingBuilder.Place) -> String? {
    guard judge.context.disclosesPaths, case .folder(let id) = place else { return nil }
    return FolderKey.shown(keys.values[id])
  }
}
