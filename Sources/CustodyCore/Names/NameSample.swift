/// The smallest hashes of the different names met so far, with how often each was met: a fair sample of them, of a
/// fixed size, whatever the order in which names come.
///
/// Two samples of different stretches merge into the sample of both. Memory: eight bytes a name, at most twice `limit`.
public struct NameSample: Sendable, Hashable {
  /// Names that are kept.
  public let limit: Int
  /// Names added, repeats included.
  public private(set) var total = 0
  /// Hash above, times met below: 48 and 16 bits.
  private var items: [UInt64] = []
  /// Larger hashes are none of the smallest.
  private var ceiling = UInt64.max

  private static let countBits: UInt64 = 64 - PictureName.bits
  private static let mostTimes: UInt64 = 1 << countBits - 1

  public init(limit: Int) { self.limit = max(1, limit) }

  public var isEmpty: Bool { total == 0 }

  /// Two samples of the same names are equal, whatever the order in which the names came.
  public static func == (a: NameSample, b: NameSample) -> Bool {
    a.limit == b.limit && a.total == b.total && a.settledItems == b.settledItems
  }
  public func hash(into hasher: inout Hasher) { hasher.combine(settledItems) }

  @inline(__always)
  public mutating func add(_ hash: UInt64) {
    total += 1
    guard hash <= ceiling else { return }
    keep(hash << Self.countBits | 1)
  }

  private mutating func keep(_ item: UInt64) {
    if let last = items.last, last >> Self.countBits == item >> Self.countBits {
      items[items.count - 1] = Self.joined(last, item)
      return
    }
    items.append(item)
    if items.count >= 2 * limit { self = settledSample }
  }

  /// Adds what another sample met.
  ///
  /// - Parameter other: of a limit not below this one's, or whole.
  public mutating func merge(_ other: NameSample) {
    total = total.addingReportingOverflow(other.total).overflow ? .max : total + other.total
    for item in other.items where item >> Self.countBits <= ceiling { keep(item) }
  }

  /// Adds names that were each met once, among `values`.
  public mutating func merge(_ sketch: NameSketch) {
    total = total.addingReportingOverflow(sketch.values).overflow ? .max : total + sketch.values
    for hash in sketch.hashes where hash <= ceiling { keep(hash << Self.countBits | 1) }
  }

  private static func joined(_ a: UInt64, _ b: UInt64) -> UInt64 {
    a & ~mostTimes | min(mostTimes, (a & mostTimes) + (b & mostTimes))
  }

  private var settledItems: [UInt64] {
    var out: [UInt64] = []
    out.reserveCapacity(items.count)
    for item in items.sorted() {
      if let last = out.last, last >> Self.countBits == item >> Self.countBits {
        out[out.count - 1] = Self.joined(last, item)
      } else {
        out.append(item)
      }
    }
    if out.count > limit { out.removeLast(out.count - limit) }
    return out
  }

  private var settledSample: NameSample {
    var sample = self
    sample.items = settledItems
    if sample.items.count == limit, let last = sample.items.last { sample.ceiling = last >> Self.countBits }
    return sample
  }

  /// One name of the sample.
  public struct Name: Sendable, Hashable {
    public var hash: UInt64
    /// How often it was met; stops at 65,535.
    public var times: Int
    public init(hash: UInt64, times: Int) { (self.hash, self.times) = (hash, times) }
  }

  /// The sample, smallest first.
  public var names: [Name] {
    settledItems.map { Name(hash: $0 >> Self.countBits, times: Int($0 & Self.mostTimes)) }
  }

  /// The sample as it is written down; nil without names.
  public var sketch: NameSketch? {
    NameSketch(values: total, hashes: settledItems.prefix(NameSketch.limit).map { $0 >> Self.countBits })
  }
}
