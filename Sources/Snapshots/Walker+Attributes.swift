import CArchive
import CustodyCore
import Glibc

extension ArchiveStage {
  /// Every value, also those that are not examined.
  static func attributeValues(of entry: OpaquePointer) -> Set<[UInt8]> {
    guard archive_entry_xattr_reset(entry) > 0 else { return [] }
    var values: Set<[UInt8]> = []
    var name: UnsafePointer<CChar>?
    var value: UnsafeRawPointer?
    var count = 0
    while archive_entry_xattr_next(entry, &name, &value, &count) == ARCHIVE_OK {
      values.insert(Array(UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : count)))
    }
    return values
  }
}

extension Walker {
  /// The extended attributes that libarchive found beside a member: pax records of a tar, the table of a xar.
  func attributes(of entry: OpaquePointer, _ header: EntryHeader, _ level: Level, _ account: inout Account) {
    guard archive_entry_xattr_reset(entry) > 0, level.stop == nil else { return }
    var attributes = ExtendedAttributes()
    var name: UnsafePointer<CChar>?
    var value: UnsafeRawPointer?
    var count = 0
    while archive_entry_xattr_next(entry, &name, &value, &count) == ARCHIVE_OK {
      guard let value else { continue }
      let bytes = UnsafeRawBufferPointer(start: value, count: count)
      let text = UnsafeRawBufferPointer(start: name, count: name.map { strlen($0) } ?? 0)
      if !attributes.add(text, bytes) { break }
    }
    examine(attributes, of: header, in: level, &account)
  }

  /// Each value is an entry of its own, `NAME!/$xattr/ATTRIBUTE`, behind the entry it belongs to.
  ///
  /// - Parameters:
  ///   - header: the entry's, or for a folder what it would have.
  ///   - account: gets what stops them all.
  /// - Returns: false when the limit of entries left some of them out.
  @discardableResult
  func examine(
    _ attributes: ExtendedAttributes, of header: EntryHeader, in level: Level?, _ account: inout Account
  ) -> Bool {
    guard !attributes.isEmpty else { return true }
    if (level?.depth ?? 0) >= limits.maxDepth {
      account.add(.limited(.depthLimit))
      return true
    }
    // They lie one deeper than their entry, so they count as what is in a container: nesting stays bounded.
    let inside = newLevel(inside: level)
    if let reason = inside.stop {
      account.add(.closed(reason))
      return true
    }
    inside.compressed = attributes.found.reduce(0) { $0 + UInt64($1.value.count) }
    for attribute in attributes.sorted where inside.stop == nil {
      var entry = EntryHeader(
        locator: attributePlace(header, [0x2F] + attribute.name), modified: header.modified,
        declaredSize: UInt64(attribute.value.count), notes: ["an extended attribute"])
      entry.isWorldReadable = header.isWorldReadable
      let source = SequentialSource(MemoryBytes(attribute.value))
      source.total = entry.declaredSize
      examine(charged(source, inside), entry, in: inside)
    }
    if let trouble = attributes.trouble, inside.stop == nil {
      bare(EntryHeader(locator: attributePlace(header)), trouble, in: inside)
    }
    if let reason = inside.stop { account.add(.limited(reason)) }
    note(node(level))
    return inside.stop != .entriesLimit
  }

  /// Where the attributes of an entry are, or one of them.
  func attributePlace(_ header: EntryHeader, _ name: [UInt8] = []) -> Locator {
    header.locator.appending(Array((ExtendedAttribute.folder + name).prefix(max(1, limits.maxPathBytes))))
  }
}
