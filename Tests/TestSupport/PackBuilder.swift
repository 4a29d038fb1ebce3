/// Pack files of git (gitformat-pack), object by object, right or wrong as asked for.
public struct PackBuilder: Sendable {
  public private(set) var bytes: [UInt8]
  /// Where the objects begin.
  public private(set) var offsets: [Int] = []
  private static let types = ["commit": 1, "tree": 2, "blob": 3, "tag": 4]

  public init(version: Int = 2) {
    var head = RecordBytes(Array("PACK".utf8))
    head.u32(version)
    head.u32(0)
    bytes = head.bytes
  }

  /// - Parameter size: what is claimed; nil for the truth.
  public mutating func add(_ kind: String, _ content: [UInt8], size: Int? = nil) {
    begin(Self.types[kind] ?? 0, size ?? content.count)
    bytes += GitObjects.zlib(content)
  }

  /// An object made from the nth one before; `distance` to say where that is otherwise.
  public mutating func add(delta: [UInt8], from base: Int, distance: Int? = nil, size: Int? = nil) {
    let back = distance ?? (bytes.count - offsets[base])
    begin(6, size ?? delta.count)
    var digits = [UInt8(back & 127)]
    var rest = back >> 7
    while rest > 0 {
      rest -= 1
      digits.append(UInt8(rest & 127) | 0x80)
      rest >>= 7
    }
    bytes += digits.reversed()
    bytes += GitObjects.zlib(delta)
  }

  public mutating func add(delta: [UInt8], fromName id: [UInt8]) {
    begin(7, delta.count)
    bytes += id
    bytes += GitObjects.zlib(delta)
  }

  public mutating func raw(_ more: [UInt8]) { bytes += more }

  private mutating func begin(_ type: Int, _ size: Int) {
    offsets.append(bytes.count)
    var rest = size >> 4
    bytes.append(UInt8(type << 4 | size & 15 | (rest > 0 ? 0x80 : 0)))
    while rest > 0 {
      bytes.append(UInt8(rest & 127 | (rest > 127 ? 0x80 : 0)))
      rest >>= 7
    }
  }

  /// With its number of objects and its sum.
  public func finish(count: Int? = nil) -> [UInt8] {
    var pack = bytes
    for i in 0..<4 { pack[8 + i] = UInt8(truncatingIfNeeded: (count ?? offsets.count) >> (24 - 8 * i)) }
    return pack + GitObjects.sha1(pack)
  }

  // MARK: Deltas

  /// Seven bits a byte, the lowest first.
  public static func number(_ value: Int) -> [UInt8] {
    value > 127 ? [UInt8(value & 127) | 0x80] + number(value >> 7) : [UInt8(value)]
  }

  public static func copy(_ offset: Int, _ count: Int) -> [UInt8] {
    var out: [UInt8] = [0x80]
    for (bit, byte) in [offset, offset >> 8, offset >> 16, offset >> 24, count, count >> 8, count >> 16].enumerated()
    where byte & 255 != 0 {
      out[0] |= 1 << UInt8(bit)
      out.append(UInt8(byte & 255))
    }
    return out
  }

  public static func insert(_ bytes: [UInt8]) -> [UInt8] {
    stride(from: 0, to: bytes.count, by: 127).flatMap { start in
      let part = bytes[start..<min(bytes.count, start + 127)]
      return [UInt8(part.count)] + part
    }
  }

  /// Keeps what both begin with, and inserts the rest.
  public static func delta(from base: [UInt8], to result: [UInt8]) -> [UInt8] {
    var common = 0
    while common < min(base.count, result.count, 60_000), base[common] == result[common] { common += 1 }
    return number(base.count) + number(result.count) + (common > 0 ? copy(0, common) : [])
      + insert(Array(result[common...]))
  }
}
