import CScan
import Testing

/// The scanner against a search that cannot be wrong.
@Suite struct ScannerTests {
  typealias Finder = (OpaquePointer?, [UInt8], Int, Int) -> [(Int, Int)]

  static func compile(_ patterns: [[UInt8]], conditions: [UInt8]? = nil) -> OpaquePointer? {
    var bytes = [UInt8](repeating: 0, count: 8 * patterns.count)
    for (i, p) in patterns.enumerated() { for (k, b) in p.prefix(8).enumerated() { bytes[8 * i + k] = b } }
    return cscan_create(
      bytes, patterns.map { UInt8($0.count) }, conditions ?? patterns.map { _ in 0 }, UInt32(patterns.count))
  }

  static func run(
    _ scanner: OpaquePointer?, _ data: [UInt8], _ from: Int, _ to: Int, capacity: Int = 64, portable: Bool
  ) -> [[Int]] {
    var out: [[Int]] = []
    var at = from
    var hits = [cscan_hit](repeating: cscan_hit(), count: capacity)
    while at < to {
      var resume = 0
      let n = (portable ? cscan_find_portable : cscan_find)(scanner, data, data.count, at, to, &hits, capacity, &resume)
      for h in hits[..<n] { out.append([h.start, Int(h.pattern)]) }
      guard resume > at else { break }
      at = resume
    }
    return out
  }

  static func naive(_ patterns: [[UInt8]], _ data: [UInt8], _ from: Int, _ to: Int) -> [[Int]] {
    var out: [[Int]] = []
    for s in from..<max(from, to) {
      for (i, p) in patterns.enumerated() where s + p.count <= data.count && Array(data[s..<(s + p.count)]) == p {
        out.append([s, i])
      }
    }
    return out
  }

  @Test func agreesWithNaiveSearch() {
    var random = SplitMix(1)
    for round in 0..<300 {
      // A small alphabet makes overlaps and near misses common.
      let alphabet = 2 + random.below(4)
      var patterns: [[UInt8]] = []
      for _ in 0..<(1 + random.below(40)) {
        let p = (0..<(2 + random.below(7))).map { _ in UInt8(random.below(alphabet)) }
        if !patterns.contains(p) { patterns.append(p) }
      }
      let data = (0..<random.below(400)).map { _ in UInt8(random.below(alphabet)) }
      let scanner = Self.compile(patterns)
      defer { cscan_free(scanner) }
      let from = random.below(data.count + 1)
      let to = from + random.below(data.count - from + 1)
      let expected = Self.naive(patterns, data, from, to)
      #expect(Self.run(scanner, data, from, to, portable: true) == expected, "portable, round \(round)")
      #expect(Self.run(scanner, data, from, to, portable: false) == expected, "fast, round \(round)")
    }
  }

  @Test func findsPlantedPatternsInNoise() {
    var random = SplitMix(2)
    let patterns: [[UInt8]] = [
      Array("FMR\0 20\0".utf8), Array("FAC\0".utf8), [0x7F, 0x61], Array("1.001:".utf8), [0xFF, 0xA0, 0xFF, 0xA8],
    ]
    let scanner = Self.compile(patterns)
    defer { cscan_free(scanner) }
    for _ in 0..<20 {
      var data = random.bytes(5000)
      for _ in 0..<20 {
        let p = patterns[random.below(patterns.count)]
        let at = random.below(data.count - p.count + 1)
        data.replaceSubrange(at..<(at + p.count), with: p)
      }
      let expected = Self.naive(patterns, data, 0, data.count)
      #expect(!expected.isEmpty)
      #expect(Self.run(scanner, data, 0, data.count, portable: true) == expected)
      #expect(Self.run(scanner, data, 0, data.count, portable: false) == expected)
    }
  }

  @Test func runsAndFieldsCount() {
    let both = UInt8(CSCAN_FIRST_OF_RUN | CSCAN_IN_FIELD)
    let scanner = Self.compile([Array("<<".utf8)], conditions: [both])
    defer { cscan_free(scanner) }
    for (text, expected) in [
      ("a << b; std::cout<<1<<2;", []), ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<", [13, 25]),
      ("<<<<<<<<<<<<<<<", []), ("<<<<<<<<<<<<<<<<", [0]), ("x<<ABCDEFGHIJKLMN", [1]), ("x<<ABCDEFGHIJKLM", []),
    ] as [(String, [Int])] {
      for portable in [true, false] {
        let hits = Self.run(scanner, Array(text.utf8), 0, text.utf8.count, portable: portable).map { $0[0] }
        #expect(hits == expected, "\(text)")
      }
    }
  }

