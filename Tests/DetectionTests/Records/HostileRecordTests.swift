import CustodyCore
import Testing

@testable import Detection

@Suite struct HostileRecordTests {
  private static let indices = RecordHarness.detectors.indices

  /// Examples small enough to be damaged at every place.
  private func examples(_ detector: any Detector) -> [[UInt8]] {
    detector.descriptor.positives.map { $0.bytes() }.filter { $0.count < 4000 }
  }

  private func check(
    _ detector: any Detector, _ bytes: [UInt8], at start: Int, reachesEnd: Bool = true, isFinal: Bool = true
  ) -> Strength? {
    let answer = RecordHarness.ask(detector, bytes, at: start, reachesEnd: reachesEnd, isFinal: isFinal)
    switch answer {
    case .nothing, .limited, .containing, .naming, .unpacking: return nil
    case .needsMore(let total):
      #expect(!isFinal && !reachesEnd && total > 0)
      return nil
    case .found(let observations, let length, _):
      #expect(length > 0 && length <= max(4, bytes.count - start))
      #expect(!observations.isEmpty)
      for observation in observations {
        #expect(observation.count > 0)
        #expect(detector.descriptor.dataClasses.contains(observation.dataClass))
        #expect(detector.descriptor.strengths.contains(observation.strength))
      }
      return observations.map(\.strength).max()
    }
  }

  private func start(_ detector: any Detector, _ bytes: [UInt8]) -> Int {
    RecordHarness.patterns(detector).flatMap { RecordHarness.offsets(of: $0, in: bytes) }.min() ?? 0
  }

