/// Images of disks in forms of their own, made of a raw disk by code. Clusters of zeros are left out.
public enum VirtualDiskImages {
  /// Grows as it is written to.
  struct Buffer {
    var bytes: [UInt8] = []

    mutating func put(_ value: Int, _ at: Int, _ width: Int, big: Bool = false) {
      grow(at + width)
      for i in 0..<width {
        bytes[at + (big ? width - 1 - i : i)] = UInt8(truncatingIfNeeded: value >> (8 * i))
      }
    }
    mutating func put(_ more: some Sequence<UInt8>, _ at: Int) {
      let more = Array(more)
      grow(at + more.count)
      bytes.replaceSubrange(at..<(at + more.count), with: more)
    }
    mutating func grow(_ count: Int) {
      if bytes.count < count { bytes.append(contentsOf: repeatElement(0, count: count - bytes.count)) }
    }
    mutating func align(_ unit: Int) { grow((bytes.count + unit - 1) / unit * unit) }
  }

  /// Pieces of a disk, nil where there are only zeros.
  private static func pieces(_ disk: [UInt8], _ size: Int) -> [[UInt8]?] {
    stride(from: 0, to: disk.count, by: size).map { start in
      var piece = Array(disk[start..<min(disk.count, start + size)])
      guard piece.contains(where: { $0 != 0 }) else { return nil }
      piece += [UInt8](repeating: 0, count: size - piece.count)
      return piece
    }
  }

  /// A stream of RFC 1951, in the frame of RFC 1950 unless `isRaw`: what stands between head and sums of a gzip file.
  static func deflated(_ bytes: [UInt8], isRaw: Bool) -> [UInt8] {
    let stream = Array(ArchiveBuilder.filtered(bytes, "gzip").dropFirst(10).dropLast(8))
    guard !isRaw else { return stream }
    var out = RecordBytes([0x78, 0x9C])
    out.raw(stream)
    out.u32(Int(Checksums.adler32(bytes)))
    return out.bytes
  }

  /// - Parameters:
  ///   - clusterBits: from 9; the first-level table has to fit into one cluster.
  ///   - isPacked: every second cluster is compressed.
  ///   - backing: name of a backing file.
  public static func qcow2(
    _ disk: [UInt8], clusterBits: Int = 12, isPacked: Bool = false, backing: String? = nil, size: Int? = nil,
    snapshots: Int = 0, crypt: Int = 0
  ) -> [UInt8] {
    let cluster = 1 << clusterBits
    let perTable = cluster / 8
    var image = Buffer()
    image.put([0x51, 0x46, 0x49, 0xFB, 0, 0, 0, 3], 0)
    if let backing {
      image.put(112, 8, 8, big: true)
      image.put(backing.utf8.count, 16, 4, big: true)
      image.put(backing.utf8, 112)
    }
    let size = size ?? disk.count
    let tables = (size + cluster * perTable - 1) / (cluster * perTable)
    image.put(clusterBits, 20, 4, big: true)
    image.put(size, 24, 8, big: true)
    image.put(crypt, 32, 4, big: true)
    image.put(tables, 36, 4, big: true)
    image.put(cluster, 40, 8, big: true)
    image.put(snapshots, 60, 4, big: true)
    image.put(4, 96, 4, big: true)
    image.put(104, 100, 4, big: true)
    image.grow(2 * cluster)
    for (index, piece) in pieces(disk, cluster).enumerated() {
      guard let piece else { continue }
      let slot = cluster + index / perTable * 8
      var table = (0..<7).reduce(0) { $0 << 8 | Int(image.bytes[slot + 1 + $1]) }
      if table == 0 {
        image.align(cluster)
        table = image.bytes.count
        image.put(table, slot, 8, big: true)
        image.bytes[slot] |= 0x80
        image.grow(table + cluster)
      }
      let entry = table + index % perTable * 8
      if isPacked, index % 2 == 1 {
        let packed = deflated(piece, isRaw: true)
        let at = image.bytes.count + 5
        let sectors = (at % 512 + packed.count + 511) / 512 - 1
        image.put(packed, at)
        image.put(1 << 62 | sectors << (62 - (clusterBits - 8)) | at, entry, 8, big: true)
      } else {
        image.align(cluster)
        let at = image.bytes.count
        image.put(piece, at)
        image.put(at, entry, 8, big: true)
        image.bytes[entry] |= 0x80
      }
    }
    image.align(512)
    return image.bytes
  }

