import CustodyCore

/// Expert Witness images, `.E01` and the physical images of SMART (`.s01`), one segment (libyal/libewf, "Expert Witness
/// Compression Format", version 1). Chunks of the disk stand in the order of their tables. Further segments are files,
/// and so entries, of their own.
final class EWFDisk: VirtualDisk {
  /// One table section.
  private struct Table {
    var first: UInt64
    var count: UInt64
    var base: UInt64
    /// Of the first entry.
    var entries: UInt64
    /// Where the data of its last chunk ends.
    var end: UInt64
  }

  private let chunk: UInt64
  private let tables: [Table]
  private let reader: TableReader
  private static let mostSections = 1 << 20

  /// What the sections say, before there is a disk.
  private struct Sections {
    var chunkSize: UInt64 = 0
    var size: UInt64 = 0
    var tables: [Table] = []
    var chunks: UInt64 = 0
    var hasNext = false
    var isWhole = false
    var dataEnd: UInt64 = 0
  }

  static func open(_ image: RandomAccess) -> VirtualDiskResult {
    let head = Fields(image, at: 0, count: 13)
    guard head.count == 13 else { return .refused(Trouble(.failed, .truncated)) }
    let segment = head.little(9, 2)
    let sections = walk(image)
    guard sections.chunkSize > 0, !sections.tables.isEmpty else {
      let note = segment > 1 ? "a further segment of a disk image" : "the image's sections do not fit together"
      return .refused(Trouble(.failed, .corrupt, note))
    }
    let disk = EWFDisk(image, sections, isFirst: segment == 1)
    if segment != 1 {
      let note = "a further segment of a disk image: its part of the disk, whose place is not known"
      disk.remark(Trouble(.partial, .contentNotDecoded, note))
    }
    if sections.hasNext {
      disk.remark(Trouble(.partial, .contentNotDecoded, "the rest of the disk is in further segments"))
    } else if !sections.isWhole {
      disk.remark(Trouble(.failed, .truncated, "the last section of the image is missing"))
    }
    return .disk(disk)
  }

  private init(_ image: RandomAccess, _ sections: Sections, isFirst: Bool) {
    chunk = sections.chunkSize
    tables = sections.tables
    reader = TableReader(image)
    // A segment alone is as long as its chunks.
    let held = sections.chunks.multipliedClamped(sections.chunkSize)
    let size = isFirst && sections.size > 0 ? sections.size : held
    super.init(image, size: min(size, Self.mostSize))
    if isFirst, held < size, !sections.hasNext {
      remark(Trouble(.failed, .truncated, "chunks of the disk are missing"))
    }
  }

  /// Sections are a chain; a reader that only goes forward ends.
  private static func walk(_ image: RandomAccess) -> Sections {
    var sections = Sections()
    var at: UInt64 = 13
    for _ in 0..<mostSections {
      let section = Fields(image, at: at, count: 76)
      guard section.count == 76 else { break }
      let next = section.little(16, 8)
      let end = next > at ? min(next, image.size) : image.size
      let type = String(decoding: section.bytes[0..<16].prefix { $0 != 0 }, as: UTF8.self)
      switch type {
      case "volume", "disk", "data": volume(image, at + 76, end, &sections)
      case "sectors": sections.dataEnd = end
      case "table": table(image, at + 76, end, &sections)
      case "next": sections.hasNext = true
      case "done": sections.isWhole = true
      default: break
      }
      guard next > at else { break }
      at = next
    }
    return sections
  }

  /// EnCase writes 1052 bytes, SMART 94; the four numbers stand at the same places, the number of sectors being eight
  /// bytes in the former.
  private static func volume(_ image: RandomAccess, _ start: UInt64, _ end: UInt64, _ sections: inout Sections) {
    guard sections.chunkSize == 0, end >= start + 94 else { return }
    let volume = Fields(image, at: start, count: 94)
    let perChunk = volume.little(8, 4)
    let perSector = volume.little(12, 4)
    let chunk = perChunk.multipliedClamped(perSector)
    guard volume.count == 94, perChunk > 0, perSector > 0, chunk <= mostUnit else { return }
    sections.chunkSize = chunk
    sections.size = volume.little(16, end - start >= 1052 ? 8 : 4).multipliedClamped(perSector)
  }

  private static func table(_ image: RandomAccess, _ start: UInt64, _ end: UInt64, _ sections: inout Sections) {
    let head = Fields(image, at: start, count: 24)
    guard head.count == 24, end > start + 24 else { return }
    let count = min(head.little(0, 4), (end - start - 24) / 4)
    guard count > 0 else { return }
    // The oldest form has the chunks inside the table's own section.
    let dataEnd = sections.dataEnd > 0 ? sections.dataEnd : end
    sections.tables.append(
      Table(first: sections.chunks, count: count, base: head.little(8, 8), entries: start + 24, end: dataEnd))
    sections.chunks += count
    sections.dataEnd = 0
  }

  override func extent(at offset: UInt64) -> Extent {
    let number = offset / chunk
    let start = number * chunk
    guard let table = table(of: number) else { return Extent(start: start, length: size - start, place: .missing) }
    let index = number - table.first
    let at = table.entries + index * 4
    guard let entry = reader.number(at: at, 4, big: false) else {
      return Extent(start: start, length: chunk, place: .damaged)
    }
    let from = table.base.addingClamped(entry & 0x7FFF_FFFF)
    guard entry >> 31 != 0 else { return Extent(start: start, length: chunk, place: .stored(from)) }
    var end = table.end
    if index + 1 < table.count, let next = reader.number(at: at + 4, 4, big: false) {
      end = table.base.addingClamped(next & 0x7FFF_FFFF)
    }
    guard end > from, end - from <= 2 * chunk + 4096, from < image.size else {
      return Extent(start: start, length: chunk, place: .damaged)
    }
    // The last chunk may be shorter than the others.
    return Extent(
      start: start, length: min(chunk, size - start),
      place: .packed(Packed(offset: from, length: Int(end - from), method: .zlib)))
  }

  /// A checksum.
  override var bytesBehind: UInt64 { 4 }

  private func table(of number: UInt64) -> Table? {
    var low = 0
    var high = tables.count
    while low < high {
      let middle = (low + high) / 2
      if tables[middle].first + tables[middle].count <= number { low = middle + 1 } else { high = middle }
    }
    return low < tables.count && tables[low].first <= number ? tables[low] : nil
  }
}
