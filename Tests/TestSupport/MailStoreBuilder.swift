/// A mail store of Outlook, put together by code ([MS-PST]): nodes with properties, streams below them, both trees, and
/// the checksums that other readers ask for.
public struct MailStoreBuilder {
  public enum Form: Sendable { case ansi, unicode, large }
  public enum Value {
    case text(String)
    case binary([UInt8])
    case number(Int)
    /// Nanoseconds do not matter here: seconds since 1970.
    case time(Int)
    /// A node below, as an object of `size` bytes.
    case object(node: Int, size: Int)
  }
  /// A node below another one: a stream, or an attachment with properties and nodes of its own.
  public indirect enum Child {
    case stream([UInt8])
    case item([(Int, Value)], [(Int, Child)])
  }

  private let form: Form
  private let cipher: Int
  private let isPacked: Bool
  private var body = VirtualDiskImages.Buffer()
  private var blocks: [(identifier: Int, offset: Int, stored: Int)] = []
  private var nodes: [(identifier: Int, data: Int, children: Int, parent: Int)] = []
  private var nextBlock = 4
  private var encode: [UInt8] = []

  /// - Parameters:
  ///   - cipher: 0 none, 1 permutation, 2 the cyclic form.
  ///   - table: `mpbbR` of the specification, for the permutation.
  ///   - isPacked: blocks are compressed; `large` only.
  public init(_ form: Form = .unicode, cipher: Int = 0, table: [UInt8] = [], isPacked: Bool = false) {
    self.form = form
    self.cipher = cipher
    self.isPacked = isPacked
    encode = table
    body.grow(form == .large ? 0x24000 : 0x4800)
    body.grow(body.bytes.count)
  }

  private var word: Int { form == .ansi ? 4 : 8 }

  // MARK: Blocks

  private mutating func block(_ bytes: [UInt8], isInternal: Bool = false) -> Int {
    let identifier = nextBlock | (isInternal ? 2 : 0)
    nextBlock += 4
    var stored = bytes
    if cipher == 1, !isInternal { stored = stored.map { encode[Int($0)] } }
    if cipher == 2, !isInternal { stored = cyclic(stored, identifier) }
    if form == .large, isPacked {
      let packed = VirtualDiskImages.deflated(stored, isRaw: false)
      if packed.count < stored.count { stored = packed }
    }
    let unit = form == .large ? 512 : 64
    let trailer = form == .ansi ? 12 : form == .large ? 24 : 16
    body.align(unit)
    let offset = body.bytes.count
    let size = (stored.count + trailer + unit - 1) / unit * unit
    body.put(stored, offset)
    body.grow(offset + size)
    let end = offset + size - trailer
    let mixed = offset ^ identifier
    let signature = (mixed >> 16 ^ mixed) & 0xFFFF
    body.put(stored.count, end, 2)
    body.put(signature, end + 2, 2)
    let sum = Int(Self.crc(stored))
    if form == .ansi {
      body.put(identifier, end + 4, 4)
      body.put(sum, end + 8, 4)
    } else {
      body.put(sum, end + 4, 4)
      body.put(identifier, end + 8, 8)
      if form == .large { body.put(bytes.count, end + 18, 2) }
    }
    blocks.append((identifier, offset, stored.count))
    return identifier
  }

  /// The cyclic form: every step of it undoes itself when it is done again with the same state.
  private func cyclic(_ bytes: [UInt8], _ identifier: Int) -> [UInt8] {
    var state = (identifier ^ identifier >> 16) & 0xFFFF
    return bytes.map { byte in
      let (low, high) = (UInt8(state & 0xFF), UInt8(state >> 8))
      state = (state + 1) & 0xFFFF
      let first = PSTTables.encode[Int(byte &+ low)] &+ high
      return PSTTables.decode[Int(PSTTables.middle[Int(first)] &- high)] &- low
    }
  }

  /// CRC-32 without the inversions ([MS-PST] 5.3).
  private static func crc(_ bytes: [UInt8]) -> UInt32 { bytes.reduce(0) { Checksums.crcStep($0, $1) } }

  private var mostBlock: Int { form == .ansi ? 8180 : form == .large ? 65_000 : 8176 }

  private mutating func data(_ bytes: [UInt8]) -> Int {
    array(
      stride(from: 0, to: max(1, bytes.count), by: mostBlock).map {
        Array(bytes[$0..<min(bytes.count, $0 + mostBlock)])
      })
  }

  /// One block as it is, several by an array of them.
  private mutating func array(_ parts: [[UInt8]]) -> Int {
    guard parts.count > 1 else { return block(parts.first ?? []) }
    let blocks = parts.map { block($0) }
    var array = VirtualDiskImages.Buffer()
    array.put([1, 1], 0)
    array.put(blocks.count, 2, 2)
    array.put(parts.reduce(0) { $0 + $1.count }, 4, 4)
    for (i, part) in blocks.enumerated() { array.put(part, 8 + word * i, word) }
    return block(array.bytes, isInternal: true)
  }