  /// A monolithic sparse extent, or a stream with compressed grains and its directory at the end.
  public static func vmdk(_ disk: [UInt8], isStream: Bool = false, parent: String = "ffffffff") -> [UInt8] {
    let grain = 4096
    let text = """
      # Disk DescriptorFile
      version=1
      CID=12345678
      parentCID=\(parent)
      createType="\(isStream ? "streamOptimized" : "monolithicSparse")"
      RW \(disk.count / 512) SPARSE "disk.vmdk"

      """
    func header(_ directory: Int) -> [UInt8] {
      var head = Buffer()
      head.put("KDMV".utf8, 0)
      head.put(isStream ? 3 : 1, 4, 4)
      head.put(isStream ? 0x30001 : 1, 8, 4)
      head.put((disk.count + grain - 1) / grain * grain / 512, 12, 8)
      head.put(grain / 512, 20, 8)
      head.put(1, 28, 8)
      head.put(2, 36, 8)
      head.put(512, 44, 4)
      head.put(directory, 56, 8)
      head.put([0x0A, 0x20, 0x0D, 0x0A], 73)
      head.put(isStream ? 1 : 0, 77, 2)
      head.grow(512)
      return head.bytes
    }
    var image = Buffer()
    image.put(header(isStream ? -1 : 3), 0)
    image.put(text.utf8, 512)
    let pieces = pieces(disk, grain)
    let tables = (pieces.count + 511) / 512
    var entries = [Int](repeating: 0, count: tables * 512)
    if isStream {
      image.grow(3 * 512)
      for (index, piece) in pieces.enumerated() {
        guard let piece else { continue }
        entries[index] = image.bytes.count / 512
        let packed = deflated(piece, isRaw: false)
        image.put(index * grain / 512, image.bytes.count, 8)
        image.put(packed.count, image.bytes.count, 4)
        image.put(packed, image.bytes.count)
        image.align(512)
      }
    } else {
      image.grow(3 * 512 + 512 + tables * 2048)
      image.align(grain)
      for (index, piece) in pieces.enumerated() {
        guard let piece else { continue }
        entries[index] = image.bytes.count / 512
        image.put(piece, image.bytes.count)
      }
    }
    let tableStart = isStream ? image.bytes.count : 4 * 512
    for (i, entry) in entries.enumerated() { image.put(entry, tableStart + 4 * i, 4) }
    let directory = isStream ? image.bytes.count : 3 * 512
    for i in 0..<tables { image.put((tableStart + 2048 * i) / 512, directory + 4 * i, 4) }
    image.align(512)
    if isStream {
      image.put(header(directory / 512), image.bytes.count)
      image.grow(image.bytes.count + 512)
    }
    return image.bytes
  }

  /// - Parameter isDifferencing: as if a parent had everything that is not here.
  public static func vhd(_ disk: [UInt8], isDifferencing: Bool = false, size: Int? = nil) -> [UInt8] {
    let block = 16 << 10
    let size = size ?? disk.count
    let count = (size + block - 1) / block
    var footer = Buffer()
    footer.put("conectix".utf8, 0)
    footer.put(2, 8, 4, big: true)
    footer.put(0x10000, 12, 4, big: true)
    footer.put(512, 16, 8, big: true)
    footer.put(size, 40, 8, big: true)
    footer.put(size, 48, 8, big: true)
    footer.put(isDifferencing ? 4 : 3, 60, 4, big: true)
    footer.put(sum(footer.bytes), 64, 4, big: true)
    footer.grow(512)
    var head = Buffer()
    head.put("cxsparse".utf8, 0)
    head.put(-1, 8, 8, big: true)
    head.put(1536, 16, 8, big: true)
    head.put(0x10000, 24, 4, big: true)
    head.put(count, 28, 4, big: true)
    head.put(block, 32, 4, big: true)
    head.put(sum(head.bytes), 36, 4, big: true)
    head.grow(1024)
    var image = Buffer()
    image.put(footer.bytes, 0)
    image.put(head.bytes, 512)
    for i in 0..<count { image.put(-1, 1536 + 4 * i, 4) }
    image.align(512)
    for (index, piece) in pieces(disk, block).enumerated() {
      guard let piece else { continue }
      image.put(image.bytes.count / 512, 1536 + 4 * index, 4, big: true)
      image.put([UInt8](repeating: 0xFF, count: 512), image.bytes.count)
      image.put(piece, image.bytes.count)
    }
    image.put(footer.bytes, image.bytes.count)
    return image.bytes
  }

  /// One's complement of the sum of all bytes.
  private static func sum(_ bytes: [UInt8]) -> Int { Int(~UInt32(bytes.reduce(0) { $0 + Int($1) })) }

  public static func vdi(_ disk: [UInt8]) -> [UInt8] {
    let block = 16 << 10
    let pieces = pieces(disk, block)
    let data = (512 + 4 * pieces.count + 511) / 512 * 512
    var image = Buffer()
    image.put("<<< a disk >>>\n".utf8, 0)
    let fields = [
      (64, 0xBEDA_107F), (68, 0x10001), (72, 400), (76, 1), (340, 512), (344, data), (360, 512), (376, block),
      (384, pieces.count), (388, pieces.count { $0 != nil }),
    ]
    for (at, value) in fields { image.put(value, at, 4) }
    image.put(disk.count, 368, 8)
    image.grow(data)
    var next = 0
    for (index, piece) in pieces.enumerated() {
      image.put(piece == nil ? -1 : next, 512 + 4 * index, 4)
      guard let piece else { continue }
      image.put(piece, data + next * block)
      next += 1
    }
    return image.bytes
  }

