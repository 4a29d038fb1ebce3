import CustodyCore

/// SplitMix64: the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
  mutating func below(_ n: Int) -> Int { Int(next() % UInt64(n)) }
  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
  mutating func bytes(_ n: Int) -> [UInt8] { (0..<n).map { _ in UInt8(truncatingIfNeeded: next()) } }
  mutating func pick<T>(_ items: [T]) -> T { items[below(items.count)] }
}

extension SeededGenerator {
  /// Path bytes of every kind: plain, UTF-8, invalid, with separators and control characters inside.
  mutating func path() -> [UInt8] {
    let pieces: [[UInt8]] = [
      Array("lane3".utf8), Array("/".utf8), Array("0001.jpg".utf8), Array("!".utf8), Array("!/".utf8), [0xFF],
      [0xC3, 0xA9], [0x00], [0x0A], [0x22], [0x5C], [0x7F], Array("Ω…🛂".utf8), [0xED, 0xA0, 0x80],
      Array("\u{FFFD}".utf8),
    ]
    let plain = chance(60)
    return (0..<below(6)).flatMap { _ in plain ? pieces[below(3)] : pick(pieces) }
  }

  mutating func attributes() -> Attributes {
    var a = Attributes()
    for key in ["width", "height", "capturedAt", "clock", "gps", "a-b_c.9"] where chance(30) {
      switch below(4) {
      case 0: a[key] = .int(Int64(bitPattern: next()))
      case 1: a[key] = .bool(chance(50))
      case 2: a[key] = .int(pick([0, 1, -1, .min, .max, 1280]))
      default: a[key] = .string(pick(["", "exif", "2018-11-02T14:02:58", "été \"q\" \\ /", "🛂"]))
      }
    }
    return a
  }

  mutating func wide() -> UInt64 {
    pick([0, 9, 10, 48_211, 9_007_199_254_740_991, 9_007_199_254_740_992, .max, next(), next() >> 40])
  }

  /// Any examination that needs no repair to be written.
  mutating func examination() -> Examination {
    let disposition = pick(Disposition.allCases)
    return Examination(
      index: wide(), nonce: bytes(16), locator: Locator((0...below(4)).map { _ in path() }), size: wide(),
      sha256: chance(70) ? Digest(bytes(32)) : nil,
      kind: ContentKind(rawValue: pick(["image/jpeg", "application/x-ansi-nist", "text/plain", "inode/symlink"])),
      modified: chance(50)
        ? Instant(seconds: pick([0, 1_541_167_391, -1, Instant.earliest.seconds, Instant.latest.seconds, 951_782_400]))
        : nil,
      disposition: disposition,
      reason: disposition == .examined ? nil : pick([.encrypted, .corrupt, .pixelsNotExamined]),
      notes: (0..<(chance(80) ? 0 : below(4))).map { _ in
        pick(["", "name stands twice", "size differs: 1 → 2", "\"\\"])
      },
      link: chance(10) ? path() : nil, attributes: chance(30) ? attributes() : [:],
      names: chance(20) ? PictureNames(files: chance(70) ? sketch() : nil, keys: chance(40) ? sketch() : nil) : nil,
      observations: (0..<below(3)).map { _ in observation() })
  }

  mutating func sketch() -> NameSketch? {
    var sample = NameSample(limit: NameSketch.limit)
    for _ in 0..<pick([1, 2, 40, 300]) { sample.add(chance(5) ? pick([0, 1 << 48 - 1]) : next() >> 16) }
    return sample.sketch
  }

  mutating func observation() -> Observation {
    let offset = wide()
    return Observation(
      pick(DataClass.allCases), detector: pick(["face.hog", "finger.iso19794-2"]), version: 1 + below(9),
      strength: pick(Strength.allCases), count: 1 + below(1000),
      place: chance(50) ? Place(offset: offset, length: min(wide(), .max - offset)) : nil, attributes: attributes())
  }
}
