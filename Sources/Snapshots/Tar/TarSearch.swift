/// Looks through what lies between the contents of two members of a tar: padding, headers, and their bodies.
struct TarSearch {
  /// What can hold something, in order, within the bytes; neighbours are one.
  private(set) var odd: [Range<Int>] = []

  private let bytes: UnsafeRawBufferPointer
  /// Names of the next member that were read, by the type of their header: a second one replaces the first.
  private var names: [UInt8: Range<Int>] = [:]

  /// - Parameters:
  ///   - bytes: from the end of a content to the beginning of the next.
  ///   - offset: theirs in the archive, whose blocks are counted from its start.
  ///   - isMember: the last block was found to be a member's header, and is not damaged.
  ///   - attributes: values of the member that were examined as extended attributes; asked for when there are some.
  init(_ bytes: UnsafeRawBufferPointer, at offset: UInt64, isMember: Bool, attributes: () -> Set<[UInt8]>) {
    self.bytes = bytes
    let padding = min(bytes.count, (TarBlock.size - Int(offset % UInt64(TarBlock.size))) % TarBlock.size)
    add(0..<padding)
    // Nearly always: one header, and nothing else.
    if isMember, bytes.count == padding + TarBlock.size, let block = block(padding) {
      if let odd = block.odd { add((padding + odd.lowerBound)..<(padding + odd.upperBound)) }
      return
    }
    blocks(from: padding, isMember: isMember, attributes)
  }

  private mutating func blocks(from start: Int, isMember: Bool, _ attributes: () -> Set<[UInt8]>) {
    var at = start
    var values: Set<[UInt8]>?
    while let block = block(at) {
      let here = at..<(at + TarBlock.size)
      at = here.upperBound
      if isFiller(here) { continue }
      var isOwn = isMember && at == bytes.count
      guard isOwn || block.hasChecksum else {
        add(here)
        continue
      }
      if let odd = block.odd { add((here.lowerBound + odd.lowerBound)..<(here.lowerBound + odd.upperBound)) }
      var isContinued = block.isContinued
      while isContinued, let parts = self.block(at), let more = parts.isPartsContinued {
        at += TarBlock.size
        isContinued = more
      }
      // The body of a member's own header is its content, and not here.
      isOwn = isOwn || isMember && at == bytes.count
      if isOwn { break }
      let body = at..<min(bytes.count, at + min(bytes.count, block.contentSize ?? 0))
      let end = min(bytes.count, (body.upperBound - start + TarBlock.size - 1) / TarBlock.size * TarBlock.size + start)
      switch block.type {
      case 0x78, 0x58, 0x67:  // x, X (Solaris), g
        let known = block.type == 0x67 ? [] : values ?? attributes()
        if block.type != 0x67 { values = known }
        let records = PaxRecords(UnsafeRawBufferPointer(rebasing: bytes[body]), attributes: known)
        for range in records.odd { add((body.lowerBound + range.lowerBound)..<(body.lowerBound + range.upperBound)) }
        add(body.upperBound..<end)
        at = end
      case 0x4B, 0x4C:  // K, L: a long link target, a long name
        if let replaced = names.updateValue(body, forKey: block.type) { add(replaced) }
        name(body)
        add(body.upperBound..<end)
        at = end
      case 0x41:  // A: an access list (Solaris)
        add(body.lowerBound..<end)
        at = end
      default: break
      }
    }
    add(min(at, bytes.count)..<bytes.count)
    odd = Self.joined(odd)
  }

  /// Text up to its zero byte is in the inventory, unless it is longer than any name.
  private mutating func name(_ body: Range<Int>) {
    let end = bytes[body].firstIndex(of: 0) ?? body.upperBound
    add(end - body.lowerBound > 4096 ? body : end..<body.upperBound)
  }

  private func block(_ at: Int) -> TarBlock? {
    guard at + TarBlock.size <= bytes.count else { return nil }
    return TarBlock(UnsafeRawBufferPointer(rebasing: bytes[at..<(at + TarBlock.size)]))
  }

  /// Zeros, or numbers only: the end of an archive, the map of a sparse file.
  private func isFiller(_ range: Range<Int>) -> Bool {
    UnsafeRawBufferPointer(rebasing: bytes[range]).allSatisfy {
      $0 == 0 || (0x30...0x39).contains($0) || $0 == 0x0A || $0 == 0x20
    }
  }

  private mutating func add(_ range: Range<Int>) {
    guard !range.isEmpty, UnsafeRawBufferPointer(rebasing: bytes[range]).holdsSomething else { return }
    odd.append(range)
  }

  private static func joined(_ ranges: [Range<Int>]) -> [Range<Int>] {
    var out: [Range<Int>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = out.last, range.lowerBound <= last.upperBound {
        out[out.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        out.append(range)
      }
    }
    return out
  }
}
