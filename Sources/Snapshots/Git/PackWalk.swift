import CustodyCore

/// Hands out the objects of a pack: each is a member named by its id, whatever it was made from.
///
/// What cannot be made is a member named by its place, `@OFFSET+LENGTH`, with the bytes that come out of its stream.
final class PackWalk {
  private let walker: Walker
  private let cursor: PackCursor
  private let hash: GitHash
  private let index: PackIndex
  private let tree: PackTree
  private let locator: Locator
  private let level: Level
  private var isDone: [Bool]
  private var held: UInt64 = 0
  private(set) var account = Account()

  /// An object that something has yet to be made from.
  private struct Frame {
    var bytes: [UInt8]
    var kind: GitObjectHead.Kind
    var children: [Int]
    var next = 0
  }

  /// Bytes of all objects held at a time, 256 MiB as limits are: they are wanted more often than what is spooled.
  private var mostHeld: UInt64 { walker.limits.maxSpoolMemory.multipliedClamped(8) }
  private let mostBytes: UInt64

  init(_ walker: Walker, _ cursor: PackCursor, _ hash: GitHash, _ index: PackIndex, _ locator: Locator, _ level: Level)
  {
    self.walker = walker
    self.cursor = cursor
    self.hash = hash
    self.index = index
    self.locator = locator
    self.level = level
    mostBytes = Self.mostInMemory(walker.limits)
    tree = PackTree(index)
    isDone = [Bool](repeating: false, count: index.count)
  }

  /// Bytes of an object that is made from another one, or is made from, 64 MiB as limits are; larger ones are handed out
  /// in pieces, when they are stored whole.
  static func mostInMemory(_ limits: SnapshotLimits) -> UInt64 {
    min(limits.maxSpoolMemory.multipliedClamped(2), limits.maxEntrySize)
  }

  func run() {
    for i in 0..<index.count where index.states[i] == .whole && level.stop == nil {
      guard let head = index.head(cursor, at: index.offsets[i]), case .object(let kind) = head.form else { continue }
      isDone[i] = true
      if head.size > mostBytes { large(i, kind, head) } else { small(i, kind, head) }
    }
    for i in 0..<index.count where !isDone[i] && level.stop == nil {
      switch index.states[i] {
      case .whole:
        remainder(
          i, Trouble(.partial, .contentNotDecoded, "what it is made from is not in the pack, or could not be read"))
      case .truncated: remainder(i, Trouble(.failed, .truncated))
      case .damaged, .unreadable: remainder(i, Trouble(.failed, .corrupt))
      }
    }
  }

  // MARK: Objects as they are

  private func small(_ i: Int, _ kind: GitObjectHead.Kind, _ head: PackHead) {
    guard let bytes = cursor.inflated(at: head.data, size: Int(head.size)) else {
      return remainder(i, Trouble(.failed, .unreadable))
    }
    let id = deliver(kind, bytes)
    follow(Frame(bytes: bytes, kind: kind, children: tree.children(of: i, id)))
  }

  private func large(_ i: Int, _ kind: GitObjectHead.Kind, _ head: PackHead) {
    guard let id = index.largeNames[i] else { return remainder(i, Trouble(.failed, .unreadable)) }
    if let content = stream(i, head) {
      let entry = EntryHeader(locator: locator.appending(id.name), declaredSize: head.size)
      walker.examine(GitObjectSource(content, size: head.size), entry, in: level)
    }
    for child in tree.children(of: i, id) where !isDone[child] && level.stop == nil {
      isDone[child] = true
      remainder(child, tooLarge)
    }
  }

  /// The entry of an object in memory.
  private func deliver(_ kind: GitObjectHead.Kind, _ bytes: [UInt8]) -> GitID {
    hash.start(GitObjectHead(kind, size: UInt64(bytes.count)).bytes)
    hash.update(bytes)
    let id = hash.finish()
    if kind == .tree, GitTree.isWellFormed(bytes, idSize: index.idSize) {
      _ = walker.budget.charge(UInt64(bytes.count), to: level)
    } else {
      let entry = EntryHeader(locator: locator.appending(id.name), declaredSize: UInt64(bytes.count))
      walker.examine(walker.charged(MemorySource(bytes), level), entry, in: level)
    }
    return id
  }

