import CustodyCore
import Testing

@testable import Detection

/// Every form of encrypted content by its own examples, like a detector.
@Suite struct OpaqueTests {
  private func examine(_ bytes: [UInt8]) -> EntryFacts { bytes.withUnsafeBytes { EntryExaminer.examineWhole($0) } }

  @Test(arguments: OpaqueCatalog.all.indices) func examples(_ n: Int) throws {
    let form = OpaqueCatalog.all[n]
    #expect(!form.source.isEmpty)
    #expect(!form.negatives.isEmpty)
    for example in form.positives {
      let facts = examine(example.bytes())
      #expect(facts.kind.rawValue == form.kind, "\(form.kind): \(example.name)")
      #expect(facts.disposition == .opaque)
      #expect(facts.reason == .encrypted)
      #expect(facts.notes.count == 1)
      #expect(facts.observations.isEmpty)
    }
    for example in form.negatives {
      let facts = examine(example.bytes())
      #expect(facts.kind.rawValue != form.kind, "\(form.kind): \(example.name)")
      #expect(facts.disposition != .opaque)
    }
  }

  @Test func everyKindHasAPositiveExample() {
    let kinds = Set(OpaqueCatalog.all.map(\.kind))
    let shown = Set(OpaqueCatalog.all.filter { !$0.positives.isEmpty }.map(\.kind))
    #expect(kinds == shown)
    for kind in kinds { #expect(Treatment.of(ContentKind(rawValue: kind)) == .encrypted) }
  }

  @Test(arguments: [
    ("LUKS1 volume, aes-xts-plain64, key of 512 bits", OpaqueVolumes.luks1),
    ("LUKS2 volume, aes-xts-plain64", OpaqueVolumes.luks2),
    ("age file, ChaCha20-Poly1305, recipient of type X25519", OpaqueMessages.age),
    ("KeePass database, KDBX 4, ChaCha20", OpaqueFiles.keePass), ("AES Crypt version 2, AES-256", OpaqueFiles.aesCrypt),
  ])
  func whatTheHeaderSays(_ note: String, _ form: OpaqueForm) throws {
    #expect(examine(try #require(form.positives.first).bytes()).notes == [note])
  }

  /// A magic and nothing behind it convinces nobody; cut anywhere, nothing crashes.
  @Test(arguments: OpaqueCatalog.all.indices) func truncated(_ n: Int) {
    let form = OpaqueCatalog.all[n]
    let alone = [UInt8](repeating: 0, count: form.offset) + form.magic
    #expect(examine(alone).disposition != .opaque)
    for example in form.positives {
      let bytes = example.bytes()
      for count in stride(from: 0, to: min(bytes.count, 1400), by: 3) { _ = examine(Array(bytes.prefix(count))) }
    }
  }

  @Test func mutations() {
    let seeds = OpaqueCatalog.all.flatMap { $0.positives + $0.negatives }.map { $0.bytes() }
    var state: UInt64 = 3
    func next(_ n: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % n
    }
    for round in 0..<10_000 {
      var bytes = Array(seeds[round % seeds.count].prefix(4400))
      guard !bytes.isEmpty else { continue }
      for _ in 0...next(4) { bytes[next(bytes.count)] = [0, 1, 0x7F, 0xFF, UInt8(next(256))][next(5)] }
      for form in OpaqueCatalog.all { if let note = form.describe(bytes.span.bytes) { #expect(note.utf8.count < 160) } }
    }
  }

  /// A volume of VeraCrypt: nothing tells it from random bytes, and nothing is seen in it.
  @Test func noiseIsOpaque() {
    for size in [64 << 10, 128 << 10, (5 << 20) + 512] {
      let noise = examine(OpaqueBytes.noise(size))
      #expect(noise.kind == .unknown)
      #expect(noise.disposition == .opaque)
      #expect(noise.reason == .possiblyEncrypted)
      #expect(noise.notes == [OpaqueNoise.note])
    }
    // The rest has a structure.
    let half = examine(OpaqueBytes.noise(2 << 20) + [UInt8](repeating: 0, count: 2 << 20))
    #expect(half.disposition == .examined && half.notes.isEmpty)
    // Too short to tell.
    #expect(examine(OpaqueBytes.noise(32 << 10)).disposition == .examined)
    // A record in it is seen, whatever is around.
    let record = OpaqueBytes.noise(200 << 10) + FMRExamples.iso2005() + OpaqueBytes.noise(200 << 10)
    let seen = examine(record + [UInt8](repeating: 7, count: (512 - record.count % 512) % 512))
    #expect(seen.disposition == .examined && seen.observations.count == 1)
    var patterned = OpaqueBytes.noise(128 << 10)
    for i in stride(from: 0, to: patterned.count, by: 9) { patterned[i] = 0 }
    #expect(examine(patterned).notes.isEmpty)
    // Not whole sectors, as a volume or a database would have.
    #expect(examine(Array(OpaqueBytes.noise(128 << 10).dropLast())).notes.isEmpty)
  }

  @Test(arguments: [1, 100, 4096, 70_000, 1 << 20]) func noiseInPieces(_ size: Int) {
    let bytes = OpaqueBytes.noise((3 << 20) + 1024)
    var examiner = EntryExaminer()
    var at = 0
    while at < bytes.count {
      let end = min(at + size, bytes.count)
      // In small pieces only where it matters: around the first edges.
      let part =
        at < 70_000 || at > (1 << 20) - 5000 && at < (1 << 20) + 70_000 ? end : min(at + (64 << 10), bytes.count)
      bytes[at..<part].withUnsafeBytes { examiner.consume($0) }
      at = part
    }
    let facts = examiner.finish()
    #expect(facts.disposition == .opaque)
    var holes = EntryExaminer()
    bytes.withUnsafeBytes { holes.consume($0) }
    holes.consumeZeros(8 << 20)
    #expect(holes.finish().disposition == .examined)
  }
}
