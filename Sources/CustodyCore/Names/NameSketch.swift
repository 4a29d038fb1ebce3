/// A bounded sample of the names in one entry: hashes, never names.
///
/// Who holds the line can test whether a name he guesses stands in it. Inventories are restricted and hold paths anyway;
/// a sketch is never shared.
public struct NameSketch: Sendable, Hashable {
  /// The most hashes that are kept.
  public static let limit = 256

  /// Values that were names, repeats included; at least the number of hashes.
  public let values: Int
  /// The smallest hashes of the different names, ascending: `PictureName.hash`.
  public let hashes: [UInt64]

  /// Nil unless 1 to `limit` hashes of 48 bits ascend and are not more than `values`.
  public init?(values: Int, hashes: [UInt64]) {
    guard !hashes.isEmpty, hashes.count <= Self.limit, values >= hashes.count,
      (hashes.last ?? 0) >> PictureName.bits == 0
    else { return nil }
    for i in hashes.indices.dropFirst() where hashes[i - 1] >= hashes[i] { return nil }
    self.values = values
    self.hashes = hashes
  }

  /// All names are here: there are fewer than there is room for.
  public var isWhole: Bool { hashes.count < Self.limit }
}

/// Which pictures the rows of an entry name.
public struct PictureNames: Sendable, Hashable {
  /// Values that end in the extension of a picture.
  public var files: NameSketch?
  /// Values that could be a picture's name without its extension.
  public var keys: NameSketch?

  /// Nil when there is neither.
  public init?(files: NameSketch?, keys: NameSketch?) {
    guard files != nil || keys != nil else { return nil }
    self.files = files
    self.keys = keys
  }
}
