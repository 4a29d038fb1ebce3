import CArchive
import CustodyCore
import Glibc

/// One libarchive reader at work: takes bytes from a source (or from random access) and yields members.
///
/// Owns its handle. Exactly one format or one filter is enabled in it, so libarchive never guesses.
final class ArchiveStage {
  let handle: OpaquePointer
  let kind: ContainerKind
  let level: Level
  let budget: Budget
  let source: Source?
  private let random: RandomAccess?
  private var randomPosition: UInt64 = 0
  private var randomBuffer: UnsafeMutableRawBufferPointer?
  /// libarchive asked for more and there was none.
  private(set) var reachedEnd = false
  /// Bytes given to libarchive.
  private(set) var fed: UInt64 = 0
  /// The piece libarchive holds now, and older bytes it has not consumed yet.
  private var last = UnsafeRawBufferPointer(start: nil, count: 0)
  private var carry: [UInt8] = []
  private var zerosLeft: UInt64 = 0
  /// Set by a fatal result; nothing more can be read from the handle.
  var fatal: Trouble?
  private(set) lazy var member = MemberSource(self)
  /// What of a tar is no member's content; nil for other archives.
  let gaps: TarGaps?

  /// The last block of a tar that was wholly consumed; a tar ends with blocks of zeros.
  private var lastBlock: [UInt8] = []

  private static let carryLimit = 64 << 20
  nonisolated(unsafe) private static let zeroBytes = UnsafeRawBufferPointer(
    UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16).zeroed())

  init?(_ kind: ContainerKind, level: Level, budget: Budget, source: Source?, random: RandomAccess?) {
    guard let handle = archive_read_new() else { return nil }
    self.handle = handle
    self.kind = kind
    self.level = level
    self.budget = budget
    self.source = source
    self.random = random
    gaps = kind == .tar && source != nil ? TarGaps() : nil
    if let random { level.compressed = random.size }
  }

  deinit {
    archive_read_free(handle)
    randomBuffer?.deallocate()
  }

  /// Registers the callbacks and lets libarchive read its first header. Nil when all is well.
  func open() -> Trouble? {
    let client = Unmanaged.passUnretained(self).toOpaque()
    archive_read_set_callback_data(handle, client)
    archive_read_set_read_callback(handle) { _, client, out in
      guard let client, let out else { return -1 }
      return Unmanaged<ArchiveStage>.fromOpaque(client).takeUnretainedValue().feed(out)
    }
    if random != nil {
      archive_read_set_seek_callback(handle) { _, client, offset, whence in
        guard let client else { return -1 }
        return Unmanaged<ArchiveStage>.fromOpaque(client).takeUnretainedValue().seek(offset, whence)
      }
      archive_read_set_skip_callback(handle) { _, client, count in
        guard let client else { return 0 }
        return Unmanaged<ArchiveStage>.fromOpaque(client).takeUnretainedValue().skip(count)
      }
    }
    NameLocale.use(unicode: kind.hasUnicodeNames)
    let result = archive_read_open1(handle)
    // The reader of empty streams takes a decoder's failure on the very first bytes for an empty stream.
    let hidden = kind.isFilter && archive_error_string(handle) != nil
    if result < ARCHIVE_WARN || hidden { fatal = diagnose() }
    return fatal
  }

  /// Bytes consumed by libarchive's reader of this format or filter: where the archive ends, once it has ended.
  var consumed: UInt64 { UInt64(clamping: archive_filter_bytes(handle, -1)) }

  // MARK: Callbacks

  private func feed(_ out: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
    if let random { return feed(from: random, out) }
    guard let source, level.stop == nil else {
      reachedEnd = true
      return 0
    }
    gaps?.keep(last, endingAt: fed)
    keepUnconsumed()
    if zerosLeft == 0 {
      switch source.next() {
      case .bytes(let bytes):
        last = bytes
      case .zeros(let count):
        zerosLeft = count
      case .end:
        last = UnsafeRawBufferPointer(start: nil, count: 0)
        reachedEnd = true
        return 0
      }
    }
    if zerosLeft > 0 {
      let part = min(zerosLeft, UInt64(Self.zeroBytes.count))
      zerosLeft -= part
      last = UnsafeRawBufferPointer(rebasing: Self.zeroBytes[0..<Int(part)])
    }
    fed += UInt64(last.count)
    level.compressed = fed
    out.pointee = last.baseAddress
    return last.count
  }

  /// Keeps what libarchive has not consumed: should the archive end before it, those bytes are trailing data.
  private func keepUnconsumed() {
    let open = Int(clamping: fed - min(fed, consumed))
    if open == 0 {
      carry.removeAll(keepingCapacity: true)
      if kind == .tar, last.count >= 512 { lastBlock = Array(last.suffix(512)) }
    } else if open <= last.count {
      carry.removeAll(keepingCapacity: true)
      carry.append(contentsOf: last[(last.count - open)...])
    } else {
      let old = min(carry.count, open - last.count)
      if old < carry.count { carry.removeFirst(carry.count - old) }
      carry.append(contentsOf: last)
      if carry.count > Self.carryLimit { carry.removeAll() }
    }
    last = UnsafeRawBufferPointer(start: nil, count: 0)
  }

  /// The bytes libarchive was given and did not consume.
  func unconsumed() -> [UInt8] {
    keepUnconsumed()
    return carry
  }

  /// Looks through what libarchive took since the last content.
  ///
  /// - Parameter entry: the member whose header it read, if it did.
  func closeGap(_ entry: OpaquePointer?) {
    guard let gaps else { return }
    gaps.close(at: consumed, last, endingAt: fed, isMember: entry != nil) {
      entry.map { Self.attributeValues(of: $0) } ?? []
    }
    gaps.isWhole = entry.map { archive_entry_size_is_set($0) == 0 || archive_entry_size($0) == 0 } ?? true
  }

  /// Zeros of a hole that were not handed to libarchive yet.
  func takeZeros() -> UInt64 {
    defer { zerosLeft = 0 }
    return zerosLeft
  }

  /// False when the last block consumed is known and holds something else than zeros.
  var mayEndWithZeros: Bool {
    let open = Int(clamping: fed - min(fed, consumed))
    if open + 512 <= last.count {
      return UnsafeRawBufferPointer(rebasing: last[(last.count - open - 512)..<(last.count - open)]).firstNonZero == nil
    }
    return open > 0 || last.count > 0 || lastBlock.allSatisfy { $0 == 0 }
  }

  private func feed(from random: RandomAccess, _ out: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
    guard level.stop == nil else { return 0 }
    let buffer = randomBuffer ?? UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
    randomBuffer = buffer
    let n = random.read(at: randomPosition, into: buffer)
    if n == 0 { reachedEnd = true }
    guard n > 0 else { return n }
    randomPosition += UInt64(n)
    out.pointee = UnsafeRawPointer(buffer.baseAddress)
    return n
  }

  private func seek(_ offset: Int64, _ whence: Int32) -> Int64 {
    guard let random else { return Int64(ARCHIVE_FATAL) }
    let base: Int64
    switch whence {
    case SEEK_SET: base = 0
    case SEEK_CUR: base = Int64(clamping: randomPosition)
    case SEEK_END: base = Int64(clamping: random.size)
    default: return Int64(ARCHIVE_FATAL)
    }
    let (target, overflow) = base.addingReportingOverflow(offset)
    guard !overflow, target >= 0 else { return Int64(ARCHIVE_FATAL) }
    randomPosition = min(UInt64(target), random.size)
    return Int64(clamping: randomPosition)
  }

  private func skip(_ count: Int64) -> Int64 {
    guard let random, count > 0 else { return 0 }
    let part = min(UInt64(count), random.size - min(random.size, randomPosition))
    randomPosition += part
    return Int64(clamping: part)
  }

  // MARK: Failures

  /// What the last error of the handle means for whatever was being read.
  func diagnose() -> Trouble {
    if let stop = level.stop { return .limited(stop) }
    let text = ErrorText(handle)
    if text.mentions("too many filters") { return .limited(.depthLimit) }
    if text.mentions("ncrypt") || text.mentions("assphrase") || text.mentions("rypto codec") {
      return Trouble(.opaque, .encrypted, text.note)
    }
    if text.mentions("nsupported") || text.mentions("not supported") || text.mentions("Unknown codec")
      || text.mentions("Unexpected codec") || text.mentions("unavailable")
    {
      return Trouble(.opaque, .unsupportedMethod, text.note)
    }
    return Trouble(.failed, reachedEnd || text.mentions("runcated") ? .truncated : .corrupt, text.note)
  }
}

