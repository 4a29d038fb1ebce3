internal import CustodyCore

/// An OLE2 compound file in memory ([MS-CFB] sections 2.1 to 2.6): Office 97, MSG, Thumbs.db.
///
/// Its streams are chains of sectors that need not lie side by side, so carving the file may miss what a stream holds.
/// Every sector number is checked, a sector belongs to one chain, and the streams together are no larger than the file.
struct CompoundFile: ~Escapable {
  static let magic: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]

  struct Stream: Sendable {
    /// As the directory writes it; control characters and all.
    var name: String
    var size: Int
    var start: Int
    /// Small streams live in sectors of their own within the root's stream.
    var isMini: Bool
  }

  let bytes: RawSpan
  let sectorSize: Int
  let streams: [Stream]
  /// Directory entries or chains that make no sense.
  let damaged: Int
  private let table: [UInt32]
  private let miniTable: [UInt32]
  /// Sectors of the root's stream.
  private let miniSectors: [Int]

  private static let miniSize = 64
  private static let end: UInt32 = 0xFFFF_FFFE
  /// Larger numbers are marks, not sectors ([MS-CFB] 2.1).
  private static let lastSector: UInt32 = 0xFFFF_FFFA
  static let streamLimit = 20_000

  @_lifetime(copy bytes)
  init?(_ bytes: RawSpan) {
    guard bytes.byteCount >= 1536, bytes.has(Self.magic, at: 0), bytes.u16le(28) == 0xFFFE,
      let major = bytes.u16le(26), let shift = bytes.u16le(30), bytes.u16le(32) == 6,
      (major == 3 && shift == 9) || (major == 4 && shift == 12), bytes.u32le(56) == 4096
    else { return nil }
    let size = 1 << shift
    let count = max(0, bytes.byteCount / size - 1)
    var damaged = 0
    let table = Self.allocation(bytes, size, count, &damaged)
    let directory = Self.chain(UInt32(clamping: bytes.u32le(48) ?? 0), table, most: count, &damaged)
    var entries: [(name: String, type: UInt8, start: Int, size: Int)] = []
    for sector in directory {
      for i in 0..<(size / 128) where entries.count < Self.streamLimit {
        let at = (sector + 1) * size + i * 128
        guard let type = bytes.u8(at + 66), type != 0 else { continue }
        guard [1, 2, 5].contains(type), let length = bytes.u16le(at + 64), length <= 64,
          let start = bytes.u32le(at + 116),
          let low = bytes.u32le(at + 120)
        else {
          damaged += 1
          continue
        }
        var units: [UInt16] = []
        for k in 0..<max(0, length / 2 - 1) { units.append(UInt16(truncatingIfNeeded: bytes.u16le(at + 2 * k) ?? 0)) }
        entries.append((String(decoding: units, as: UTF16.self), type, start, low))
      }
    }
    guard let root = entries.first, root.type == 5 else { return nil }
    self.bytes = bytes
    sectorSize = size
    self.table = table
    var mini: [UInt32] = []
    for sector in Self.chain(UInt32(clamping: bytes.u32le(60) ?? 0), table, most: count, &damaged) {
      for i in 0..<(size / 4) { mini.append(UInt32(clamping: bytes.u32le((sector + 1) * size + 4 * i) ?? 0)) }
    }
    miniTable = mini
    miniSectors = Self.chain(
      UInt32(clamping: root.start), table, most: min(count, (root.size + size - 1) / size), &damaged)
    streams = entries.filter { $0.type == 2 && $0.size > 0 }.map {
      Stream(name: $0.name, size: $0.size, start: $0.start, isMini: $0.size < 4096)
    }
    self.damaged = damaged
  }

  /// The bytes of a stream as far as its chain goes.
  func content(of stream: Stream) -> Reassembled {
    var content = Reassembled()
    var damaged = 0
    // No more sectors than the size asks for, which is no more than the file.
    let size = min(stream.size, bytes.byteCount)
    let unit = stream.isMini ? Self.miniSize : sectorSize
    let chain = Self.chain(
      UInt32(clamping: stream.start), stream.isMini ? miniTable : table, most: (size + unit - 1) / unit, &damaged)
    for sector in chain {
      let count = min(unit, size - content.bytes.count)
      guard stream.isMini else {
        content.append(bytes, (sector + 1) * sectorSize, count)
        continue
      }
      // A small sector never crosses a sector of the root's stream.
      let from = sector * Self.miniSize
      guard from / sectorSize < miniSectors.count else { break }
      content.append(bytes, (miniSectors[from / sectorSize] + 1) * sectorSize + from % sectorSize, count)
    }
    return content
  }

  /// The file allocation table: where each sector goes on.
  private static func allocation(_ bytes: RawSpan, _ size: Int, _ count: Int, _ damaged: inout Int) -> [UInt32] {
    var places: [Int] = []
    for i in 0..<109 {
      guard let sector = bytes.u32le(76 + 4 * i), sector < count else { continue }
      places.append(sector)
    }
    // Further places stand in a chain of their own; no longer than there are sectors.
    var next = bytes.u32le(68) ?? Int(end)
    var seen: Set<Int> = []
    while next < count, seen.insert(next).inserted, places.count * (size / 4) < count {
      let at = (next + 1) * size
      for i in 0..<(size / 4 - 1) {
        guard let sector = bytes.u32le(at + 4 * i), sector < count else { continue }
        places.append(sector)
      }
      next = bytes.u32le(at + size - 4) ?? Int(end)
    }
    var table: [UInt32] = []
    table.reserveCapacity(min(count, places.count * (size / 4)))
    for place in places where table.count < count {
      for i in 0..<(size / 4) where table.count < count {
        table.append(UInt32(clamping: bytes.u32le((place + 1) * size + 4 * i) ?? 0))
      }
    }
    if table.count < count { damaged += 1 }
    return table
  }

  /// Sectors from `start` on, at most `most`; ends at the mark, at a sector that is none, and where it comes back to one
  /// it had.
  private static func chain(_ start: UInt32, _ table: [UInt32], most: Int, _ damaged: inout Int) -> [Int] {
    var chain: [Int] = []
    var seen: Set<UInt32> = []
    var next = start
    while next <= lastSector, chain.count < most {
      guard Int(next) < table.count, seen.insert(next).inserted else {
        damaged += 1
        break
      }
      chain.append(Int(next))
      next = table[Int(next)]
    }
    return chain
  }
}
