/// The partitions of a disk: an MBR with its logical partitions, or a GPT (UEFI 2.10, chapter 5).
///
/// Numbers are those Linux gives: 1 to 4 for the primary ones of an MBR, from 5 for logical ones; the place in the
/// table for a GPT. Nothing here trusts a value before it was held against the size of the disk.
struct PartitionTable {
  struct Partition {
    var number: Int
    var start: UInt64
    var length: UInt64
  }

  private(set) var partitions: [Partition] = []
  /// Where sectors of tables are, which hold nothing but numbers unless a program stands in front of them.
  private(set) var sectors: [UInt64] = [0]
  /// What does not fit together, in the program's own words.
  private(set) var faults: [String] = []
  private let content: RandomAccess
  private static let maxLogical = 256
  private static let maxEntries: UInt32 = 1024

  init(_ content: RandomAccess) {
    self.content = content
    let first = content.bytes(at: 0, count: 512)
    guard first.count == 512 else { return }
    var isProtective = false
    first.withUnsafeBytes { head in
      for i in 0..<4 where head[450 + 16 * i] == 0xEE { isProtective = true }
      let hasGPT = readGPT(expected: isProtective)
      if !hasGPT { readMBR(head) }
    }
    partitions.sort { ($0.start, $0.number) < ($1.start, $1.number) }
    separate()
  }

  private mutating func fault(_ text: String) { if !faults.contains(text) { faults.append(text) } }

  private mutating func add(_ number: Int, _ start: UInt64, _ length: UInt64) {
    guard length > 0 else { return }
    guard start < content.size else { return fault("a partition lies beyond the end of the image") }
    if start.addingClamped(length) > content.size { fault("a partition reaches beyond the end of the image") }
    partitions.append(Partition(number: number, start: start, length: min(length, content.size - start)))
  }

  /// Every byte belongs to one partition: of those that overlap, the one that starts first.
  private mutating func separate() {
    var end: UInt64 = 0
    var kept: [Partition] = []
    for var partition in partitions {
      let own = partition.start + partition.length
      if partition.start < end {
        fault("partitions overlap")
        guard own > end else { continue }
        partition.length = own - end
        partition.start = end
      }
      kept.append(partition)
      end = own
    }
    partitions = kept
  }

  // MARK: MBR

  private static func isExtended(_ type: UInt8) -> Bool { type == 0x05 || type == 0x0F || type == 0x85 }

  private mutating func readMBR(_ head: UnsafeRawBufferPointer) {
    var extended: UInt64?
    for i in 0..<4 {
      let at = 446 + 16 * i
      let type = head[at + 4]
      let start = UInt64(head.little32(at + 8)) * 512
      guard type != 0 else { continue }
      if Self.isExtended(type) {
        extended = extended ?? start
      } else if type != 0xEE {
        add(i + 1, start, UInt64(head.little32(at + 12)) * 512)
      }
    }
    if let extended { readLogical(extended) }
  }

  /// The chain of extended boot records; each states one partition and where the next record is.
  private mutating func readLogical(_ base: UInt64) {
    var record = base
    var seen: Set<UInt64> = []
    var number = 5
    while seen.count < Self.maxLogical {
      guard seen.insert(record).inserted else { return fault("the chain of logical partitions runs in a circle") }
      let bytes = content.bytes(at: record, count: 512)
      guard bytes.count == 512, bytes[510] == 0x55, bytes[511] == 0xAA else {
        return fault("the chain of logical partitions is broken")
      }
      sectors.append(record)
      var next: UInt64?
      bytes.withUnsafeBytes { head in
        if head[450] != 0, !Self.isExtended(head[450]) {
          let start = record.addingClamped(UInt64(head.little32(454)) * 512)
          add(number, start, UInt64(head.little32(458)) * 512)
          number += 1
        }
        if Self.isExtended(head[466]), head.little32(470) > 0 {
          next = base.addingClamped(UInt64(head.little32(470)) * 512)
        }
      }
      guard let next else { return }
      record = next
    }
    fault("more logical partitions than are read")
  }

  // MARK: GPT

  private mutating func readGPT(expected: Bool) -> Bool {
    for sector in [UInt64(512), 4096] where readGPT(at: sector, sector) { return true }
    guard expected else { return false }
    fault("the first partition table is damaged")
    for sector in [UInt64(512), 4096] where content.size > 2 * sector {
      if readGPT(at: content.size / sector * sector - sector, sector) { return true }
    }
    return false
  }

  private mutating func readGPT(at offset: UInt64, _ sector: UInt64) -> Bool {
    let header = content.bytes(at: offset, count: 92)
    guard header.count == 92 else { return false }
    let layout = header.withUnsafeBytes { h -> (table: UInt64, count: UInt32, size: UInt32)? in
      guard h.has("EFI PART") else { return nil }
      let (table, overflow) = h.little64(72).multipliedReportingOverflow(by: sector)
      guard !overflow, table < content.size else { return nil }
      return (table, h.little32(80), h.little32(84))
    }
    guard let layout, layout.size >= 128, layout.size <= 4096 else { return false }
    if layout.count > Self.maxEntries { fault("more partitions than are read") }
    for i in 0..<min(layout.count, Self.maxEntries) {
      let entry = content.bytes(at: layout.table + UInt64(i) * UInt64(layout.size), count: 128)
      guard entry.count == 128 else { break }
      entry.withUnsafeBytes { e in
        guard e.little64(0) | e.little64(8) != 0 else { return }
        let (first, last) = (e.little64(32), e.little64(40))
        guard first <= last, last < .max else {
          return fault("a partition ends before it starts")
        }
        add(Int(i) + 1, first.multipliedClamped(sector), (last - first + 1).multipliedClamped(sector))
      }
    }
    return true
  }
}

extension UInt64 {
  func multipliedClamped(_ other: UInt64) -> UInt64 {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }
}
