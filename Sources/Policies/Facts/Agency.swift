/// A public body whose short name may stand in a path. Only how many of them there are is ever reported.
struct Agency: Sendable, Hashable {
  /// Bit in an `AgencySet`.
  let ordinal: Int
  let name: String
  /// Ordinal of the department it belongs to: a department and one of its bodies are not two customers.
  let parent: Int?
  /// The short name is also an everyday word: only capitals count.
  let capitalsOnly: Bool

  func accepts(_ word: ArraySlice<UInt8>) -> Bool {
    !capitalsOnly || word.allSatisfy { (0x41...0x5A).contains($0) }
  }

  static let all: [Agency] = {
    let dhs = 0
    let list: [(String, Int?, Bool)] = [
      ("dhs", nil, false), ("cbp", dhs, false), ("tsa", dhs, false), ("ice", dhs, true), ("uscis", dhs, false),
      ("usss", dhs, false), ("hsi", dhs, false), ("fbi", nil, false), ("dea", nil, true), ("atf", nil, true),
      ("usms", nil, false), ("txdot", nil, false), ("caltrans", nil, false), ("turnpike", nil, false),
      ("dmv", nil, false), ("bmv", nil, false), ("chp", nil, false), ("nypd", nil, false), ("lapd", nil, false),
      ("rcmp", nil, false), ("cbsa", nil, false), ("interpol", nil, false), ("ezpass", nil, false),
      ("txdps", nil, false), ("padot", nil, false), ("penndot", nil, false), ("fdot", nil, false),
    ]
    return list.enumerated().map { Agency(ordinal: $0, name: $1.0, parent: $1.1, capitalsOnly: $1.2) }
  }()

  static let table: [UInt64: Agency] = {
    var table: [UInt64: Agency] = [:]
    for agency in all { table[PathWords.key(Array(agency.name.utf8)[...])] = agency }
    return table
  }()

  /// Full names as registers write them.
  private static let fullNames: [(String, String)] = [
    ("customs and border protection", "cbp"), ("department of homeland security", "dhs"),
    ("transportation security administration", "tsa"), ("immigration and customs enforcement", "ice"),
    ("citizenship and immigration services", "uscis"), ("secret service", "usss"),
    ("federal bureau of investigation", "fbi"), ("marshals service", "usms"), ("california highway patrol", "chp"),
    ("border services agency", "cbsa"),
  ]

  /// Agencies named by a register row.
  static func named(in text: String) -> AgencySet {
    var set = PathWords.read(Array(text.utf8)[...]).agencies
    let lower = text.lowercased()
    for (full, short) in fullNames where lower.contains(full) {
      if let agency = all.first(where: { $0.name == short }) { set.insert(agency) }
    }
    return set
  }
}

/// A set of agencies as bits.
struct AgencySet: Sendable, Hashable {
  private(set) var bits: UInt64 = 0
  var isEmpty: Bool { bits == 0 }
  mutating func insert(_ agency: Agency) { bits |= 1 << UInt64(agency.ordinal) }
  mutating func formUnion(_ other: AgencySet) { bits |= other.bits }

  private func contains(_ ordinal: Int) -> Bool { bits & (1 << UInt64(ordinal)) != 0 }

  /// How many customers these are: a department counts only when none of its own bodies is in the set.
  var customers: Int {
    Agency.all.count { agency in
      contains(agency.ordinal) && !Agency.all.contains { $0.parent == agency.ordinal && contains($0.ordinal) }
    }
  }

  /// Whether every agency here is one of `others` or belongs to one of them, or is the department of one.
  func isCovered(by others: AgencySet) -> Bool {
    Agency.all.allSatisfy { agency in
      !contains(agency.ordinal) || others.contains(agency.ordinal) || (agency.parent.map(others.contains) ?? false)
        || Agency.all.contains { $0.parent == agency.ordinal && others.contains($0.ordinal) }
    }
  }
}
