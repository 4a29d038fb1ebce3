import CustodyCore

/// The lowest layer of Outlook's stores, PST and OST ([MS-PST] 2.2): two trees of pages, one of nodes by number (NBT) and
/// one of blocks by number (BBT). Forms: ANSI (Outlook 97 to 2002), Unicode, and Unicode with pages of 4 KiB and
/// compressed blocks (OST of Outlook 2013; libyal/libpff, "Personal Folder File format").
final class PSTFile {
  /// A block: where it lies and how long it is there, and its length when decompressed.
  struct Block {
    var identifier: UInt64
    var offset: UInt64
    var stored: Int
    var length: Int

    /// Arrays of blocks and of nodes, which are never encoded.
    var isInternal: Bool { identifier & 2 != 0 }
  }
  struct Node {
    var identifier: UInt32
    var data: UInt64
    var children: UInt64
    var parent: UInt32

    var type: UInt32 { identifier & 0x1F }
  }

  let content: RandomAccess
  let cipher: PSTCipher
  let isUnicode: Bool
  let hasLargePages: Bool
  /// Set when a page, a block or an array of them could not be used.
  private(set) var isDamaged = false
  /// Set when compressed blocks end before the bytes that they take.
  private(set) var hasBytesBehind = false
  /// Structures that were followed; a store whose structures lead in circles is given up at some number of them.
  private var steps: UInt64 = 0
  private let mostSteps: UInt64
  private let nodeRoot: UInt64
  private let blockRoot: UInt64
  private var pages: [UInt64: Page] = [:]

  private static let mostPages = 4096
  private static let mostLevels = 16
  private static let largeTrailer = 24
  static let mostBlock = 1 << 20

  /// Nil when the header is of no form that is known.
  init?(_ content: RandomAccess) {
    let head = Fields(content, at: 0, count: 564)
    guard head.count == 564, head.has("!BDN") else { return nil }
    let version = head.little(10, 2)
    isUnicode = version >= 20
    hasLargePages = version >= 36
    guard version == 14 || version == 15 || version >= 20, version <= 40,
      let cipher = PSTCipher(rawValue: head.bytes[isUnicode ? 513 : 461])
    else { return nil }
    self.cipher = cipher
    self.content = content
    nodeRoot = isUnicode ? head.little(224, 8) : head.little(188, 4)
    blockRoot = isUnicode ? head.little(240, 8) : head.little(196, 4)
    mostSteps = UInt64(1 << 20).addingClamped(content.size / 4)
  }

  var isExhausted: Bool { steps > mostSteps }

  /// False when there was too much to follow.
  func step(_ count: Int = 1) -> Bool {
    steps += UInt64(count)
    return !isExhausted
  }

  func noteDamage() { isDamaged = true }

  // MARK: Pages

  private struct Page {
    var fields: Fields
    var count: Int
    var entrySize: Int
    var level: Int
  }

  /// Types of pages ([MS-PST] 2.2.2.7.1).
  private enum PageType: UInt8 {
    case blocks = 0x80
    case nodes = 0x81
  }

  private var wordSize: Int { isUnicode ? 8 : 4 }

  private func page(_ offset: UInt64, _ type: PageType) -> Page? {
    if let known = pages[offset] { return known }
    let size = hasLargePages ? 4096 : 512
    let fields = Fields(content, at: offset, count: size)
    guard fields.count == size, step() else { return nil }
    let trailer = hasLargePages ? 4072 : isUnicode ? 496 : 500
    guard fields.bytes[trailer] == type.rawValue, fields.bytes[trailer + 1] == type.rawValue else { return nil }
    let page: Page
    if hasLargePages {
      page = Page(
        fields: fields, count: Int(fields.little(4056, 2)), entrySize: Int(fields.little(4060, 1)),
        level: Int(fields.little(4061, 1)))
    } else {
      let at = isUnicode ? 488 : 496
      page = Page(
        fields: fields, count: Int(fields.bytes[at]), entrySize: Int(fields.bytes[at + 2]),
        level: Int(fields.bytes[at + 3]))
    }
    let least = page.level > 0 ? 3 * wordSize : type == .blocks ? (isUnicode ? 24 : 12) : (isUnicode ? 32 : 16)
    guard page.entrySize >= least, page.count * page.entrySize <= (hasLargePages ? 4056 : isUnicode ? 488 : 496),
      page.level < Self.mostLevels
    else { return nil }
    if pages.count >= Self.mostPages { pages.removeAll(keepingCapacity: true) }
    pages[offset] = page
    return page
  }

  private func key(_ page: Page, _ index: Int) -> UInt64 { page.fields.little(index * page.entrySize, wordSize) }

  /// All nodes in order of their numbers, until `visit` says no.
  func nodes(_ visit: (Node) -> Bool) {
    leaves(nodeRoot, .nodes) { page, index in
      let at = index * page.entrySize
      let word = wordSize
      return visit(
        Node(
          identifier: UInt32(truncatingIfNeeded: key(page, index)), data: page.fields.little(at + word, word),
          children: page.fields.little(at + 2 * word, word),
          parent: UInt32(page.fields.little(at + 3 * word, 4))))
    }
  }

  /// All blocks in order of their numbers, until `visit` says no.
  func blocks(_ visit: (Block) -> Bool) {
    leaves(blockRoot, .blocks) { page, index in visit(block(page, index)) }
  }

