import CustodyCore

/// The disk that an image file describes: clusters that lie somewhere in the image, compressed or not, and others that
/// do not. Forms differ in their tables only, so each is a subclass that tells where a piece of the disk is.
///
/// Nothing is unpacked beforehand: pieces are found and decompressed when they are read.
class VirtualDisk: RandomAccess {
  /// A stretch of the disk that is in one place.
  struct Extent {
    /// First byte, in the disk.
    var start: UInt64
    var length: UInt64
    var place: Place
  }
  enum Place {
    /// Never written, or said to be zeros.
    case hole
    /// As it is, from this offset of the image.
    case stored(UInt64)
    /// The extent as one compressed unit.
    case packed(Packed)
    /// Not in this image: a backing file, a parent or another extent has it.
    case missing
    /// The tables lead nowhere.
    case damaged
  }
  struct Packed {
    var offset: UInt64
    var length: Int
    var method: Unpacking
  }

  final let image: RandomAccess
  /// What the image's own structures say that it lacks, or what is wrong with them.
  final var remarks: [Trouble] = []
  /// Bytes of the disk that are in the image, set when it was surveyed.
  final var presentBytes: UInt64
  private final var lastStretch: (start: UInt64, end: UInt64, state: Stretch) = (0, 0, .data)
  /// Starts of compressed units that cannot be decompressed.
  private final var damaged: Set<UInt64> = []
  private static let mostDamaged = 1 << 20
  private final var recent: [(start: UInt64, bytes: [UInt8]?)] = []
  /// A compressed unit is decompressed as a whole.
  static let mostUnit: UInt64 = 16 << 20
  /// Disks that claim more are refused: no arithmetic on their offsets can overflow.
  static let mostSize: UInt64 = 1 << 60
  private static let mostRecent: UInt64 = 8 << 20
  private static let mostPadding = 1024

  init(_ image: RandomAccess, size: UInt64) {
    self.image = image
    presentBytes = min(size, image.size)
    super.init(size: size)
  }

  /// The extent in which a byte of the disk lies. Only called for offsets below `size`.
  func extent(at offset: UInt64) -> Extent { Extent(start: offset, length: size - offset, place: .hole) }

  /// Bytes that stand behind each stored piece and belong to it.
  var bytesBehind: UInt64 { 0 }

  final func remark(_ trouble: Trouble) {
    if !remarks.contains(where: { $0.note == trouble.note }) { remarks.append(trouble) }
  }

  final override var dataSize: UInt64 { presentBytes }

  final override func stretch(at offset: UInt64) -> (state: Stretch, length: UInt64) {
    guard offset < size else { return (.data, 0) }
    if offset >= lastStretch.start, offset < lastStretch.end { return (lastStretch.state, lastStretch.end - offset) }
    var position = offset
    var state: Stretch?
    // Neighbours of the same kind are told together; a bound keeps one answer from reading all tables.
    for _ in 0..<4096 where position < size {
      let extent = extent(at: position)
      let here: Stretch
      switch extent.place {
      case .hole: here = .zeros
      case .stored(let at): here = at.addingClamped(position - extent.start) < image.size ? .data : .unreadable
      case .packed: here = damaged.contains(extent.start) ? .unreadable : .data
      case .missing, .damaged: here = .unreadable
      }
      guard state == nil || state == here else { break }
      state = here
      position = max(position + 1, extent.start.addingClamped(extent.length))
    }
    lastStretch = (offset, min(size, position), state ?? .data)
    return (lastStretch.state, lastStretch.end - offset)
  }

