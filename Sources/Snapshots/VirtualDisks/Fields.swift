/// Numbers in a structure that was read from hostile bytes. What lies outside reads as zero, so a short structure
/// cannot lead anywhere; readers compare `count` with what they need first.
struct Fields {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Reads a structure at an offset of a container.
  init(_ content: RandomAccess, at offset: UInt64, count: Int) { bytes = content.bytes(at: offset, count: count) }

  var count: Int { bytes.count }

  /// A big-endian number of `width` bytes, at most 8.
  func big(_ at: Int, _ width: Int) -> UInt64 {
    guard at >= 0, width > 0, at <= bytes.count - width else { return 0 }
    return bytes[at..<(at + width)].reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// A little-endian number of `width` bytes, at most 8.
  func little(_ at: Int, _ width: Int) -> UInt64 {
    guard at >= 0, width > 0, at <= bytes.count - width else { return 0 }
    return bytes[at..<(at + width)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  func has(_ text: StaticString, at start: Int = 0) -> Bool { bytes.withUnsafeBytes { $0.has(text, at: start) } }
  func has(_ other: [UInt8], at start: Int = 0) -> Bool { bytes.withUnsafeBytes { $0.has(other, at: start) } }
}

/// Tables that are asked entry by entry, mostly in order: pages of 64 KiB, of which a few are kept.
final class TableReader {
  private let content: RandomAccess
  private var pages: [UInt64: [UInt8]] = [:]
  private var last: (number: UInt64, bytes: [UInt8]) = (.max, [])
  private static let pageSize: UInt64 = 64 << 10
  private static let mostPages = 64

  init(_ content: RandomAccess) { self.content = content }

  /// A number of `width` bytes at `offset`; nil beyond the end.
  func number(at offset: UInt64, _ width: Int, big: Bool) -> UInt64? {
    guard offset < content.size, content.size - offset >= UInt64(width) else { return nil }
    let number = offset / Self.pageSize
    if last.number != number { last = (number, page(number)) }
    let at = Int(offset % Self.pageSize)
    guard at + width <= last.bytes.count else {
      let apart = content.bytes(at: offset, count: width)
      guard apart.count == width else { return nil }
      return big ? Fields(apart).big(0, width) : Fields(apart).little(0, width)
    }
    return last.bytes.withUnsafeBytes { page in
      switch (width, big) {
      case (1, _): UInt64(page[at])
      case (4, false): UInt64(page.little32(at))
      case (4, true): UInt64(page.little32(at).byteSwapped)
      case (8, false): page.little64(at)
      default: page.little64(at).byteSwapped
      }
    }
  }

  private func page(_ number: UInt64) -> [UInt8] {
    if let known = pages[number] { return known }
    if pages.count >= Self.mostPages { pages.removeAll(keepingCapacity: true) }
    let bytes = content.bytes(at: number * Self.pageSize, count: Int(Self.pageSize))
    pages[number] = bytes
    return bytes
  }
}
