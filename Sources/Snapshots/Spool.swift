import CustodyCore
import Glibc

/// Takes a whole source and makes it seekable: in place where it lies uncompressed in a file, in memory when small,
/// else in an unlinked temporary file.
final class Spool {
  private let budget: Budget
  private var memory: [UInt8] = []
  private var descriptor: Int32 = -1
  private var size: UInt64 = 0
  private var reserved: UInt64 = 0

  private init(_ budget: Budget) { self.budget = budget }

  enum Result {
    case content(RandomAccess, release: () -> Void)
    case trouble(Trouble)
  }

  /// Reads `source` to its end in every case, so that it is hashed whole.
  static func take(_ source: Source, budget: Budget) -> Result {
    let spool = Spool(budget)
    var trouble: Trouble?
    var place = source.place
    var passed: UInt64 = 0
    loop: while true {
      switch source.next() {
      case .end: break loop
      case .bytes(let bytes):
        if place == nil, trouble == nil { trouble = spool.append(bytes) }
        passed = passed.addingClamped(UInt64(bytes.count))
      case .zeros(let count):
        if let file = place {
          place = nil
          trouble = spool.append(FileRange(file.descriptor, from: file.offset, size: passed))
        }
        if trouble == nil { trouble = spool.appendZeros(count) }
        passed = passed.addingClamped(count)
      }
    }
    if let trouble {
      spool.release()
      return .trouble(trouble)
    }
    if let place { return .content(FileRange(place.descriptor, from: place.offset, size: passed), release: {}) }
    return spool.finish()
  }

  private func append(_ bytes: UnsafeRawBufferPointer) -> Trouble? {
    let count = UInt64(bytes.count)
    if descriptor < 0 {
      if budget.spooledInMemory.addingClamped(count) <= budget.limits.maxSpoolMemory {
        budget.spooledInMemory += count
        memory.append(contentsOf: bytes)
        size += count
        return nil
      }
      if let trouble = moveToFile() { return trouble }
    }
    if let trouble = reserve(count) { return trouble }
    return write(bytes)
  }

  private func appendZeros(_ count: UInt64) -> Trouble? {
    if descriptor < 0, let trouble = moveToFile() { return trouble }
    if let trouble = reserve(count) { return trouble }
    size += count
    return nil
  }

  private func append(_ content: RandomAccess) -> Trouble? {
    let source = SequentialSource(content)
    while true {
      switch source.next() {
      case .bytes(let bytes): if let trouble = append(bytes) { return trouble }
      case .zeros(let count): if let trouble = appendZeros(count) { return trouble }
      case .end: return source.trouble
      }
    }
  }

  private func reserve(_ count: UInt64) -> Trouble? {
    guard budget.spooled.addingClamped(count) <= budget.limits.maxSpoolBytes else { return .limited(.spoolLimit) }
    budget.spooled += count
    reserved += count
    return nil
  }

  private func moveToFile() -> Trouble? {
    if let trouble = reserve(size) { return trouble }
    descriptor = budget.spool.make()
    guard descriptor >= 0 else {
      return Trouble(.limited, .spoolLimit, "no temporary file could be made")
    }
    let held = memory
    memory = []
    budget.spooledInMemory -= size
    size = 0
    return held.withUnsafeBytes { write($0) }
  }

  private func write(_ bytes: UnsafeRawBufferPointer) -> Trouble? {
    guard let start = bytes.baseAddress else { return nil }
    var done = 0
    while done < bytes.count {
      let n = pwrite(descriptor, start + done, bytes.count - done, Int(clamping: size))
      if n < 0, errno == EINTR { continue }
      guard n > 0 else { return Trouble(.limited, .spoolLimit, "the temporary file could not be written") }
      done += n
      size += UInt64(n)
    }
    return nil
  }

  private func finish() -> Result {
    if descriptor < 0 {
      let (held, count, budget) = (memory, size, budget)
      memory = []
      return .content(MemoryBytes(held), release: { budget.spooledInMemory -= count })
    }
    if ftruncate(descriptor, Int(clamping: size)) != 0 {
      release()
      return .trouble(Trouble(.limited, .spoolLimit, "the temporary file could not be written"))
    }
    let (count, budget) = (reserved, budget)
    let file = TemporaryFile(descriptor, size: size) { budget.spooled -= count }
    descriptor = -1
    return .content(file, release: {})
  }

  private func release() {
    if descriptor >= 0 {
      close(descriptor)
      descriptor = -1
    } else {
      budget.spooledInMemory -= UInt64(memory.count)
    }
    budget.spooled -= reserved
    reserved = 0
    memory = []
  }
}