  // MARK: Nodes

  public mutating func add(
    _ identifier: Int, parent: Int, _ properties: [(Int, Value)], _ children: [(Int, Child)] = []
  ) {
    let (data, below) = item(properties, children)
    nodes.append((identifier, data, below, parent))
  }

  private mutating func item(_ properties: [(Int, Value)], _ children: [(Int, Child)]) -> (data: Int, below: Int) {
    // Blocks of allocations; the first two are the head of the tree and its records.
    var heap: [[[UInt8]]] = [[[], []]]
    let recordBytes = 8 * properties.count
    func allocate(_ bytes: [UInt8]) -> Int {
      let taken = (heap.last ?? []).reduce(64 + (heap.count == 1 ? recordBytes : 0)) { $0 + $1.count + 2 }
      if taken + bytes.count > 8000 { heap.append([]) }
      heap[heap.count - 1].append(bytes)
      return (heap.count - 1) << (form == .large ? 19 : 16) | heap[heap.count - 1].count << 5
    }
    var records = VirtualDiskImages.Buffer()
    var below: [(identifier: Int, data: Int, children: Int)] = []
    for (identifier, child) in children {
      switch child {
      case .stream(let bytes): below.append((identifier, data(bytes), 0))
      case .item(let properties, let children):
        let (data, inner) = item(properties, children)
        below.append((identifier, data, inner))
      }
    }
    var nextStream = 0x1001
    for (identifier, value) in properties.sorted(by: { $0.0 < $1.0 }) {
      let at = records.bytes.count
      var kind = 0x0003
      var own = 0
      var bytes: [UInt8]?
      switch value {
      case .number(let number): own = number
      case .text(let text):
        kind = form == .ansi ? 0x1E : 0x1F
        bytes =
          form == .ansi
          ? Array(text.utf8) : text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
      case .binary(let content): (kind, bytes) = (0x102, content)
      case .time(let seconds):
        var time = VirtualDiskImages.Buffer()
        time.put((seconds + 11_644_473_600) * 10_000_000, 0, 8)
        (kind, bytes) = (0x40, time.bytes)
      case .object(let node, let size):
        var pair = VirtualDiskImages.Buffer()
        pair.put(node, 0, 4)
        pair.put(size, 4, 4)
        (kind, bytes) = (0x0D, pair.bytes)
      }
      if let bytes {
        if bytes.count > 3580 {
          own = nextStream << 5 | 0x1F
          nextStream += 1
          below.append((own, data(bytes), 0))
        } else {
          own = allocate(bytes)
        }
      }
      records.put(identifier, at, 2)
      records.put(kind, at + 2, 2)
      records.put(own, at + 4, 4)
    }
    heap[0][0] = [0xB5, 2, 6, 0, 0x40, 0, 0, 0]
    heap[0][1] = records.bytes
    let parts = heap.enumerated().map { index, allocations in
      var out = VirtualDiskImages.Buffer()
      out.put(index == 0 ? [0, 0, 0xEC, 0xBC, 0x20, 0, 0, 0, 0, 0, 0, 0] : [0, 0], 0)
      var starts: [Int] = []
      for allocation in allocations {
        starts.append(out.bytes.count)
        out.put(allocation, out.bytes.count)
      }
      starts.append(out.bytes.count)
      out.align(2)
      let map = out.bytes.count
      out.put(map, 0, 2)
      out.put(allocations.count, map, 2)
      out.put(0, map + 2, 2)
      for (i, start) in starts.enumerated() { out.put(start, map + 4 + 2 * i, 2) }
      return out.bytes
    }
    return (array(parts), list(below))
  }

  private mutating func list(_ below: [(identifier: Int, data: Int, children: Int)]) -> Int {
    guard !below.isEmpty else { return 0 }
    var out = VirtualDiskImages.Buffer()
    out.put([2, 0], 0)
    out.put(below.count, 2, 2)
    let start = form == .ansi ? 4 : 8
    for (i, child) in below.sorted(by: { $0.identifier < $1.identifier }).enumerated() {
      let at = start + 3 * word * i
      out.put(child.identifier, at, word)
      out.put(child.data, at + word, word)
      out.put(child.children, at + 2 * word, word)
    }
    return block(out.bytes, isInternal: true)
  }

  // MARK: Trees