  /// Cut anywhere: no crash, and no proof once more than the tolerated few bytes are gone.
  @Test(arguments: indices)
  func truncation(_ index: Int) {
    let detector = RecordHarness.detectors[index]
    for record in examples(detector) {
      let at = start(detector, record)
      for count in stride(from: at + 8, to: record.count, by: record.count > 1000 ? 7 : 1) {
        let cut = Array(record[..<count])
        let strength = check(detector, cut, at: at)
        if record.count - count > Tolerance.slack { #expect(strength ?? .weak < .proof, "\(count) of \(record.count)") }
        _ = check(detector, cut, at: at, reachesEnd: false, isFinal: true)
        _ = check(detector, cut, at: at, reachesEnd: false, isFinal: false)
      }
    }
  }

  /// Every field of the first 160 bytes set to the values that break arithmetic.
  @Test(arguments: indices)
  func fields(_ index: Int) {
    let detector = RecordHarness.detectors[index]
    for record in examples(detector) {
      let at = start(detector, record)
      for offset in (at + 8)..<min(record.count, at + 168) {
        for (value, size) in [
          (0, 4), (1, 4), (0x7FFF_FFFF, 4), (0xFFFF_FFFF, 4), (0, 2), (0xFFFF, 2), (0, 1), (0xFF, 1),
        ] {
          let broken = ByteBuilder(record).setting(value, size: size, at: offset).bytes
          _ = check(detector, broken, at: at)
        }
        let cut = ByteBuilder(record).setting(0xFFFF_FFFF, size: 4, at: offset).bytes
        _ = check(detector, cut, at: at, reachesEnd: false, isFinal: true)
      }
    }
  }

  @Test(arguments: indices)
  func randomMutations(_ index: Int) {
    let detector = RecordHarness.detectors[index]
    var numbers = SeededNumbers(state: 20_240_229 &+ UInt64(index))
    for record in examples(detector) {
      let at = start(detector, record)
      for _ in 0..<150 {
        var broken = record
        for _ in 0..<Int.random(in: 1...8, using: &numbers) {
          broken[Int.random(in: (at + 8)..<broken.count, using: &numbers)] = UInt8.random(in: 0...255, using: &numbers)
        }
        _ = check(detector, broken, at: at)
      }
    }
  }

  /// The trigger at the very end: nothing to say there, and more to ask for when the entry goes on.
  @Test(arguments: indices)
  func magicAtTheEnd(_ index: Int) {
    let detector = RecordHarness.detectors[index]
    for pattern in RecordHarness.patterns(detector) {
      let end = SyntheticImage.noise(60) + pattern
      #expect(check(detector, end, at: 60) == nil)
      for shorter in 1..<pattern.count {
        _ = check(detector, Array(end.dropLast(shorter)), at: 60)
        _ = check(detector, Array(end.dropLast(shorter)), at: 60, reachesEnd: false, isFinal: false)
      }
    }
  }

  /// Random bytes behind a right trigger, half of them with a right length: never proof, never strong.
  @Test(arguments: indices)
  func randomBlobs(_ index: Int) {
    let detector = RecordHarness.detectors[index]
    let patterns = RecordHarness.patterns(detector)
    var numbers = SeededNumbers(state: 378 &+ UInt64(index))
    var leads = 0
    let rounds = 10_000
    for round in 0..<rounds {
      let pattern = patterns[round % patterns.count]
      var blob = pattern
      let count = 40 + round % 300
      while blob.count < count {
        withUnsafeBytes(of: numbers.next()) { blob += $0 }
      }
      if round % 2 == 0 {
        let length = blob.count
        for (offset, value) in [(8, length >> 24), (9, length >> 16), (10, length >> 8), (11, length)] {
          blob[offset] = UInt8(truncatingIfNeeded: value)
        }
      }
      // A length that fills the file is all there is to INCITS 381-2009: strong by rule.
      let ceiling: Strength = detector.descriptor.name == "finger.fir" && round % 2 == 0 ? .strong : .weak
      let strength = check(detector, blob, at: 0)
      #expect(strength ?? .weak <= ceiling, "round \(round)")
      if strength != nil { leads += 1 }
    }
    if detector.descriptor.name != "finger.fir" { #expect(leads < rounds / 50, "\(leads) leads") }
  }
}

/// A damaged record must not hide what lies behind it.
@Suite struct HidingTests {
  @Test(arguments: [0, 1, 2, 3])
  func recordsBehindDamageAreFound(_ index: Int) {
    let damaged: [[UInt8]] = [
      Array(SyntheticImage.wsq(512, 512).dropLast(20)),
      FaceExamples.edition2005([SyntheticImage.jpeg(240, 320, payload: 9000)]).dropLast(8500),
      FingerImageExamples.edition2005([FingerImageExamples.raw(1, 300, 300)], compression: 0).dropLast(80_000),
      IrisExamples.edition2011([.init(eye: 1, image: SyntheticImage.jp2(640, 480, payload: 9000))], format: 0xA)
        .dropLast(8500),
    ]
    let hidden = FMRExamples.iso2005(views: [30])
    let entry = damaged[index] + hidden
    let claimed = RecordHarness.scan(entry).filter { $0.offset == 0 }.map(\.length).max() ?? 0
    #expect(claimed <= damaged[index].count)
    #expect(RecordHarness.scan(entry).contains { $0.offset == damaged[index].count && $0.detector == "finger.fmr" })
  }

  /// Headers that all lead into one long tail cost their walks and no more: minutiae are looked at only once the
  /// walk has landed, and no further than needed to see that they are none.
  @Test func minutiaeAreNotReadInVain() throws {
    let view = [1, 0, 90, 255] + Array(repeating: 0xFF, count: 255 * 6) + [0, 0] as [UInt8]
    let body = (0..<150).flatMap { _ in view }
    let head = ByteBuilder().hex("464D5200 20323000").u32(24 + body.count).u16(0, 512, 512, 197, 197)
    for (views, outcome) in [(176, WalkEnd.fails), (150, .lands)] {
      let record = (head.u8(views, 0).raw(body)).bytes
      let reading = try #require(readings(record).first)
      var walk = FMRWalk(reading)
      walk.run(record.span.bytes, room: .carved(record.count))
      #expect(walk.outcome == outcome)
      #expect(walk.minutiae == 150 * 255)
      #expect(walk.legal == 0)
      #expect(walk.judged == (outcome == .lands ? 255 : 0))
      #expect(walk.strength == .weak)
    }
  }

  private func readings(_ record: [UInt8]) -> [FMRHead] { FMRHead.readings(of: record.span.bytes) }
}