extension UnsafeMutableRawBufferPointer {
  fileprivate func zeroed() -> UnsafeMutableRawBufferPointer {
    _ = initializeMemory(as: UInt8.self, repeating: 0)
    return self
  }
}

/// libarchive's message for the last failure, fit to be kept: no path, no escape, bounded.
struct ErrorText {
  private let full: String

  init(_ handle: OpaquePointer) {
    full =
      archive_error_string(handle).map {
        String(decoding: UnsafeRawBufferPointer(start: $0, count: min(512, strlen($0))), as: UTF8.self)
      } ?? ""
  }

  func mentions(_ part: String) -> Bool {
    let text = Array(full.utf8)
    let wanted = Array(part.utf8)
    guard text.count >= wanted.count else { return false }
    return (0...(text.count - wanted.count)).contains { text[$0..<($0 + wanted.count)].elementsEqual(wanted) }
  }

  /// Names only ever follow a quote, a bracket, a slash or a colon in libarchive's messages: cut there.
  var note: String? {
    var out = ""
    for b in full.utf8 {
      guard (0x20...0x7E).contains(b), b != 0x27, b != 0x22, b != 0x60, b != 0x28, b != 0x2F, b != 0x3A else { break }
      out.unicodeScalars.append(Unicode.Scalar(b))
      if out.utf8.count == 120 { break }
    }
    while out.hasSuffix(" ") || out.hasSuffix(".") { out.removeLast() }
    return out.isEmpty ? nil : "reader: " + out
  }
}