  private func block(_ page: Page, _ index: Int) -> Block {
    let at = index * page.entrySize
    let word = wordSize
    let stored = Int(page.fields.little(at + 2 * word, 2))
    let offset = page.fields.little(at + word, word)
    var length = stored
    if hasLargePages, stored > 0 {
      // In the trailer, which ends with the last unit of 512 bytes: what the block is when decompressed.
      let end = (stored + Self.largeTrailer + 511) / 512 * 512
      let trailer = Fields(content, at: offset.addingClamped(UInt64(end - Self.largeTrailer)), count: Self.largeTrailer)
      length = max(stored, Int(trailer.little(18, 2)))
    }
    return Block(identifier: key(page, index) & ~1, offset: offset, stored: stored, length: length)
  }

  private func leaves(_ root: UInt64, _ type: PageType, _ visit: (Page, Int) -> Bool) {
    var seen: Set<UInt64> = [root]
    var pending: [(offset: UInt64, below: Int)] = [(root, Self.mostLevels)]
    while let next = pending.popLast() {
      guard !isExhausted, let page = page(next.offset, type), page.level < next.below else {
        isDamaged = true
        continue
      }
      if page.level == 0 {
        for i in 0..<page.count where !visit(page, i) { return }
      } else {
        for i in (0..<page.count).reversed() {
          let child = page.fields.little(i * page.entrySize + 2 * wordSize, wordSize)
          if seen.insert(child).inserted { pending.append((child, page.level)) } else { isDamaged = true }
        }
      }
    }
  }

  /// The block of a number; nil when the tree does not lead to it.
  func block(_ identifier: UInt64) -> Block? {
    let wanted = identifier & ~1
    var offset = blockRoot
    var below = Self.mostLevels
    while let page = page(offset, .blocks), page.level < below {
      // The last entry whose key is not above.
      var low = 0
      var high = page.count
      while low < high {
        let middle = (low + high) / 2
        if key(page, middle) & ~1 <= wanted { low = middle + 1 } else { high = middle }
      }
      guard low > 0 else { return nil }
      if page.level == 0 {
        let found = block(page, low - 1)
        return found.identifier == wanted ? found : nil
      }
      below = page.level
      offset = page.fields.little((low - 1) * page.entrySize + 2 * wordSize, wordSize)
    }
    return nil
  }

  // MARK: Blocks

  /// The content of a block, decompressed and decoded.
  func bytes(_ block: Block) -> [UInt8]? {
    guard step(), block.length <= Self.mostBlock else { return nil }
    var bytes = content.bytes(at: block.offset, count: block.stored)
    guard bytes.count == block.stored else { return nil }
    if block.length > block.stored {
      var used = bytes.count
      guard let unpacked = Unpacking.zlib.unpack(bytes, size: block.length, used: &used) else { return nil }
      if bytes.count - used >= 64 { hasBytesBehind = true }
      bytes = unpacked
    }
    if !block.isInternal { cipher.decode(&bytes, identifier: block.identifier) }
    return bytes
  }

  /// The blocks that a node's data consists of: one, or those an array lists, at most two levels deep ([MS-PST]
  /// 2.2.2.8.3.2). Nil when an array cannot be read.
  func dataBlocks(_ identifier: UInt64) -> [UInt64]? {
    guard identifier & ~1 != 0 else { return [] }
    guard identifier & 2 != 0 else { return [identifier] }
    guard let (level, entries) = array(identifier) else { return nil }
    guard level > 1 else { return entries }
    var all: [UInt64] = []
    for entry in entries {
      guard let (inner, blocks) = array(entry), inner == 1, step(blocks.count) else { return nil }
      all += blocks
    }
    return all
  }

  private func array(_ identifier: UInt64) -> (level: Int, entries: [UInt64])? {
    guard let block = block(identifier), let bytes = bytes(block) else { return nil }
    let fields = Fields(bytes)
    guard fields.count >= 8, bytes[0] == 1, bytes[1] == 1 || bytes[1] == 2 else { return nil }
    let count = Int(fields.little(2, 2))
    guard 8 + count * wordSize <= fields.count, step(count) else { return nil }
    return (Int(bytes[1]), (0..<count).map { fields.little(8 + $0 * wordSize, wordSize) })
  }

  /// The nodes below a node ([MS-PST] 2.2.2.8.3.3), in the order in which they are listed.
  func children(_ identifier: UInt64) -> [Node] {
    guard identifier & ~1 != 0 else { return [] }
    var found: [Node] = []
    var pending: [(block: UInt64, mayNest: Bool)] = [(identifier, true)]
    while let next = pending.popLast() {
      guard let block = block(next.block), let bytes = bytes(block), bytes.count >= 8, bytes[0] == 2 else {
        isDamaged = true
        continue
      }
      let fields = Fields(bytes)
      let count = Int(fields.little(2, 2))
      let start = isUnicode ? 8 : 4
      let isIndex = bytes[1] != 0
      let size = (isIndex ? 2 : 3) * wordSize
      guard start + count * size <= fields.count, step(count), !isIndex || next.mayNest else {
        isDamaged = true
        continue
      }
      // The next one to be looked at is the last of `pending`.
      for i in isIndex ? Array((0..<count).reversed()) : Array(0..<count) {
        let at = start + i * size
        let second = fields.little(at + wordSize, wordSize)
        if isIndex {
          pending.append((second, false))
        } else {
          found.append(
            Node(
              identifier: UInt32(truncatingIfNeeded: fields.little(at, wordSize)), data: second,
              children: fields.little(at + 2 * wordSize, wordSize), parent: 0))
        }
      }
    }
    return found
  }
}