  final override func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    guard offset < size else { return 0 }
    let wanted = Int(min(UInt64(buffer.count), size - offset))
    var done = 0
    while done < wanted {
      let position = offset + UInt64(done)
      let extent = extent(at: position)
      let within = position - extent.start
      guard extent.start <= position, within < extent.length else { return done > 0 ? done : -1 }
      let part = Int(min(UInt64(wanted - done), extent.length - within))
      let target = UnsafeMutableRawBufferPointer(rebasing: buffer[done..<(done + part)])
      guard fill(target, extent, within) else { return done > 0 ? done : -1 }
      done += part
    }
    return done
  }

  private func fill(_ target: UnsafeMutableRawBufferPointer, _ extent: Extent, _ within: UInt64) -> Bool {
    switch extent.place {
    case .hole:
      target.initializeMemory(as: UInt8.self, repeating: 0)
      return true
    case .stored(let offset):
      let at = offset.addingClamped(within)
      guard at < image.size else { return false }
      let n = image.read(at: at, into: target)
      guard n >= 0 else { return false }
      // Writers end an image with the last byte that is not zero.
      if n < target.count {
        UnsafeMutableRawBufferPointer(rebasing: target[n...]).initializeMemory(as: UInt8.self, repeating: 0)
      }
      return true
    case .packed(let packed):
      guard let unit = unit(extent.start, extent.length, packed) else { return false }
      let from = Int(within)
      guard from + target.count <= unit.count else { return false }
      target.copyBytes(from: unit[from..<(from + target.count)])
      return true
    case .missing, .damaged: return false
    }
  }

  /// The decompressed unit; nil when it is damaged, which is remembered like a good one.
  private func unit(_ start: UInt64, _ length: UInt64, _ packed: Packed) -> [UInt8]? {
    if let known = recent.first(where: { $0.start == start }) { return known.bytes }
    guard !damaged.contains(start), length <= Self.mostUnit, packed.length >= 0, packed.length <= Int(Self.mostUnit) * 2
    else { return nil }
    let stored = image.bytes(at: packed.offset, count: packed.length)
    var used = stored.count
    let bytes = packed.method.unpack(stored, size: Int(length), used: &used)
    // Lengths are told in sectors, and the next piece may begin in the last of them.
    if bytes != nil, stored.count - used > Self.mostPadding {
      remark(
        Trouble(.partial, .contentNotDecoded, "bytes behind the end of compressed pieces of the disk were not searched")
      )
    }
    if bytes == nil {
      remark(Trouble(.failed, .corrupt, "compressed pieces of the disk cannot be decompressed"))
      if damaged.count < Self.mostDamaged { damaged.insert(start) }
      lastStretch = (0, 0, .data)
    }
    let room = max(1, Int(Self.mostRecent / max(1, length)))
    if recent.count >= min(room, 64) { recent.removeFirst() }
    recent.append((start, bytes))
    return bytes
  }
}

/// What is known of bytes without reading them.
enum Stretch {
  case data
  /// A hole: zeros that are nowhere.
  case zeros
  /// Reading will fail.
  case unreadable
}

extension RandomAccess {
  /// Stretches of a disk between long holes, so that what was never written costs nothing: neither reading nor hashing
  /// nor the expansion limit.
  ///
  /// - Returns: offsets in order, the whole range when it has no hole of `longHole` bytes.
  func islands(_ range: Range<UInt64>) -> [Range<UInt64>] {
    var found: [Range<UInt64>] = []
    var start = range.lowerBound
    var position = start
    var hole: UInt64?
    func close(_ end: UInt64, _ next: UInt64) {
      if end > start { found.append(start..<end) }
      start = next
    }
    while position < range.upperBound {
      let (state, length) = stretch(at: position)
      guard length > 0 else { break }
      let end = min(range.upperBound, position + length)
      if state == .zeros {
        hole = hole ?? position
      } else if let from = hole {
        if position - from >= Self.longHole { close(from, position) }
        hole = nil
      }
      position = end
    }
    if let from = hole, range.upperBound - from >= Self.longHole {
      close(from, range.upperBound)
    } else if range.upperBound > start {
      found.append(start..<range.upperBound)
    }
    return found
  }

  private static var longHole: UInt64 { 64 << 20 }
}