  private mutating func page(_ entries: [[UInt8]], _ type: Int, _ level: Int, _ identifier: Int) -> Int {
    let size = form == .large ? 4096 : 512
    body.align(size)
    let offset = body.bytes.count
    var page = VirtualDiskImages.Buffer()
    let width = entries.first?.count ?? 0
    for (i, entry) in entries.enumerated() { page.put(entry, i * width) }
    let counts = form == .large ? 4056 : form == .ansi ? 496 : 488
    let most = counts / max(1, width)
    let wide = form == .large ? 2 : 1
    page.put(entries.count, counts, wide)
    page.put(most, counts + wide, wide)
    page.put(width, counts + 2 * wide, 1)
    page.put(level, counts + 2 * wide + 1, 1)
    let trailer = form == .large ? 4072 : form == .ansi ? 500 : 496
    page.grow(trailer)
    let sum = Int(Self.crc(page.bytes))
    page.put([UInt8(type), UInt8(type)], trailer)
    let mixed = offset ^ identifier
    page.put((mixed >> 16 ^ mixed) & 0xFFFF, trailer + 2, 2)
    if form == .ansi {
      page.put(identifier, trailer + 4, 4)
      page.put(sum, trailer + 8, 4)
    } else {
      page.put(sum, trailer + 4, 4)
      page.put(identifier, trailer + 8, 8)
    }
    page.grow(size)
    body.put(page.bytes, offset)
    return offset
  }

  /// Leaves, and levels above them until one page is left.
  private mutating func tree(_ entries: [(key: Int, bytes: [UInt8])], _ type: Int) -> (identifier: Int, offset: Int) {
    let area = form == .large ? 4056 : form == .ansi ? 496 : 488
    var rows = entries.sorted { $0.key < $1.key }
    for level in 0..<8 {
      let most = area / max(1, rows.first?.bytes.count ?? 1)
      var children: [(key: Int, identifier: Int, offset: Int)] = []
      for start in stride(from: 0, to: rows.count, by: most) {
        let part = rows[start..<min(rows.count, start + most)]
        let identifier = nextBlock | 0x1000_0000
        nextBlock += 4
        children.append((part.first?.key ?? 0, identifier, page(part.map(\.bytes), type, level, identifier)))
      }
      if children.count == 1 { return (children[0].identifier, children[0].offset) }
      rows = children.map { child in
        var row = VirtualDiskImages.Buffer()
        row.put(child.key, 0, word)
        row.put(child.identifier, word, word)
        row.put(child.offset, 2 * word, word)
        return (child.key, row.bytes)
      }
    }
    return (0, 0)
  }

  public mutating func finish() -> [UInt8] {
    let nodeRows = nodes.map { node in
      var row = VirtualDiskImages.Buffer()
      row.put(node.identifier, 0, word)
      row.put(node.data, word, word)
      row.put(node.children, 2 * word, word)
      row.put(node.parent, 3 * word, 4)
      row.grow(form == .ansi ? 16 : 32)
      return (node.identifier, row.bytes)
    }
    let blockRows = blocks.map { block in
      var row = VirtualDiskImages.Buffer()
      row.put(block.identifier, 0, word)
      row.put(block.offset, word, word)
      row.put(block.stored, 2 * word, 2)
      row.put(2, 2 * word + 2, 2)
      row.grow(form == .ansi ? 12 : 24)
      return (block.identifier, row.bytes)
    }
    let nodeTree = tree(nodeRows, 0x81)
    let blockTree = tree(blockRows, 0x80)
    body.align(form == .large ? 4096 : 512)
    var head = VirtualDiskImages.Buffer()
    head.put("!BDN".utf8, 0)
    head.put("SM".utf8, 8)
    head.put(form == .ansi ? 14 : form == .large ? 36 : 23, 10, 2)
    head.put(19, 12, 2)
    head.put([1, 1], 14)
    if form == .ansi {
      head.put(body.bytes.count, 168, 4)
      head.put(nodeTree.identifier, 184, 4)
      head.put(nodeTree.offset, 188, 4)
      head.put(blockTree.identifier, 192, 4)
      head.put(blockTree.offset, 196, 4)
      head.put(0x80, 460, 1)
      head.put(cipher, 461, 1)
      head.grow(512)
    } else {
      head.put(body.bytes.count, 184, 8)
      head.put(nodeTree.identifier, 216, 8)
      head.put(nodeTree.offset, 224, 8)
      head.put(blockTree.identifier, 232, 8)
      head.put(blockTree.offset, 240, 8)
      head.put(2, 248, 1)
      head.put(0x80, 512, 1)
      head.put(cipher, 513, 1)
      head.grow(564)
      head.put(Int(Self.crc(Array(head.bytes[8..<524]))), 524, 4)
    }
    head.put(Int(Self.crc(Array(head.bytes[8..<479]))), 4, 4)
    body.put(head.bytes, 0)
    return body.bytes
  }
}
