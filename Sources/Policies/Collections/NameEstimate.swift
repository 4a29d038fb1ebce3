import CustodyCore

/// Numbers from samples of names.
enum NameEstimate {
  /// Of the standard normal distribution: 19 times in 20.
  private static let z = 1.96

  /// How many of `total` have a property that `hits` of `sampled` of them have (Wilson's score interval), and at least
  /// what was seen.
  static func part(_ hits: Int, of sampled: Int, total: Int) -> NameCount {
    guard sampled > 0 else { return NameCount(about: 0, atLeast: 0, atMost: total) }
    guard sampled < total else { return NameCount(exactly: min(hits, total)) }
    let (low, high) = share(hits, of: sampled)
    let n = Double(total)
    return NameCount(
      about: whole(n * Double(hits) / Double(sampled)),
      atLeast: max(hits, whole((n * low).rounded(.down))),
      atMost: min(total - (sampled - hits), whole((n * high).rounded(.up))))
  }

  private static func share(_ hits: Int, of sampled: Int) -> (low: Double, high: Double) {
    let n = Double(sampled)
    let p = Double(hits) / n
    let square = z * z
    let middle = p + square / (2 * n)
    let width = z * ((p * (1 - p) + square / (4 * n)) / n).squareRoot()
    return (max(0, (middle - width) / (1 + square / n)), min(1, (middle + width) / (1 + square / n)))
  }

  /// How many different names there are among `values`, of which the smallest hashes are known and no others are below
  /// `ceiling`: (k - 1) / u for the k-th smallest of numbers spread over 0 to 1, standard error about 1 / √(k - 2).
  static func distinct(_ sampled: Int, ceiling: UInt64, values: Int) -> NameCount {
    let place = Double(ceiling &+ 1) / Double(UInt64(1) << PictureName.bits)
    let k = Double(sampled)
    guard sampled > 3, place > 0 else { return NameCount(about: values, atLeast: sampled, atMost: values) }
    let estimate = (k - 1) / place
    let error = z / (k - 2).squareRoot()
    let low = max(sampled, whole(estimate * (1 - error)))
    let high = whole(estimate * (1 + error))
    // Rows mostly name each picture once: where the sample agrees with that, it is the better number.
    return NameCount(
      about: (low...max(low, high)).contains(values) ? values : whole(estimate), atLeast: min(low, values),
      atMost: min(high, values))
  }

  /// How many of `names` different names have a property that `hits` of `sampled` of them have.
  static func part(_ hits: Int, of sampled: Int, names: NameCount) -> NameCount {
    guard !names.isExact else { return part(hits, of: sampled, total: names.count) }
    guard sampled > 0 else { return NameCount(about: 0, atLeast: 0, atMost: names.atMost) }
    let (low, high) = share(hits, of: sampled)
    return NameCount(
      about: whole(Double(names.count) * Double(hits) / Double(sampled)),
      atLeast: max(hits, whole((Double(names.atLeast) * low).rounded(.down))),
      atMost: max(hits, whole((Double(names.atMost) * high).rounded(.up))))
  }

  /// Rounded, and within what an integer holds.
  private static func whole(_ value: Double) -> Int {
    value.isFinite && value > 0 ? (value < 9e15 ? Int(value.rounded()) : 9_000_000_000_000_000) : 0
  }
}