  @Test func refusesWhatItCannotDo() {
    #expect(Self.compile([]) == nil)
    #expect(Self.compile([[1]]) == nil)
    #expect(cscan_create([0], [9], [0], 1) == nil)
    var hits = [cscan_hit](repeating: cscan_hit(), count: 64)
    var resume = 0
    let scanner = Self.compile([[1, 2]])
    defer { cscan_free(scanner) }
    #expect(cscan_find(scanner, [1, 2], 2, 0, 2, &hits, 3, &resume) == 0 && resume == 0)
    #expect(cscan_find(scanner, [1, 2], 2, 0, 9, &hits, 64, &resume) == 1 && resume == 2)
  }

  @Test func textProfile() {
    var p = cscan_profile()
    let text: [UInt8] = Array("grün\n".utf8) + [0, 1, 0x7F, 0xFF, 0x85, 0]
    cscan_text_profile(text, text.count, &p)
    #expect(p.zeros == 2 && p.zeros_even == 1 && p.controls == 2 && p.high == 4 && p.utf8 == 0)
    var random = SplitMix(3)
    for _ in 0..<400 {
      let bytes = (0..<(1 + random.below(6))).map { _ in
        [0x41, 0x80, 0xBF, 0xC2, 0xE0, 0xA0, 0xED, 0x9F, 0xF0, 0x90, 0xF4, 0x8F, 0xC0, 0xF5][random.below(14)] as UInt8
      }
      cscan_text_profile(bytes, bytes.count, &p)
      // A sequence cut at the end is forgiven, so compare with the completed forms too.
      let valid = String(validating: bytes, as: UTF8.self) != nil
      if valid { #expect(p.utf8 == 1, "\(bytes)") }
      if p.utf8 == 1, !valid {
        let completed = [
          [0x80], [0x80, 0x80], [0x80, 0x80, 0x80], [0xA0, 0x80], [0x90, 0x80, 0x80], [0x90, 0x80], [0x8F, 0x80],
        ]
        .contains { String(validating: bytes + $0, as: UTF8.self) != nil }
        #expect(completed, "\(bytes)")
      }
    }
  }
}

/// Places where only members of a set of bytes stand.
@Suite struct ByteClassTests {
  @Test func blocksAndWindowsAreThoseOfASimpleLook() {
    var random = SplitMix(7)
    for round in 0..<400 {
      let members = (0..<128).map { _ in UInt8(random.below(8) == 0 ? 0 : 1) }
      var set = cscan_class()
      cscan_class_init(&set, members)
      // Mostly members, so that blocks and windows happen; some bytes from 80 on, which never are.
      let bytes = (0..<random.below(260)).map { _ in UInt8(random.below(40) == 0 ? 200 : random.below(128)) }
      let from = random.below(bytes.count + 1)
      func all(_ i: Int, _ count: Int) -> Bool {
        bytes[i..<(i + count)].allSatisfy { $0 < 128 && members[Int($0)] == 1 }
      }
      let block = stride(from: from, through: bytes.count - 16, by: 16).first { all($0, 16) } ?? bytes.count
      #expect(cscan_class_block(&set, bytes, from, bytes.count) == block, "round \(round)")
      var window = from
      while window + Int(CSCAN_WINDOW) <= bytes.count, !all(window, Int(CSCAN_WINDOW)) {
        window += Int(CSCAN_WINDOW_STRIDE)
      }
      #expect(cscan_class_window(&set, bytes, from, bytes.count) == window, "round \(round)")
    }
  }

  @Test func escapesAreThoseOfASimpleLook() {
    var random = SplitMix(11)
    for round in 0..<400 {
      let members = (0..<128).map { _ in UInt8(random.below(8) == 0 ? 1 : 0) }
      var set = cscan_class()
      cscan_class_init(&set, members)
      let bytes = (0..<random.below(700)).map { _ in UInt8(random.below(30) == 0 ? 0x5C : random.below(256)) }
      var from = random.below(bytes.count + 1)
      while from < bytes.count {
        let simple = bytes.indices[from...].first { i in
          bytes[i] == 0x5C && (i + 1 == bytes.count || bytes[i + 1] < 128 && members[Int(bytes[i + 1])] == 1)
        }
        let hit = cscan_escape(&set, bytes, from, bytes.count)
        #expect(hit == simple ?? bytes.count, "round \(round)")
        from = hit + 1
      }
    }
  }
}