  // MARK: Objects made from others

  private func follow(_ root: Frame) {
    var frames = [root]
    held = UInt64(root.bytes.count)
    while var frame = frames.popLast(), level.stop == nil {
      guard frame.next < frame.children.count else {
        held -= UInt64(frame.bytes.count)
        continue
      }
      let child = frame.children[frame.next]
      frame.next += 1
      // Behind the last child nothing has to be kept.
      if frame.next < frame.children.count {
        frames.append(frame)
      } else {
        held -= UInt64(frame.bytes.count)
      }
      guard !isDone[child] else { continue }
      isDone[child] = true
      if let made = make(child, from: frame) { frames.append(made) }
    }
  }

  /// Delivers an object; what is to be made from it is returned.
  private func make(_ i: Int, from base: Frame) -> Frame? {
    guard let head = index.head(cursor, at: index.offsets[i]), index.states[i] == .whole else {
      isDone[i] = false
      return nil
    }
    guard head.size <= mostBytes else {
      remainder(i, tooLarge)
      return nil
    }
    guard let delta = cursor.inflated(at: head.data, size: Int(head.size)) else {
      remainder(i, Trouble(.failed, .unreadable))
      return nil
    }
    let bytes: [UInt8]
    do throws(PackDelta.Flaw) {
      bytes = try PackDelta.apply(delta, to: base.bytes, limit: mostBytes)
    } catch {
      remainder(i, error == .tooLarge ? tooLarge : Trouble(.failed, .corrupt, "it does not fit what it is made from"))
      return nil
    }
    let id = deliver(base.kind, bytes)
    let children = tree.children(of: i, id)
    guard !children.isEmpty else { return nil }
    guard held + UInt64(bytes.count) <= mostHeld else {
      for child in children where !isDone[child] && level.stop == nil {
        isDone[child] = true
        remainder(child, Trouble(.limited, .entrySizeLimit, "too many objects had to be held in memory"))
      }
      return nil
    }
    held += UInt64(bytes.count)
    return Frame(bytes: bytes, kind: base.kind, children: children)
  }

  // MARK: What is left

  private var tooLarge: Trouble {
    Trouble(.limited, .entrySizeLimit, "it, or what it is made from, is larger than is held in memory")
  }

  /// An object that is not what it should be: what comes out of its stream, or its bytes when there is none.
  private func remainder(_ i: Int, _ trouble: Trouble) {
    isDone[i] = true
    account.add(trouble)
    let length = index.length(i)
    let name = Names.range(index.offsets[i], length)
    let entry = EntryHeader(locator: locator.appending(name), notes: ["an object of the pack"])
    if index.states[i] != .unreadable, let head = index.head(cursor, at: index.offsets[i]) {
      guard let content = stream(i, head) else { return }
      if head.isDelta {
        walker.plain(RemarkedSource(content, trouble), entry, in: level)
      } else {
        walker.examine(RemarkedSource(GitObjectSource(content, size: head.size), trouble), entry, in: level)
      }
    } else {
      let bytes = SequentialSource(RangeView(cursor.content, from: index.offsets[i], size: length))
      walker.plain(RemarkedSource(walker.charged(bytes, level), trouble), entry, in: level)
    }
  }

  private func stream(_ i: Int, _ head: PackHead) -> InflatedSource? {
    guard let inflation = Inflation() else {
      account.add(Trouble(.failed, .unreadable, "no memory for a reader"))
      return nil
    }
    let size = index.length(i) - min(index.length(i), head.data - index.offsets[i])
    let input = BufferedInput(SequentialSource(RangeView(cursor.content, from: head.data, size: size)))
    return InflatedSource(input, inflation, level: level, budget: walker.budget, isCounted: false)
  }
}

/// Bytes of which something is to be said at their end, unless there is worse.
private final class RemarkedSource: Source {
  private let upstream: Source
  private let remark: Trouble

  init(_ upstream: Source, _ remark: Trouble) {
    self.upstream = upstream
    self.remark = remark
  }

  override func pull() -> Piece {
    let piece = upstream.next()
    if case .end = piece {
      trouble = upstream.trouble ?? remark
      isCutShort = upstream.isCutShort
    }
    return piece
  }
}
