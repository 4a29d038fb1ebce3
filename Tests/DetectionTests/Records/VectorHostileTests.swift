import CustodyCore
import Testing

@testable import Detection

/// Whatever the bytes, detectors of vectors answer, quickly, and damage is never more than was there.
@Suite struct VectorHostileTests {
  static let detectors: [any Detector] = [
    NumPyVectors(), PickleVectors(), TorchVectors(), SafetensorsVectors(), JSONVectors(), TableVectors(),
    FAISSVectors(), HNSWVectors(), AnnoyVectors(), HDF5Vectors(), ParquetVectors(), ArrowVectors(), OpenBRGallery(),
    CloudFaces(),
  ]

  private static let contexts = [
    DetectionContext(windowOffset: 0, windowReachesEnd: true, windowIsFinal: true, kind: .unknown),
    DetectionContext(windowOffset: 4096, windowReachesEnd: false, windowIsFinal: false, kind: .unknown),
    DetectionContext(windowOffset: 1 << 40, windowReachesEnd: false, windowIsFinal: true, kind: .unknown),
  ]

  /// Asks once and checks the form of the answer.
  private static func ask(
    _ detector: any Detector, _ bytes: [UInt8], at places: [Int], _ context: DetectionContext
  ) -> [Observation] {
    var out: [Observation] = []
    for at in places where at <= bytes.count {
      var answer = detector.detect(bytes.span.bytes, at: at, context: context)
      if case .limited(let inner, let limits) = answer {
        #expect(!limits.isEmpty)
        answer = inner
      }
      if case .naming(let inner, _) = answer { answer = inner }
      switch answer {
      case .nothing: break
      case .limited, .containing, .naming, .unpacking: Issue.record("a limit within a limit, or contents of vectors")
      case .needsMore(let total):
        #expect(!context.windowIsFinal && total > 0)
      case .found(let observations, let length, _):
        #expect(length >= 0 && length <= bytes.count - at)
        for seen in observations {
          #expect(seen.count >= 1 && detector.descriptor.strengths.contains(seen.strength))
          let place = seen.place ?? Place(offset: .max, length: 0)
          #expect(place.offset >= context.windowOffset)
          // Beyond the window the entry may go on.
          #expect(place.length <= UInt64(bytes.count) || !context.windowReachesEnd)
        }
        out += observations
      }
    }
    return out
  }

  /// Where a detector would be asked: at the start, or at its patterns.
  private static func places(_ detector: any Detector, _ bytes: [UInt8]) -> [Int] {
    let patterns = RecordHarness.patterns(detector)
    return patterns.isEmpty ? [0] : Array(Set(patterns.flatMap { RecordHarness.offsets(of: $0, in: bytes) })).sorted()
  }

