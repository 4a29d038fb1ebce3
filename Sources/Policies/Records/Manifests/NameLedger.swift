import CustodyCore

/// A file name of a manifest in the spelling that decides whether two names are the same.
enum ManifestName {
  /// Stands in the file as it is.
  case raw(Range<Int>)
  /// Stood in the file with escapes, now resolved.
  case resolved([UInt8])
}

/// Which digest each name was given: finds the name that is given two different ones.
///
/// An open-addressed table over the bytes of the file: about 70 bytes a name that needs no resolving, whatever its length. Names are compared
/// byte by byte when their hashes agree; the hash is seeded by the process, so no file can be made to collide.
struct NameLedger {
  private struct Entry {
    var hash: UInt32
    var offset: UInt32
    var count: UInt32
    var isResolved: Bool
    var line: UInt32
    var digest: Digest
  }

  private let source: [UInt8]
  /// Resolved names, one after another.
  private var resolved: [UInt8] = []
  private var entries: [Entry] = []
  /// One more than a position in `entries`; 0 is free. The count is a power of two.
  private var slots = [UInt32](repeating: 0, count: 1024)

  /// - Parameter source: the file; shorter than 4 GiB.
  init(_ source: [UInt8]) { self.source = source }

  /// The line that gave this name another digest, or nil. The first digest of a name stays.
  mutating func claim(_ digest: Digest, _ name: ManifestName, line: Int) -> Int? {
    let hash: UInt32
    switch name {
    case .raw(let range): hash = Self.hash(source, range)
    case .resolved(let bytes): hash = Self.hash(bytes, bytes.indices)
    }
    var slot = Int(hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let entry = entries[Int(slots[slot]) - 1]
      if entry.hash == hash, isSame(entry, name) { return entry.digest == digest ? nil : Int(entry.line) }
      slot = (slot + 1) & (slots.count - 1)
    }
    append(hash, digest, name, line)
    slots[slot] = UInt32(truncatingIfNeeded: entries.count)
    if entries.count * 2 > slots.count { grow() }
    return nil
  }

  private mutating func append(_ hash: UInt32, _ digest: Digest, _ name: ManifestName, _ line: Int) {
    var entry = Entry(
      hash: hash, offset: 0, count: 0, isResolved: false, line: UInt32(truncatingIfNeeded: line), digest: digest)
    switch name {
    case .raw(let range):
      entry.offset = UInt32(truncatingIfNeeded: range.lowerBound)
      entry.count = UInt32(truncatingIfNeeded: range.count)
    case .resolved(let bytes):
      entry.offset = UInt32(truncatingIfNeeded: resolved.count)
      entry.count = UInt32(truncatingIfNeeded: bytes.count)
      entry.isResolved = true
      resolved += bytes
    }
    entries.append(entry)
  }

  private func isSame(_ entry: Entry, _ name: ManifestName) -> Bool {
    let known = Int(entry.offset)..<Int(entry.offset) + Int(entry.count)
    let held = entry.isResolved ? resolved[known] : source[known]
    switch name {
    case .raw(let range): return held.elementsEqual(source[range])
    case .resolved(let bytes): return held.elementsEqual(bytes)
    }
  }

  private mutating func grow() {
    var larger = [UInt32](repeating: 0, count: slots.count * 2)
    for (i, entry) in entries.enumerated() {
      var slot = Int(entry.hash) & (larger.count - 1)
      while larger[slot] != 0 { slot = (slot + 1) & (larger.count - 1) }
      larger[slot] = UInt32(truncatingIfNeeded: i + 1)
    }
    slots = larger
  }

  private static func hash(_ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
    var hasher = Hasher()
    bytes.withUnsafeBytes { hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: $0[range])) }
    return UInt32(truncatingIfNeeded: hasher.finalize())
  }
}
