/// How much an observation proves.
public enum Strength: String, CaseIterable, Sendable, Hashable, Comparable {
  /// A pattern only: a lead to follow, or a part of combined evidence.
  case weak
  /// The container or schema is certain; the biometric meaning comes from names or keys.
  case strong
  /// At least two independent structural facts agree; a random blob passes with probability below about 1e-9.
  case proof

  private var rank: Int {
    switch self {
    case .weak: 0
    case .strong: 1
    case .proof: 2
    }
  }
  public static func < (a: Strength, b: Strength) -> Bool { a.rank < b.rank }
}
