import Glibc

/// Looks for a zip archive at the end of an entry that is something else: a picture with an archive behind it, a
/// self-extractor. Zip readers look from the end, so such a file is both.
struct AppendedArchive {
  enum Result {
    case none
    /// There is one, and the whole entry can be read again.
    case archive(RandomAccess)
    /// There seems to be one, and the entry is gone.
    case unreachable
  }

  private static let tailSize = 65_557
  private let declared: UInt64?
  private let place: FilePlace?
  private let keepLimit: Int
  private var total: UInt64 = 0
  private var hasHoles = false
  /// Everything so far while it is small, else the last bytes.
  private var kept: [UInt8] = []
  private var keepsAll = true
  /// Decided early: the last piece held the whole tail.
  private var decided: Bool?

  init(_ limits: SnapshotLimits, declared: UInt64?, place: FilePlace?) {
    self.declared = declared
    self.place = place
    keepLimit = limits.maxAppendedSearch
  }

  mutating func see(_ bytes: UnsafeRawBufferPointer) {
    total = total.addingClamped(UInt64(bytes.count))
    if place == nil {
      keep(bytes)
    } else if total == declared, UInt64(bytes.count) >= min(total, UInt64(Self.tailSize)) {
      decided = ZipEnd.find(in: bytes, whole: total) != nil
    }
  }

  mutating func see(zeros count: UInt64) {
    total = total.addingClamped(count)
    hasHoles = true
    keepsAll = false
    kept = []
  }

  private mutating func keep(_ bytes: UnsafeRawBufferPointer) {
    if keepsAll, kept.count + bytes.count <= keepLimit {
      kept.append(contentsOf: bytes)
      return
    }
    if keepsAll {
      keepsAll = false
      kept = Array(kept.suffix(Self.tailSize))
    }
    if bytes.count >= Self.tailSize {
      kept.removeAll(keepingCapacity: true)
      kept.append(contentsOf: bytes.suffix(Self.tailSize))
    } else {
      kept.append(contentsOf: bytes)
      if kept.count > 4 * Self.tailSize { kept.removeFirst(kept.count - Self.tailSize) }
    }
  }

  func result() -> Result {
    guard total >= 22 else { return .none }
    if let place, !hasHoles {
      if decided == false { return .none }
      let content = FileRange(place.descriptor, from: place.offset, size: total)
      return ZipEnd.read(content) != nil ? .archive(content) : .none
    }
    guard kept.withUnsafeBytes({ ZipEnd.find(in: $0, whole: total) }) != nil else { return .none }
    guard keepsAll else { return .unreachable }
    let content = MemoryBytes(kept)
    return ZipEnd.read(content) != nil ? .archive(content) : .none
  }
}
