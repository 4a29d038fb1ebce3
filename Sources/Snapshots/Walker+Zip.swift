import CustodyCore

extension Walker {
  /// A zip archive: what its central directory lists, and whatever lies beside that. Readers differ in which of the two
  /// they believe, so a member in only one of them is a hiding place.
  ///
  /// - Parameter isAppended: something else stands in front, and was examined as such.
  func zip(
    _ content: RandomAccess, _ locator: Locator, _ level: Level, _ account: inout Account, isAppended: Bool
  ) {
    guard let end = ZipEnd.read(content) else {
      return withoutDirectory(content, locator, level, &account)
    }
    guard end.entries <= min(limits.maxEntries, ZipDirectory.maxRecords) else {
      return account.add(.limited(.entriesLimit))
    }
    let directory = ZipDirectory(content, end)
    // libarchive looks for the end record in the last 16 KiB only: give it the bytes up to there.
    let view = RangeView(content, from: 0, size: end.record + 22)
    if !directory.records.isEmpty {
      switch ArchiveStage.open(.zip, random: view, level: level, budget: budget) {
      case .trouble(let trouble, _): account.add(trouble)
      case .stage(let stage):
        members(stage, locator, level, &account, names: ZipNames(content, directory.records))
      }
    }
    guard level.stop == nil else { return }
    compare(content, end, directory, locator, level, &account, isAppended: isAppended)
  }

  /// No usable central directory: the local headers alone, from the start.
  private func withoutDirectory(
    _ content: RandomAccess, _ locator: Locator, _ level: Level, _ account: inout Account
  ) {
    if content.size == 22, content.bytes(at: 0, count: 4) == [0x50, 0x4B, 5, 6] { return }
    account.add(Trouble(.failed, .truncated, "no valid central directory; read by local headers"))
    let source = SequentialSource(content)
    source.total = content.size
    archive(source, locator, .zip, level, &account)
  }

  /// Holds the central directory against the local headers, and examines what only one of them knows.
  private func compare(
    _ content: RandomAccess, _ end: ZipEnd, _ directory: ZipDirectory, _ locator: Locator, _ level: Level,
    _ account: inout Account, isAppended: Bool
  ) {
    let reader = WindowReader(content)
    let names = WindowReader(content)
    var seen: Set<Int> = []
    var expected: UInt64 = isAppended ? end.base : 0
    var differences: [String] = []
    func differ(_ text: String) { if !differences.contains(text) { differences.append(text) } }
    if directory.isDamaged { differ("the central directory does not hold the number of members it claims") }
    if directory.sharesHeaders { differ("directory lines share a local header") }
    for record in directory.records {
      if let reason = level.stop { return account.add(.limited(reason)) }
      let name = names.with(record.name, Int(record.nameLength)) { [UInt8]($0) }
      if !seen.insert(name.hashValue).inserted { differ("member names occur more than once") }
      let local = reader.with(record.local, 30 + Int(record.nameLength)) { h -> (header: UInt64, same: Bool)? in
        guard h.count >= 30, h.has([0x50, 0x4B, 3, 4]) else { return nil }
        let length = Int(h.little16(26))
        let same = h.count >= 30 + length && h[30..<(30 + length)].elementsEqual(name)
        return (30 + UInt64(length) + UInt64(h.little16(28)), same)
      }
      guard let local else {
        differ("the central directory lists members without local header")
        continue
      }
      if !local.same { differ("names differ between the central directory and local headers") }
      if record.local > expected {
        if gap(content, expected, record.local, locator, level) {
          differ("data between members that no directory line covers")
        }
      } else if record.local < expected {
        differ("members overlap")
      }
      let dataEnd = record.local.addingClamped(local.header).addingClamped(record.compressed)
      let recordEnd = min(content.size, dataEnd + descriptor(reader, record, dataEnd))
      if record.hidesContent, recordEnd > record.local {
        if !record.isLink { differ("a directory or special file carries data") }
        disguised(content, record, recordEnd, locator, level, &account)
      }
      expected = max(expected, recordEnd)
    }
    if end.directory > expected, gap(content, expected, end.directory, locator, level) {
      differ("data before the central directory that no directory line covers")
    }
    if end.commentLength >= 24 {
      range(content, end.end - end.commentLength, end.commentLength, locator, level, note: "archive comment")
    }
    if end.end < content.size, holdsData(RangeView(content, from: end.end, size: content.size - end.end)) {
      differ("data after the end record")
      range(content, end.end, content.size - end.end, locator, level)
    }
    for text in differences { account.add(Trouble(.partial, .directoryMismatch, text)) }
  }

