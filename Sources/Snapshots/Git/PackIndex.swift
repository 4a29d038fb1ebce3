import CustodyCore

/// Where the objects of a pack are, found by decompressing all of them once: a pack does not say where one ends. An index
/// beside it would, but need not be there, nor be right.
///
/// The number of objects that a pack claims is a claim: reading goes on as long as objects come.
struct PackIndex {
  enum State: UInt8 {
    case whole
    /// Its head can be read, not all of what follows.
    case damaged, truncated
    /// Not even its head.
    case unreadable
  }

  let origin: UInt64
  let idSize: Int
  private(set) var offsets: [UInt64] = []
  private(set) var states: [State] = []
  /// Index of the object that another one is made from by its offset; -1 for none, -2 where no object begins.
  private(set) var bases: [Int32] = []
  /// Names of those that are too large to be named when they are in memory.
  private(set) var largeNames: [Int: GitID] = [:]
  /// Those made from an object by its name, by that name.
  private(set) var namedBases: [(base: GitID, index: Int32)] = []
  /// Where the last object ends.
  private(set) var end: UInt64
  private(set) var troubles: [Trouble] = []
  private(set) var claimed: UInt64

  /// Objects of one pack: they take some 30 bytes of memory each.
  static let mostObjects = 8 << 20
  /// Those made from others by name take twice as much; further ones count as made from what is missing.
  private static let mostNamedBases = 2 << 20
  /// Bytes of the sum behind the last object.
  var sumSize: UInt64 { UInt64(idSize) }
  var count: Int { offsets.count }
  var isClean: Bool { troubles.isEmpty && !states.contains { $0 != .whole } }

  /// - Parameters:
  ///   - origin: where the pack begins.
  ///   - large: objects beyond so many bytes are named while they are decompressed.
  ///   - most: bytes that all objects together may decompress to.
  init(_ cursor: PackCursor, _ hash: GitHash, origin: UInt64, idSize: Int, large: UInt64, most: UInt64) {
    self.origin = origin
    self.idSize = idSize
    end = origin + 12
    let count = Fields(cursor.content, at: origin + 8, count: 4)
    claimed = count.big(0, 4)
    let size = cursor.content.size
    var produced: UInt64 = 0
    // Looking for the next object behind a damaged one.
    var toSearch = size.multipliedClamped(8).addingClamped(64 << 20)
    while end.addingClamped(sumSize) < size {
      guard offsets.count < Self.mostObjects else {
        troubles.append(.limited(.entriesLimit))
        break
      }
      guard produced <= most else {
        troubles.append(.limited(.expandedBytesLimit))
        break
      }
      let isMore = UInt64(offsets.count) >= claimed
      let state: State
      if let head = head(cursor, at: end) {
        let ending = read(cursor, hash, head, large: large) { produced = produced.addingClamped($0) }
        if isMore {
          guard case .whole = ending else { break }
        }
        add(head)
        switch ending {
        case .whole(let next):
          states.append(.whole)
          end = next
          continue
        case .truncated: state = .truncated
        case .damaged: state = .damaged
        }
      } else {
        // The end of all objects, whatever follows.
        if isMore { break }
        state = .unreadable
        offsets.append(end)
        bases.append(-1)
      }
      states.append(state)
      end = search(cursor, from: end + 1, &toSearch) ?? size
    }
    namedBases.sort { ($0.base, $0.index) < ($1.base, $1.index) }
    settle(size)
  }

  func head(_ cursor: PackCursor, at offset: UInt64) -> PackHead? {
    PackHead(cursor.view(at: offset, 64), at: offset, origin: origin, idSize: idSize)
  }

  /// Bytes of an object, its head included, and of what stands behind it when it is damaged.
  func length(_ index: Int) -> UInt64 {
    (index + 1 < offsets.count ? offsets[index + 1] : end) - offsets[index]
  }

  /// Those made from an object of this name.
  func madeFrom(_ id: GitID) -> [Int32] {
    var low = 0
    var high = namedBases.count
    while low < high {
      let middle = (low + high) / 2
      if namedBases[middle].base < id { low = middle + 1 } else { high = middle }
    }
    return namedBases[low...].prefix { $0.base == id }.map(\.index)
  }

  private func index(of offset: UInt64) -> Int32? {
    var low = 0
    var high = offsets.count
    while low < high {
      let middle = (low + high) / 2
      if offsets[middle] < offset { low = middle + 1 } else { high = middle }
    }
    return low < offsets.count && offsets[low] == offset ? Int32(low) : nil
  }

  private mutating func add(_ head: PackHead) {
    switch head.form {
    case .object: bases.append(-1)
    case .offsetDelta(let base): bases.append(index(of: base) ?? -2)
    case .nameDelta(let id):
      bases.append(-1)
      if namedBases.count < Self.mostNamedBases { namedBases.append((id, Int32(offsets.count))) }
    }
    offsets.append(end)
  }

  private mutating func read(
    _ cursor: PackCursor, _ hash: GitHash, _ head: PackHead, large: UInt64, _ count: (UInt64) -> Void
  ) -> PackCursor.Ending {
    guard case .object(let kind) = head.form, head.size > large else {
      return cursor.inflate(at: head.data, size: head.size) {
        count(UInt64($0.count))
        return true
      }
    }
    hash.start(GitObjectHead(kind, size: head.size).bytes)
    let ending = cursor.inflate(at: head.data, size: head.size) {
      count(UInt64($0.count))
      hash.update($0)
      return true
    }
    let name = hash.finish()
    if case .whole = ending { largeNames[offsets.count] = name }
    return ending
  }

  /// The next offset at which an object is, whole and of its size.
  private func search(_ cursor: PackCursor, from start: UInt64, _ left: inout UInt64) -> UInt64? {
    var at = start
    var rest = left
    defer { left = rest }
    while at.addingClamped(sumSize) < cursor.content.size, rest > 0 {
      rest -= 1
      if let head = head(cursor, at: at), ZlibHead.hasMark(cursor.view(at: head.data, 2)), hasBase(head) {
        let ending = cursor.inflate(at: head.data, size: head.size) {
          rest -= min(rest, UInt64($0.count))
          return rest > 0
        }
        if case .whole = ending { return at }
      }
      at += 1
    }
    return nil
  }

  private func hasBase(_ head: PackHead) -> Bool {
    if case .offsetDelta(let base) = head.form { return index(of: base) != nil }
    return true
  }

  /// What the pack says of itself against what it is.
  private mutating func settle(_ size: UInt64) {
    if states.contains(.truncated) { troubles.append(Trouble(.failed, .truncated, "the pack ends in an object")) }
    if states.contains(where: { $0 == .damaged || $0 == .unreadable }) {
      troubles.append(Trouble(.failed, .corrupt, "objects of the pack are damaged"))
    }
    guard troubles.isEmpty else { return }
    let found = UInt64(offsets.count)
    if found < claimed { troubles.append(Trouble(.failed, .truncated, "fewer objects than the pack says")) }
    if found > claimed { troubles.append(Trouble(.failed, .corrupt, "more objects than the pack says")) }
    if size - min(size, end) < sumSize { troubles.append(Trouble(.failed, .truncated, "the pack ends before its sum")) }
  }
}
