internal import CScan
import CustodyCore

/// Finds encoded content in the bytes of an entry while they pass.
///
///     var finder = DerivedFinder()
///     finder.consume(chunk) { content in … }      // any number of times, in order
///     finder.finish { content in … }
///
/// What is found depends on the bytes alone, never on how they were cut into chunks. Memory is bounded by the content
/// being decoded. Contents come in the order of place but for those that are spelled out or escaped, which may come among others
/// that lie near. Bytes that are not encoded cost one look at every fortieth of them and a few of its neighbours: a run
/// of `EncodedRun.sample` characters cannot pass between two looks.
public struct DerivedFinder: ~Copyable {
  private let limits: DerivedLimits
  /// Offset of the next byte in the entry.
  private var offset: UInt64 = 0
  /// Characters at the end of the last chunk that may begin a run.
  private var carry: [UInt8] = []
  private var run: EncodedRun?
  /// Bytes given to `consume` and `consumeZeros` so far.
  private var passed: UInt64 = 0
  private var spelled: SpelledFinder
  private var escaped: EscapedFinder

  public init(limits: DerivedLimits = DerivedLimits()) { self.init(limits: limits, hasHighBytes: true) }

  /// - Parameter hasHighBytes: false where bytes above 7F are not those of the entry.
  init(limits: DerivedLimits, hasHighBytes: Bool) {
    self.limits = limits
    spelled = SpelledFinder(limit: limits.maxBytes)
    escaped = EscapedFinder(limit: limits.maxBytes, hasHighBytes: hasHighBytes)
  }

  /// Takes the next bytes of the entry; they are not needed after the call.
  public mutating func consume(_ bytes: UnsafeRawBufferPointer, _ found: (DerivedContent) -> Void) {
    // Three searches go over the same bytes, which stay close to the processor meanwhile.
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.piece))
      rest = rest.dropFirst(piece.count)
      search(piece, found)
    }
  }

  private static let piece = 16 << 10

  private mutating func search(_ bytes: UnsafeRawBufferPointer, _ found: (DerivedContent) -> Void) {
    spelled.consume(bytes, at: passed, found)
    escaped.consume(bytes, at: passed, found)
    passed += UInt64(bytes.count)
    var i = 0
    while i < bytes.count {
      if run == nil { i = search(bytes, from: i) }
      // Bytes that a run gave back lie before `i` and are looked at again, by this same loop one level down.
      i = proceed(bytes, from: i, found)
    }
    settle(found)
  }

  /// Takes `count` zero bytes.
  public mutating func consumeZeros(_ count: UInt64, _ found: (DerivedContent) -> Void) {
    finish(found)
    offset += count
    passed += count
    spelled.consumeZeros(at: passed, found)
    escaped.consumeZeros(at: passed, found)
  }

  /// Call after the last byte.
  public mutating func finish(_ found: (DerivedContent) -> Void) {
    spelled.finish(found)
    escaped.finish(found)
    while run != nil { close(found) }
    carry = []
  }

  /// Lets the run, if there is one, have the bytes; returns the index of the first it did not take.
  private mutating func proceed(
    _ bytes: UnsafeRawBufferPointer, from: Int, _ found: (DerivedContent) -> Void
  ) -> Int {
    guard let taken = run?.take(bytes, from: from) else { return from }
    offset += UInt64(taken - from)
    settle(found)
    return taken
  }

  private mutating func settle(_ found: (DerivedContent) -> Void) {
    while run?.isEnded ?? false { close(found) }
  }

  /// Ends the run and looks again at what it gave back.
  private mutating func close(_ found: (DerivedContent) -> Void) {
    guard var ended = run.take() else { return }
    if let content = ended.finish() { found(content) }
    let again = ended.pending
    guard !again.isEmpty else { return }
    offset -= UInt64(again.count)
    again.withUnsafeBytes { again in
      var i = 0
      while i < again.count {
        if run == nil { i = search(again, from: i) }
        guard let taken = run?.take(again, from: i) else { continue }
        offset += UInt64(taken - i)
        i = taken
        if run?.isEnded ?? false { close(found) }
      }
    }
  }

  /// Looks for the start of a run; returns the index of the first byte not searched. Sets `run` when there is one.
  private mutating func search(_ bytes: UnsafeRawBufferPointer, from: Int) -> Int {
    var i = from
    let sample = EncodedRun.sample
    var start: Int?
    Alphabet.withCandidates { isCandidate in
      if !carry.isEmpty {
        while i < bytes.count, carry.count < sample, isCandidate[Int(bytes[i])] {
          carry.append(bytes[i])
          i += 1
        }
        if carry.count == sample || i == bytes.count { return }
        carry = []
      }
      var p = i
      while p + sample <= bytes.count {
        // Every run holds a block of candidates; one that begins before the block had no room for another.
        let block = withUnsafePointer(to: Alphabet.candidateClass) {
          cscan_class_block($0, bytes.bindMemory(to: UInt8.self).baseAddress, p, bytes.count)
        }
        p = max(p, block - (block < bytes.count ? 15 : sample - 1))
        guard p + sample <= bytes.count else { break }
        var k = p + sample - 1
        while k >= p, isCandidate[Int(bytes[k])] { k -= 1 }
        if k < p {
          start = p
          i = p + sample
          return
        }
        p = k + 1
      }
      var q = bytes.count
      while q > p, isCandidate[Int(bytes[q - 1])] { q -= 1 }
      carry.append(contentsOf: bytes[q...])
      i = bytes.count
    }
    offset += UInt64(i - from)
    if let start { carry = Array(bytes[start..<i]) }
    if carry.count == sample {
      run = EncodedRun(carry, at: offset - UInt64(sample), limit: limits.maxBytes)
      carry = []
    }
    return i
  }
}
