/// Compound files of one stream, built as [MS-CFB] lays them out, with the sectors in order or scattered.
enum CompoundExample {
  /// `record` across the end of a sector, in a stream long enough to have sectors of its own.
  static func padded(_ record: [UInt8]) -> [UInt8] {
    [UInt8](repeating: 0x20, count: 512 * 3 - record.count / 2) + record + [UInt8](repeating: 0x20, count: 4096)
  }

  static func file(stream: [UInt8], scattered: Bool) -> [UInt8] {
    let count = (stream.count + 511) / 512
    // Sector 0: allocation table. 1: directory. Then the stream, every other sector when it is scattered.
    let places = (0..<count).map { 2 + (scattered ? 2 * $0 : $0) }
    let total = (places.last ?? 1) + 1
    var sectors = [[UInt8]](repeating: [UInt8](repeating: 0xEE, count: 512), count: total)
    var table = [Int](repeating: 0xFFFF_FFFF, count: 128)
    table[0] = 0xFFFF_FFFD
    table[1] = 0xFFFF_FFFE
    for (i, place) in places.enumerated() where place < 128 {
      table[place] = i + 1 < count ? places[i + 1] : 0xFFFF_FFFE
      let part = Array(stream.dropFirst(512 * i).prefix(512))
      sectors[place] = part + [UInt8](repeating: 0, count: 512 - part.count)
    }
    sectors[0] = table.flatMap { little($0, 4) }
    sectors[1] =
      entry("Root Entry", type: 5, start: 0xFFFF_FFFE, size: 0)
      + entry("Data", type: 2, start: places.first ?? 0, size: stream.count)
      + [UInt8](repeating: 0, count: 256)
    var header =
      CompoundFile.magic + [UInt8](repeating: 0, count: 16) + little(0x3E, 2) + little(3, 2) + little(0xFFFE, 2)
    header += little(9, 2) + little(6, 2) + [UInt8](repeating: 0, count: 6) + little(0, 4) + little(1, 4) + little(1, 4)
    header +=
      little(0, 4) + little(4096, 4) + little(0xFFFF_FFFE, 4) + little(0, 4) + little(0xFFFF_FFFE, 4) + little(0, 4)
    header += little(0, 4) + [UInt8](repeating: 0xFF, count: 108 * 4)
    return header + sectors.flatMap { $0 }
  }

  private static func entry(_ name: String, type: UInt8, start: Int, size: Int) -> [UInt8] {
    let units = Array(name.utf16)
    var bytes = units.flatMap { little(Int($0), 2) }
    bytes += [UInt8](repeating: 0, count: 64 - bytes.count) + little(2 * units.count + 2, 2) + [type, 1]
    bytes +=
      [UInt8](repeating: 0xFF, count: 12) + [UInt8](repeating: 0, count: 36) + little(start, 4) + little(size, 4)
      + little(0, 4)
    return bytes
  }

  private static func little(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
