import CustodyCore

/// Names of pictures among the values of an entry's rows, as samples of hashes; no name is kept.
struct NamesTally: Sendable {
  /// Longer values are no key of anything.
  static let longestKey = 64

  private var files = NameSample(limit: NameSketch.limit)
  private var keys = NameSample(limit: NameSketch.limit)

  var isEmpty: Bool { files.isEmpty && keys.isEmpty }

  /// Takes one value.
  ///
  /// - Parameter mayBeKey: its column is one of keys or of pictures, so that a value without extension can be the stem of
  ///   a picture's name.
  mutating func take(_ value: UnsafeBufferPointer<UInt8>, mayBeKey: Bool) {
    guard let name = PictureName(value) else { return }
    if name.isPicture {
      files.add(name.hash)
    } else if mayBeKey, (2...Self.longestKey).contains(value.count) {
      keys.add(name.hash)
    }
  }

  /// Without keys: nothing was observed beside them.
  var filesOnly: NamesTally {
    var tally = self
    tally.keys = NameSample(limit: NameSketch.limit)
    return tally
  }

  mutating func merge(_ other: NamesTally) {
    files.merge(other.files)
    keys.merge(other.keys)
  }

  mutating func merge(_ names: PictureNames) {
    if let more = names.files { files.merge(more) }
    if let more = names.keys { keys.merge(more) }
  }

  /// - Parameter withKeys: something was observed in the entry. Alone, a column of keys stands in every table.
  func names(withKeys: Bool) -> PictureNames? {
    PictureNames(files: files.sketch, keys: withKeys ? keys.sketch : nil)
  }
}
