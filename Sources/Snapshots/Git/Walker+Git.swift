import CustodyCore

extension ContainerKind {
  /// Packs and bundles of git, by their marks and versions (git's documentation, gitformat-pack and gitformat-bundle).
  static func git(_ h: UnsafeRawBufferPointer) -> ContainerKind? {
    if h.has("PACK"), h.count >= 32, h.has([0, 0, 0], at: 4), h[7] == 2 || h[7] == 3 { return .gitPack }
    return h.has("# v2 git bundle\n") || h.has("# v3 git bundle\n") ? .gitBundle : nil
  }
}

/// Packs of git (decision 0028).
extension Walker {
  func git(
    _ content: RandomAccess, _ locator: Locator, _ kind: ContainerKind, _ level: Level, _ account: inout Account
  ) {
    level.compressed = content.size
    guard let origin = kind == .gitPack ? 0 : packInBundle(content) else {
      account.add(Trouble(.failed, .corrupt, "the bundle holds no pack"))
      return plainRange(content, Names.range(0, content.size), locator, level)
    }
    if origin > 0 {
      let text = SequentialSource(RangeView(content, from: 0, size: origin))
      let entry = EntryHeader(locator: locator.appending(Array("refs".utf8)), declaredSize: origin)
      plain(charged(text, level), entry, in: level)
    }
    guard let cursor = PackCursor(content), let short = GitHash(size: 20), let long = GitHash(size: 32) else {
      account.add(Trouble(.failed, .unreadable, "no memory for a reader"))
      return plainRange(content, Names.range(0, content.size), locator, level)
    }
    func index(_ hash: GitHash, _ idSize: Int) -> PackIndex {
      PackIndex(
        cursor, hash, origin: origin, idSize: idSize, large: PackWalk.mostInMemory(limits),
        most: limits.maxExpandedBytes)
    }
    var found = index(short, 20)
    // A pack does not say which digest names its objects, but its own sum is one of the same.
    let hasLongNames =
      !(found.isClean && found.end + 20 == content.size) && hasSum(content, from: origin, long, size: 32)
    if hasLongNames { found = index(long, 32) }
    for trouble in found.troubles { account.add(trouble) }
    let walk = PackWalk(self, cursor, hasLongNames ? long : short, found, locator, level)
    walk.run()
    account.add(walk.account)
    if let reason = level.stop { return account.add(.limited(reason)) }
    let end = found.end.addingClamped(found.sumSize)
    if end < content.size { range(content, end, content.size - end, locator, level) }
    if let reason = level.stop { account.add(.limited(reason)) }
  }

  /// True when the last bytes are the digest of all before them.
  private func hasSum(_ content: RandomAccess, from start: UInt64, _ hash: GitHash, size: Int) -> Bool {
    guard content.size > start + UInt64(size) else { return false }
    let end = content.size - UInt64(size)
    let source = SequentialSource(RangeView(content, from: start, size: end - start))
    hash.start([])
    while true {
      switch source.next() {
      case .bytes(let bytes): hash.update(bytes)
      // No pack has holes that its writer knew of.
      case .zeros: return false
      case .end: return hash.finish() == GitID(content.bytes(at: end, count: size))
      }
    }
  }

  /// Where the pack of a bundle begins: behind the first empty line.
  private func packInBundle(_ content: RandomAccess) -> UInt64? {
    var at: UInt64 = 0
    let most = min(content.size, 64 << 20)
    while at < most {
      let part = content.bytes(at: at, count: 64 << 10)
      guard part.count > 2 else { return nil }
      for i in 0..<(part.count - 1) where part[i] == 0x0A && part[i + 1] == 0x0A {
        let start = at + UInt64(i) + 2
        let head = content.bytes(at: start, count: 32)
        return head.withUnsafeBytes { ContainerKind.git($0) } == .gitPack ? start : nil
      }
      at += UInt64(part.count - 1)
    }
    return nil
  }
}