  /// The harness asks right: what the examples promise is found by it, in bytes that are then damaged.
  @Test(arguments: detectors.indices)
  func examplesAreSeen(_ index: Int) {
    let detector = Self.detectors[index]
    for example in detector.descriptor.positives {
      let bytes = example.bytes()
      #expect(
        !Self.ask(detector, bytes, at: Self.places(detector, bytes), Self.contexts[0]).isEmpty,
        "\(detector.descriptor.name): \(example.name)")
    }
  }

  /// 10,000 damaged files per parser: cut, filled with extreme numbers, with pieces moved.
  @Test(arguments: detectors.indices)
  func tenThousandMutations(_ index: Int) {
    let detector = Self.detectors[index]
    let samples = (detector.descriptor.positives + detector.descriptor.negatives).map { $0.bytes() }
    let places = samples.map { Self.places(detector, $0) }
    var random = SeededNumbers(state: UInt64(index) + 1)
    let extremes: [[UInt8]] = [
      [0], [0xFF], [0x7F], [0xFF, 0xFF, 0xFF, 0x7F], [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0],
      [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0, 0, 0, 0x80, 0, 0, 0, 0], Array("999999999999999999".utf8),
    ]
    for round in 0..<10_000 {
      let which = round % samples.count
      var bytes = samples[which]
      // Headers are where decisions are made; the numbers behind them are long.
      let reach = random.next() % 4 == 0 ? bytes.count : min(bytes.count, 400)
      for _ in 0...(random.next() % 3) where reach > 0 {
        let at = Int(random.next() % UInt64(reach))
        let value = extremes[Int(random.next() % UInt64(extremes.count))]
        for (i, byte) in value.enumerated() where at + i < bytes.count { bytes[at + i] = byte }
        if random.next() % 8 == 0 { bytes[at] = UInt8(truncatingIfNeeded: random.next()) }
      }
      // A tail of the file is where the footers are.
      if random.next() % 4 == 0, bytes.count > 16 {
        bytes[bytes.count - 1 - Int(random.next() % 16)] = UInt8(truncatingIfNeeded: random.next())
      }
      if random.next() % 3 == 0 { bytes.removeLast(Int(random.next() % UInt64(bytes.count))) }
      _ = Self.ask(detector, bytes, at: Array(places[which].prefix(2)), Self.contexts[round % 3])
    }
  }

  @Test(arguments: detectors.indices)
  func truncatedEverywhere(_ index: Int) {
    let detector = Self.detectors[index]
    for example in detector.descriptor.positives {
      let bytes = example.bytes()
      let places = Self.places(detector, bytes)
      let whole = Self.ask(detector, bytes, at: places, Self.contexts[0]).map(\.strength).max() ?? .weak
      for count in Array(0..<min(bytes.count, 160))
        + Array(stride(from: 160, to: bytes.count, by: 1 + bytes.count / 40))
      {
        for context in Self.contexts {
          let seen = Self.ask(detector, Array(bytes[..<count]), at: places, context)
          #expect(seen.allSatisfy { $0.strength <= whole }, "\(example.name) cut at \(count)")
        }
      }
    }
  }

  /// Counts that would overflow or fill memory are refused, not multiplied.
  @Test func claimsBeyondReasonAreRefused() {
    let shapes: [[Int]] = [[Int.max, 128], [1 << 62, 512], [999_999_999_999, 128], [0, 128], [128, Int.max]]
    for shape in shapes {
      let bytes = NumPySample.array("<f8", shape, [UInt8](repeating: 1, count: 4096))
      #expect(Self.ask(NumPyVectors(), bytes, at: [0], Self.contexts[0]).isEmpty, "\(shape)")
    }
    for count in [1 << 39, (1 << 40) - 1, 1 << 62, -1] {
      let faiss = FAISSSample.header("IxFI", dimension: 512, count: count) + VectorSample.le(512 &* count, 8)
      #expect(Self.ask(FAISSVectors(), faiss, at: [0], Self.contexts[0]).isEmpty)
      #expect(
        Self.ask(HNSWVectors(), HNSWSample.index(VectorSample.dlib(3), count: count), at: [0], Self.contexts[0]).isEmpty
      )
    }
  }

  /// Nesting costs neither stack nor time: a Thrift structure in itself, brackets in brackets, a pickle of marks.
  @Test func deepNestingEnds() {
    let magic = Array("PAR1".utf8)
    let deep = [UInt8](repeating: 0x1C, count: 100_000)
    let parquet = magic + deep + VectorSample.le(deep.count, 4) + magic
    #expect(Self.ask(ParquetVectors(), parquet, at: [0], Self.contexts[0]).isEmpty)
    let json = Array("\"embedding\": ".utf8) + [UInt8](repeating: 0x5B, count: 200_000)
    #expect(Self.ask(JSONVectors(), json, at: [1], Self.contexts[0]).isEmpty)
    let pickle: [UInt8] = [0x80, 4] + [UInt8](repeating: 0x28, count: 200_000) + [0x2E]
    #expect(Self.ask(PickleVectors(), pickle, at: [0], Self.contexts[0]).isEmpty)
  }
}
