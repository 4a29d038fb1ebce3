internal import CLibFuzzer
internal import CustodyCore
internal import Glibc
internal import Snapshots

/// One snapshot read as a file and as a stream, and the laws that must hold whatever it is.
struct Trial {
  private static let limits: SnapshotLimits = {
    var limits = SnapshotLimits()
    limits.maxEntries = 3000
    limits.maxExpandedBytes = 48 << 20
    limits.maxEntrySize = 40 << 20
    limits.ratioFreeBytes = 1 << 20
    limits.entryTime = 5
    limits.maxSpoolBytes = 64 << 20
    limits.maxSpoolMemory = 256 << 10
    limits.maxPathBytes = 1024
    limits.maxAppendedSearch = 1 << 20
    return limits
  }()
  private static let reader = SnapshotReader(
    limits: limits, spool: SpoolSupply { fuzz_memory_file() })

  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// - Returns: false when the bytes are no container of any form.
  func run() -> Bool {
    let before = Self.descriptors()
    let file = read { .opened(descriptor: $0, path: "x") }
    // Of large ones every eighth: time is better spent on others.
    let hash = bytes.withUnsafeBytes { fuzz_hash(1, 3, $0.baseAddress, $0.count) }
    if bytes.count <= 64 << 10 || hash >> 32 & 7 == 0 {
      let stream = read { .stream(descriptor: $0, name: "x") }
      if !file.isLimited, !stream.isLimited { compare(file, stream) }
    }
    law(Self.descriptors() == before, "every descriptor is closed again")
    return file.readings.count != 1 || file.readings[0].kind != nil
  }

  private func read(_ input: (Int32) -> SnapshotInput) -> LawSink {
    let descriptor = fuzz_memory_file()
    law(descriptor >= 0, "memory for a snapshot")
    defer { close(descriptor) }
    // What is zero stays a hole, as in an image that was copied sparsely.
    law(ftruncate(descriptor, bytes.count) == 0, "memory for a snapshot")
    bytes.withUnsafeBytes { all in
      for start in stride(from: 0, to: all.count, by: 4096) {
        let page = UnsafeRawBufferPointer(rebasing: all[start..<min(start + 4096, all.count)])
        guard fuzz_is_zero(page.baseAddress, page.count) == 0 else { continue }
        law(pwrite(descriptor, page.baseAddress, page.count, start) == page.count, "memory for a snapshot")
      }
    }
    let sink = LawSink(bytes, Self.limits)
    sink.finish(try? Self.reader.read(input(descriptor), into: sink))
    return sink
  }

  private func compare(_ file: LawSink, _ stream: LawSink) {
    for (var a, var b) in zip(file.readings, stream.readings) {
      a.path = Self.withoutLengths(a.path)
      b.path = Self.withoutLengths(b.path)
      law(a == b, "a stream reads as the file does: \(Self.text(a)) / \(Self.text(b))")
    }
    law(
      file.readings.count == stream.readings.count,
      "a stream has the entries of the file: \(file.readings.count) / \(stream.readings.count)")
  }

  /// What no container claims is called `@OFFSET+LENGTH`, and `@OFFSET` in a stream, whose end is not known then.
  private static func withoutLengths(_ path: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    var isPlace = false
    var i = 0
    while i < path.count {
      if path[i] == 0x40 {
        isPlace = true
      } else if path[i] == 0x2B, isPlace {
        repeat { i += 1 } while i < path.count && (0x30...0x39).contains(path[i])
        isPlace = false
        continue
      } else if !(0x30...0x39).contains(path[i]) {
        isPlace = false
      }
      out.append(path[i])
      i += 1
    }
    return out
  }

  private static func text(_ r: LawSink.Reading) -> String {
    "\(String(decoding: r.path, as: UTF8.self)) \(r.kind ?? "-") \(r.length) \(r.content) \(r.disposition ?? "ok") "
      + "\(r.reason ?? "-") \(r.isComplete)"
  }

  private static func descriptors() -> Int {
    (0..<256).count { fcntl($0, F_GETFD) >= 0 }
  }
}
