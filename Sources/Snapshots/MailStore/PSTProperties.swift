/// The properties of a message, an attachment or a folder: a tree on a heap on a node's data ([MS-PST] 2.3.1 to 2.3.3).
final class PSTProperties {
  /// Where a value stands.
  enum Value {
    /// In the tree itself, at most four bytes.
    case own(UInt32)
    /// On the heap, and at this place of the file when its block lies there as it is.
    case heap([UInt8], place: Range<UInt64>?, isEncoded: Bool)
    /// The data of a node below.
    case node(PSTFile.Node)
  }
  /// Types of values ([MS-OXCDATA] 2.11.1).
  enum Kind {
    static let text8: UInt16 = 0x001E
    static let text16: UInt16 = 0x001F
    static let time: UInt16 = 0x0040
    static let binary: UInt16 = 0x0102
    static let object: UInt16 = 0x000D
  }

  private let file: PSTFile
  private let blocks: [UInt64]
  private var loaded: [Int: (block: PSTFile.Block, bytes: [UInt8])] = [:]
  private let children: [UInt32: PSTFile.Node]
  /// By identifier, in ascending order.
  private(set) var entries: [(identifier: UInt16, kind: UInt16, value: UInt32)] = []
  /// Where the first of each identifier stands in `entries`.
  private var first: [UInt16: Int] = [:]
  private static let mostEntries = 65_536

  /// Nil when the node's data is no such heap.
  init?(_ file: PSTFile, _ node: PSTFile.Node, children: [PSTFile.Node]) {
    guard let blocks = file.dataBlocks(node.data), !blocks.isEmpty else { return nil }
    self.file = file
    self.blocks = blocks
    self.children = Dictionary(children.map { ($0.identifier, $0) }) { first, _ in first }
    guard let head = block(0), head.count >= 12, head[2] == 0xEC, head[3] == 0xBC,
      let root = heap(UInt32(Fields(head).little(4, 4)))?.bytes, root.count >= 8, root[0] == 0xB5, root[1] == 2,
      root[2] == 6, root[3] < 8
    else { return nil }
    collect(UInt32(Fields(root).little(4, 4)), level: Int(root[3]))
    entries.sort { $0.identifier < $1.identifier }
    for (i, entry) in entries.enumerated() where first[entry.identifier] == nil { first[entry.identifier] = i }
  }

  private func collect(_ identifier: UInt32, level: Int) {
    guard identifier != 0, file.step() else { return }
    guard let bytes = heap(identifier)?.bytes else { return file.noteDamage() }
    let fields = Fields(bytes)
    let size = level > 0 ? 6 : 8
    for i in 0..<(bytes.count / size) {
      guard entries.count < Self.mostEntries, file.step() else { return }
      if level > 0 {
        collect(UInt32(fields.little(i * 6 + 2, 4)), level: level - 1)
      } else {
        entries.append(
          (
            UInt16(fields.little(i * 8, 2)), UInt16(fields.little(i * 8 + 2, 2)), UInt32(fields.little(i * 8 + 4, 4))
          ))
      }
    }
  }

  private func block(_ index: Int) -> [UInt8]? {
    if let known = loaded[index] { return known.bytes }
    guard index < blocks.count, let block = file.block(blocks[index]), let bytes = file.bytes(block) else { return nil }
    if loaded.count >= 16 { loaded.removeAll(keepingCapacity: true) }
    loaded[index] = (block, bytes)
    return bytes
  }

  /// What a heap identifier names: five zero bits, the number of the allocation from 1, the number of the block.
  private func heap(_ identifier: UInt32) -> (bytes: [UInt8], place: Range<UInt64>?, isEncoded: Bool)? {
    let shift: UInt32 = file.hasLargePages ? 19 : 16
    let index = Int(identifier >> 5 & (1 << (shift - 5) - 1))
    let number = Int(identifier >> shift)
    guard identifier & 0x1F == 0, index > 0, let bytes = block(number), let owner = loaded[number]?.block else {
      return nil
    }
    let fields = Fields(bytes)
    let map = Int(fields.little(0, 2))
    guard map + 4 <= bytes.count, index <= Int(fields.little(map, 2)) else { return nil }
    let start = Int(fields.little(map + 4 + 2 * (index - 1), 2))
    let end = Int(fields.little(map + 4 + 2 * index, 2))
    guard map + 6 + 2 * index <= bytes.count, start <= end, end <= bytes.count else { return nil }
    let isPlain = owner.length == owner.stored
    let place = owner.offset.addingClamped(UInt64(start))..<owner.offset.addingClamped(UInt64(end))
    return (Array(bytes[start..<end]), isPlain ? place : nil, !owner.isInternal)
  }

  func kind(_ identifier: UInt16) -> UInt16? { first[identifier].map { entries[$0].kind } }

  /// Nil when there is no such property, or its value cannot be found.
  func value(_ identifier: UInt16) -> Value? {
    guard let entry = first[identifier].map({ entries[$0] }) else { return nil }
    switch entry.kind {
    case 0x0002, 0x0003, 0x0004, 0x0001, 0x000A, 0x000B: return .own(entry.value)
    default:
      if entry.value & 0x1F != 0 { return children[entry.value].map { .node($0) } }
      guard let found = heap(entry.value) else { return entry.value == 0 ? .own(0) : nil }
      return .heap(found.bytes, place: found.place, isEncoded: found.isEncoded)
    }
  }

  /// A number of 32 bits or fewer.
  func number(_ identifier: UInt16) -> UInt32? {
    if case .own(let value) = value(identifier) { return value }
    return nil
  }

  /// Seconds since 1970, of a FILETIME.
  func time(_ identifier: UInt16) -> Int64? {
    guard case .heap(let bytes, _, _) = value(identifier), bytes.count == 8 else { return nil }
    let seconds = Int64(clamping: Fields(bytes).little(0, 8) / 10_000_000) - 11_644_473_600
    return seconds > 0 ? seconds : nil
  }

  /// A short text in UTF-8, as far as it goes.
  func name(_ identifier: UInt16, limit: Int = 1024) -> [UInt8]? {
    guard case .heap(let bytes, _, _) = value(identifier), let kind = kind(identifier), !bytes.isEmpty else {
      return nil
    }
    let text = PSTText.utf8(Array(bytes.prefix(limit * 2)), kind)
    return text.isEmpty ? nil : Array(text.prefix(limit))
  }
}

enum PSTText {
  /// Text as UTF-8. What is no valid UTF-16 becomes U+FFFD; 8-bit text stays as it is.
  static func utf8(_ bytes: [UInt8], _ kind: UInt16) -> [UInt8] {
    guard kind == PSTProperties.Kind.text16 else { return bytes }
    let units = stride(from: 0, to: bytes.count - 1, by: 2).map { UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8 }
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }
}