  /// A member that the directory calls something other than a regular file, read by its local header as if it were one.
  private func disguised(
    _ content: RandomAccess, _ record: ZipRecord, _ end: UInt64, _ locator: Locator, _ level: Level,
    _ account: inout Account
  ) {
    let view = RangeView(content, from: record.local, size: end - record.local)
    var plainName = RangeView(content, from: record.local, size: 30).bytes(at: 0, count: 30)
    let nameLength = plainName.count == 30 ? UInt64(plainName[26]) | UInt64(plainName[27]) << 8 : 0
    plainName += view.bytes(at: 30, count: Int(nameLength))
    // A name with a slash at its end makes a directory of the member, whatever else is said of it.
    if nameLength > 0, plainName.last == 0x2F { plainName[plainName.count - 1] = 0x5F }
    var ignored = Account()  // The end of the member looks like a truncated archive to the reader.
    plainName.withUnsafeBytes { head in
      let rest = SequentialSource(RangeView(view, from: UInt64(head.count), size: view.size))
      let source = ResumedSource(leadingZeros: 0, head, then: rest)
      archive(source, locator, .zip, level, &ignored, note: "content of what is no regular file")
    }
  }

  /// Length of the data descriptor behind a member (4.3.9): its signature is optional, its sizes have 4 or 8 bytes.
  private func descriptor(_ reader: WindowReader, _ record: ZipRecord, _ at: UInt64) -> UInt64 {
    guard record.flags & 8 != 0 else { return 0 }
    return reader.with(at, 24) { d in
      guard d.count >= 12 else { return 0 }
      let signed = d.has([0x50, 0x4B, 7, 8])
      let start = signed ? 4 : 0
      guard d.count >= start + 12, d.little32(start) == record.crc || signed else { return 0 }
      let wide = d.count >= start + 20 && d.little64(start + 4) == record.compressed
      let narrow = UInt64(d.little32(start + 4)) == record.compressed & 0xFFFF_FFFF
      let next = narrow && d.count >= start + 16 && d.has("PK", at: start + 12)
      return UInt64(start) + (wide && !next ? 20 : 12)
    }
  }

  /// Bytes between members: local headers in it are members that the directory hides; other data is an entry.
  /// False when there are only zeros.
  private func gap(
    _ content: RandomAccess, _ start: UInt64, _ end: UInt64, _ locator: Locator, _ level: Level
  ) -> Bool {
    let view = RangeView(content, from: start, size: end - start)
    guard holdsData(view) else { return false }
    guard let header = firstLocalHeader(view) else {
      range(content, start, end - start, locator, level)
      return true
    }
    if header > 0 { range(content, start, header, locator, level) }
    let rest = RangeView(view, from: header, size: view.size - header)
    var ignored = Account()  // The end of the gap looks like a truncated archive to the reader.
    archive(
      SequentialSource(rest), locator, .zip, level, &ignored, note: "not listed in the zip's central directory")
    return true
  }

  private func firstLocalHeader(_ content: RandomAccess) -> UInt64? {
    let reader = WindowReader(content)
    let step = 64 << 10
    var at: UInt64 = 0
    while at < content.size {
      let hit = reader.with(at, step + 3) { bytes -> Int? in
        guard bytes.count >= 4 else { return nil }
        for i in 0...(bytes.count - 4) where bytes[i] == 0x50 && bytes.has([0x50, 0x4B, 3, 4], at: i) { return i }
        return nil
      }
      if let hit { return at + UInt64(hit) }
      at += UInt64(step)
    }
    return nil
  }
}