  /// Blocks of 1 MiB.
  public static func vhdx(_ disk: [UInt8], hasLog: Bool = false) -> [UInt8] {
    let mega = 1 << 20
    func identifier(_ text: String) -> [UInt8] {
      let digits = text.compactMap(\.hexDigitValue)
      let bytes = stride(from: 0, to: 32, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
      return [3, 2, 1, 0, 5, 4, 7, 6].map { bytes[$0] } + bytes[8...]
    }
    var image = Buffer()
    image.put("vhdxfile".utf8, 0)
    image.put("head".utf8, 64 << 10)
    image.put(1, 64 << 10 + 8, 8)
    if hasLog { image.put(7, 64 << 10 + 48, 1) }
    for copy in [192 << 10, 256 << 10] {
      image.put("regi".utf8, copy)
      image.put(2, copy + 8, 4)
      image.put(identifier("2DC27766F62342009D64115E9BFD4A08"), copy + 16)
      image.put(3 * mega, copy + 32, 8)
      image.put(mega, copy + 40, 4)
      image.put(identifier("8B7CA20647904B9AB8FE575F050F886E"), copy + 48)
      image.put(2 * mega, copy + 64, 8)
      image.put(mega, copy + 72, 4)
    }
    let items: [(String, Int, Int)] = [
      ("CAA16737FA364D43B3B633F0AA44E76B", mega, 8), ("2FA54224CD1B4876B2115DBED83BF4B8", disk.count, 8),
      ("8141BF1DA96F4709BA47F233A8FAAB5F", 512, 4),
    ]
    image.put("metadata".utf8, 2 * mega)
    image.put(items.count, 2 * mega + 10, 2)
    for (i, item) in items.enumerated() {
      image.put(identifier(item.0), 2 * mega + 32 + 32 * i)
      image.put(65_536 + 16 * i, 2 * mega + 48 + 32 * i, 4)
      image.put(item.2, 2 * mega + 52 + 32 * i, 4)
      image.put(item.1, 2 * mega + 65_536 + 16 * i, item.2)
    }
    image.grow(4 * mega)
    for (index, piece) in pieces(disk, mega).enumerated() {
      guard let piece else { continue }
      image.put(image.bytes.count | 6, 3 * mega + 8 * index, 8)
      image.put(piece, image.bytes.count)
    }
    return image.bytes
  }

  /// - Parameters:
  ///   - isPacked: every second chunk is compressed.
  ///   - segment: its number; all but the last end with `next`.
  public static func ewf(_ disk: [UInt8], isPacked: Bool = true, segment: Int = 1, isLast: Bool = true) -> [UInt8] {
    let chunk = 32 << 10
    let chunks = pieces(disk, chunk)
    var image = Buffer()
    image.put([0x45, 0x56, 0x46, 0x09, 0x0D, 0x0A, 0xFF, 0x00, 0x01], 0)
    image.put(segment, 9, 2)
    image.grow(13)
    func section(_ type: String, _ content: [UInt8]) {
      let at = image.bytes.count
      var head = Buffer()
      head.put(type.utf8, 0)
      head.put(content.isEmpty ? at : at + 76 + content.count, 16, 8)
      head.put(76 + content.count, 24, 8)
      head.grow(72)
      head.put(Int(Checksums.adler32(head.bytes)), 72, 4)
      image.put(head.bytes + content, at)
    }
    func summed(_ bytes: [UInt8]) -> [UInt8] {
      var out = Buffer(bytes: bytes)
      out.put(Int(Checksums.adler32(bytes)), bytes.count, 4)
      return out.bytes
    }
    section("header", deflated(Array("1\nmain\nc\tn\ta\te\tt\tm\tu\tp\tr\n\t\t\t\t\t\t\t0\tf\n".utf8), isRaw: false))
    var volume = Buffer()
    volume.put(1, 0, 1)
    volume.put(chunks.count, 4, 4)
    volume.put(chunk / 512, 8, 4)
    volume.put(512, 12, 4)
    volume.put(disk.count / 512, 16, 8)
    volume.grow(1048)
    section("volume", summed(volume.bytes))
    let start = image.bytes.count + 76
    var data: [UInt8] = []
    var entries = Buffer()
    for (index, piece) in chunks.enumerated() {
      let from = index * chunk
      let bytes = piece.map { Array($0.prefix(disk.count - from)) } ?? Array(disk[from..<min(disk.count, from + chunk)])
      let packed = isPacked && index % 2 == 0
      entries.put(start + data.count | (packed ? 1 << 31 : 0), 4 * index, 4)
      data += packed ? deflated(bytes, isRaw: false) : summed(bytes)
    }
    section("sectors", data)
    var table = Buffer()
    table.put(chunks.count, 0, 4)
    table.grow(20)
    table.put(Int(Checksums.adler32(table.bytes)), 20, 4)
    section("table", table.bytes + summed(entries.bytes))
    section("table2", table.bytes + summed(entries.bytes))
    section(isLast ? "done" : "next", [])
    return image.bytes
  }
}
