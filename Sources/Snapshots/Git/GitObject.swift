import CustodyCore

/// What stands before the content of a loose object (git's documentation, "Git Internals - Git Objects"): type, size in
/// bytes, a zero. The id of an object is the digest of that and the content.
struct GitObjectHead {
  /// Also the word by which `git cat-file` gives the content out.
  enum Kind: String { case blob, tree, commit, tag }
  var kind: Kind
  /// Bytes of the content, as it is claimed.
  var size: UInt64
  /// Bytes of the head itself.
  var length: Int

  var bytes: [UInt8] { Array("\(kind.rawValue) \(size)".utf8) + [0] }

  init(_ kind: Kind, size: UInt64) {
    self.kind = kind
    self.size = size
    length = 0
    length = bytes.count
  }

  /// Nil when the bytes begin otherwise.
  init?(_ h: UnsafeRawBufferPointer) {
    guard let end = h.prefix(28).firstIndex(of: 0), let blank = h[..<end].firstIndex(of: 0x20),
      let kind = Kind(rawValue: String(decoding: h[..<blank], as: UTF8.self))
    else { return nil }
    let digits = h[(blank + 1)..<end]
    guard (1...19).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
      digits.count == 1 || digits.first != 0x30, let size = UInt64(String(decoding: digits, as: UTF8.self))
    else { return nil }
    self.kind = kind
    self.size = size
    length = end + 1
  }
}

/// The content of an object, held against the size that its head claims.
final class GitObjectSource: Source {
  private let upstream: Source
  private let size: UInt64
  private var toDrop: Int
  private var count: UInt64 = 0

  /// - Parameter dropping: bytes of the head, which come first.
  init(_ upstream: Source, size: UInt64, dropping: Int = 0) {
    self.upstream = upstream
    self.size = size
    toDrop = dropping
  }

  override func pull() -> Piece {
    while true {
      switch upstream.next() {
      case .bytes(let bytes):
        let dropped = min(toDrop, bytes.count)
        toDrop -= dropped
        guard dropped < bytes.count else { continue }
        count = count.addingClamped(UInt64(bytes.count - dropped))
        return .bytes(UnsafeRawBufferPointer(rebasing: bytes[dropped...]))
      case .zeros(let zeros):
        count = count.addingClamped(zeros)
        return .zeros(zeros)
      case .end:
        trouble = upstream.trouble
        isCutShort = upstream.isCutShort
        guard trouble == nil, count != size else { return .end }
        trouble = Trouble(.failed, .corrupt, "the object is not as long as it says")
        // Who has less than was promised has not seen all of it.
        isCutShort = count < size
        return .end
      }
    }
  }
}
