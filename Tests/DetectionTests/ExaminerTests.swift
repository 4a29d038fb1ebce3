import CustodyCore
import Testing

@testable import Detection

/// A record `RECn`, one byte of strength and four of length (all of it): enough to try every rule of the examiner.
private struct ToyRecord: Detector {
  var name = "toy.record"
  var triggers: [Trigger] = [.anywhere(Array("REC".utf8))]
  var dataClass = DataClass.fingerTemplate
  var descriptor: DetectorDescriptor {
    DetectorDescriptor(
      name: name, version: 1, dataClasses: [dataClass], strengths: Strength.allCases, summary: "toy", sources: ["none"],
      triggers: triggers, positives: [], negatives: [])
  }
  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    guard bytes.has("REC", at: start), let mark = bytes.u8(start + 3), let total = bytes.u32(start + 4), total >= 8
    else {
      return .nothing
    }
    let here = bytes.byteCount - start
    if total > here, !context.windowIsFinal { return .needsMore(total: total) }
    let strength: Strength = mark == 0x50 ? .proof : mark == 0x53 ? .strong : .weak
    let place = Place(offset: context.windowOffset + UInt64(start), length: UInt64(min(total, here)))
    return .found(
      [
        Observation(
          dataClass, detector: name, version: 1, strength: total <= here ? strength : .weak, place: place,
          attributes: ["format": .string("\(total)")])
      ], length: min(total, here), kind: ContentKind(rawValue: "application/x-toy"))
  }
}

/// Found by a mark in its middle: begins 10 bytes before `MID!` and ends 30 after.
private struct ToyMiddle: Detector {
  var descriptor: DetectorDescriptor {
    DetectorDescriptor(
      name: "toy.middle", version: 1, dataClasses: [.faceImage], strengths: [.proof], summary: "toy", sources: ["none"],
      triggers: [.anywhere(Array("MID!".utf8), lookBehind: 10)], positives: [], negatives: [])
  }
  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    guard start >= 10 else { return .nothing }
    let place = Place(offset: context.windowOffset + UInt64(start - 10), length: 40)
    return .found(
      [Observation(.faceImage, detector: "toy.middle", version: 1, strength: .proof, place: place)], length: 30,
      kind: nil)
  }
}

/// Says how much of a whole entry it was shown.
private struct ToyWhole: Detector {
  var triggers: [Trigger]
  var descriptor: DetectorDescriptor {
    DetectorDescriptor(
      name: "toy.whole", version: 1, dataClasses: [.plateRead], strengths: [.strong], summary: "toy", sources: ["none"],
      triggers: triggers, positives: [], negatives: [])
  }
  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    .found(
      [
        Observation(
          .plateRead, detector: "toy.whole", version: 1, strength: .strong,
          attributes: [
            "records": .int(Int64(bytes.byteCount)),
            "format": .string("\(context.windowReachesEnd) \(context.kind.rawValue)"),
          ])
      ], length: 0, kind: nil)
  }
}

private func record(_ mark: String, _ total: Int, content: [UInt8]? = nil) -> [UInt8] {
  let body = content ?? [UInt8](repeating: 0xEE, count: max(0, min(total, 1 << 20) - 8))
  return Array("REC\(mark)".utf8) + be32(total) + body
}

@Suite struct ExaminerTests {
  private static let toys = CompiledCatalog([ToyRecord(), ToyMiddle()])

  @Test func sameAnswerForEveryChunking() {
    var random = SplitMix(7)
    for round in 0..<60 {
      var data: [UInt8] = []
      for _ in 0..<(1 + random.below(12)) {
        switch random.below(6) {
        case 0: data += record(["P", "S", "w"][random.below(3)], 8 + random.below(20_000))
        case 1: data += record("P", 8 + random.below(400), content: [])
        case 2: data += random.bytes(20) + Array("MID!".utf8) + random.bytes(random.below(40))
        case 3: data += [UInt8](repeating: 0, count: random.below(9000))
        case 4: data += record("S", 60, content: random.bytes(10) + record("P", 20) + random.bytes(22))
        default: data += random.bytes(random.below(6000))
        }
      }
      let whole = examine(data, catalog: Self.toys)
      for _ in 0..<6 {
        let chunks = (0..<(1 + random.below(5))).map { _ in
          1 + random.below([3, 40, 300, 5000, 100_000][random.below(5)])
        }
        #expect(examine(data, chunks: chunks, catalog: Self.toys) == whole, "round \(round), chunks \(chunks)")
      }
    }
  }

  @Test func magicAcrossEveryEdge() {
    let data = [UInt8](repeating: 0x20, count: 70_000) + record("P", 30) + [UInt8](repeating: 0x20, count: 50)
    let whole = examine(data, catalog: Self.toys)
    #expect(summary(whole) == ["finger.template proof x1"])
    #expect(whole.observations[0].place == Place(offset: 70_000, length: 30))
    for cut in 69_990...70_040 {
      #expect(examine(data, chunks: [cut, 1 << 20], catalog: Self.toys) == whole, "cut at \(cut)")
    }
  }

  @Test func nestedHitsBelongToTheParent() {
    let inner = record("P", 40)
    let outer = record("S", 8 + 10 + 40 + 5, content: [UInt8](repeating: 1, count: 10) + inner + [1, 2, 3, 4, 5])
    #expect(
      summary(examine([9, 9] + outer + inner, catalog: Self.toys)) == [
        "finger.template proof x1", "finger.template strong x1",
      ])
    // A weak parent hides nothing.
    var weak = outer
    weak[3] = 0x77
    #expect(summary(examine(weak, catalog: Self.toys)) == ["finger.template proof x1", "finger.template weak x1"])
    // But its own detector does not repeat itself inside it.
    weak[weak.count - 5 - 40 + 3] = 0x77
    #expect(summary(examine(weak, catalog: Self.toys)) == ["finger.template weak x1"])
  }

  @Test func containingFindingReplacesEarlierOnes() {
    // The record stands inside the ten bytes before the mark.
    let data =
      [UInt8](repeating: 1, count: 50) + [1] + record("S", 9) + Array("MID!".utf8) + [UInt8](repeating: 2, count: 50)
    let facts = examine(data, catalog: Self.toys)
    #expect(summary(facts) == ["face.image proof x1"])
    #expect(facts.observations[0].place == Place(offset: 50, length: 40))
    var stronger = data
    stronger[54] = 0x50
    #expect(summary(examine(stronger, catalog: Self.toys)).count == 1)
  }

  @Test func wholeEntryNamesTheKind() {
    let facts = examine(record("P", 100), catalog: Self.toys)
    #expect(facts.kind.rawValue == "application/x-toy" && facts.disposition == .examined)
    #expect(examine([1] + record("P", 100), catalog: Self.toys).kind == .unknown)
  }

  @Test func recordLargerThanTheWindowIsLimited() {
    var data = record("P", 20 << 20)
    data += [UInt8](repeating: 0xEE, count: (20 << 20) - data.count)
    let facts = examine(data, catalog: Self.toys)
    #expect(facts.disposition == .limited && facts.reason == .recordWindowLimit)
    #expect(summary(facts) == ["finger.template weak x1"])
    #expect(examine(data, chunks: [1 << 20], catalog: Self.toys) == facts)
    // As large as the window allows.
    var fits = record("P", 16 << 20)
    fits += [UInt8](repeating: 0xEE, count: (16 << 20) - fits.count + 3)
    #expect(examine(fits, chunks: [777_777], catalog: Self.toys).disposition == .examined)
    #expect(summary(examine(fits, chunks: [777_777], catalog: Self.toys)) == ["finger.template proof x1"])
  }

  /// Many records that claim much use up what may be shown; that is said, and costs no more than what is there.
  @Test func theBudgetOfWindowsIsSaid() {
    let claims = (0..<900).flatMap { _ in record("w", 15 << 20, content: []) }
    let short = examine(claims + record("P", 6000), catalog: Self.toys)
    // 7 KB are shown 900 times over: nothing is refused.
    #expect(short.disposition == .examined && short.observations.contains { $0.strength == .proof })
    let data = claims.flatMap { [$0] } + [UInt8](repeating: 0, count: 1 << 20) + record("P", 6000)
    let long = examine(data, catalog: Self.toys)
    #expect(long.disposition == .limited && long.reason == .recordWindowLimit)
    #expect(long.notes.contains { $0.contains("budget") })
    #expect(examine(data, chunks: [300_000], catalog: Self.toys) == long)
  }

  /// A header of 60 bytes is worth no window: what stands behind 40 of them is found.
  @Test func headersOfArraysHideNothing() {
    let array = NumPySample.array("|O", [1], [])
    let record = FMRExamples.iso2005()
    let data = [1, 2] + (0..<40).flatMap { _ in array } + record
    #expect(examine(data).observations.contains { $0.dataClass == .fingerTemplate && $0.strength == .proof })
    #expect(examine(data).disposition == .examined)
  }

  @Test func whatADetectorDidNotSeeIsSaid() {
    struct Half: Detector {
      var descriptor: DetectorDescriptor {
        DetectorDescriptor(
          name: "toy.half", version: 1, dataClasses: [.faceImage], strengths: [.weak], summary: "toy",
          sources: ["none"], triggers: [.anywhere(Array("HALF".utf8))], positives: [], negatives: [])
      }
      func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
        let limits = [DetectionLimit(.expandedBytesLimit, "the rest"), DetectionLimit(nil, "a remark")]
        guard bytes.u8(start + 4) == 0x21 else { return .limited(.nothing, Array(limits.suffix(1))) }
        return .limited(.nothing, limits)
      }
    }
    let half = CompiledCatalog([Half()])
    let facts = examine(Array("..HALF!..HALF!..HALF?".utf8), catalog: half)
    #expect(facts.disposition == .limited && facts.reason == .expandedBytesLimit)
    #expect(facts.notes == ["the rest", "a remark"])
    let remark = examine(Array("..HALF?..".utf8), catalog: half)
    #expect(remark.disposition == .examined && remark.reason == nil && remark.notes == ["a remark"])
  }

  @Test func truncatedRecordIsNotALimit() {
    let facts = examine(record("P", 30_000_000, content: [1, 2, 3]), catalog: Self.toys)
    #expect(facts.disposition == .examined && summary(facts) == ["finger.template weak x1"])
  }

  @Test func wholeAndOpeningTriggers() {
    let text = CompiledCatalog([ToyWhole(triggers: [.kind(.text)])])
    let json = Array("{\"a\": [1, 2, 3]}".utf8)
    #expect(examine(json, catalog: text).observations[0].attributes["format"] == "true application/json")
    #expect(examine(json, chunks: [1], catalog: text) == examine(json, catalog: text))
    #expect(examine([0xFF, 0, 1, 2], catalog: text).observations.isEmpty)
    let long = [UInt8](repeating: 0x61, count: (16 << 20) + 1)
    let facts = examine(long, catalog: text)
    #expect(facts.observations.isEmpty && facts.disposition == .limited && facts.reason == .recordWindowLimit)
    #expect(examine(long, chunks: [3 << 20], catalog: text) == facts)

    let opening = CompiledCatalog([ToyWhole(triggers: [.opening(.text)])])
    #expect(examine(long, catalog: opening).observations[0].attributes["records"] == .int(65536))
    #expect(examine(long, chunks: [5 << 20], catalog: opening) == examine(long, catalog: opening))

    let any = CompiledCatalog([ToyWhole(triggers: [.whole])])
    #expect(examine([1, 2, 3], catalog: any).observations.count == 1)
    #expect(examine(long, chunks: [5 << 20], catalog: any).disposition == .examined)

    let head = CompiledCatalog([ToyWhole(triggers: [.head([1, 2])])])
    #expect(examine([1, 2, 3], catalog: head).observations.count == 1)
    #expect(examine([0, 1, 2, 3], catalog: head).observations.isEmpty)
  }

  @Test func emptyEntry() {
    let facts = examine([])
    #expect(facts == EntryFacts(kind: .empty))
    #expect(examine([], chunks: [1]) == facts)
  }

  @Test func manyObservationsAreMerged() {
    let data = (0..<200).flatMap { _ in record("P", 20) } + record("S", 20)
    let facts = examine(data, catalog: Self.toys)
    #expect(facts.observations.count == 66)
    #expect(facts.observations.reduce(0) { $0 + $1.count } == 201)
    #expect(facts.notes.count == 1)
    #expect(
      facts.observations.map { $0.place?.offset ?? 0 } == facts.observations.map { $0.place?.offset ?? 0 }.sorted())
    #expect(examine(data, chunks: [13], catalog: Self.toys) == facts)
  }

  @Test func zerosInGapsAreZeros() {
    let record = record("P", 30)
    for gap in [0, 1, 100, 5000, 70_000, 300_000, 17 << 20] {
      let data = [UInt8](repeating: 0, count: gap) + record + [UInt8](repeating: 0, count: gap) + record
      let whole = examine(data, catalog: Self.toys)
      var examiner = EntryExaminer(catalog: Self.toys)
      for _ in 0..<2 {
        examiner.consumeZeros(UInt64(gap))
        record.withUnsafeBytes { examiner.consume($0) }
      }
      #expect(examiner.finish() == whole, "gap of \(gap)")
    }
    // A terabyte of nothing costs nothing, and offsets stay right.
    var examiner = EntryExaminer(catalog: Self.toys)
    examiner.consumeZeros(1 << 40)
    record.withUnsafeBytes { examiner.consume($0) }
    examiner.consumeZeros(1 << 40)
    #expect(examiner.finish().observations.map { $0.place?.offset } == [1 << 40])
    // Zeros that belong to a record in waiting.
    var waiting = EntryExaminer(catalog: Self.toys)
    Self.head.withUnsafeBytes { waiting.consume($0) }
    waiting.consumeZeros(1 << 30)
    #expect(waiting.finish().observations.map(\.strength) == [.proof])
  }
  private static let head = record("P", 1 << 20, content: [])

  @Test func oneDetectorWinsAtOneStart() {
    let both = CompiledCatalog([
      ToyRecord(name: "toy.a", triggers: [.anywhere(Array("REC".utf8))]),
      ToyRecord(name: "toy.b", triggers: [.anywhere(Array("RECP".utf8))]),
      ToyRecord(name: "toy.c", triggers: [.anywhere(Array("EC".utf8), lookBehind: 1), .head(Array("REC".utf8))]),
      ToyRecord(name: "toy.d", triggers: [.anywhere(Array("REC".utf8))], dataClass: .palmImage),
    ])
    #expect(examine([0] + record("P", 20), catalog: both).observations.map(\.detector) == ["toy.a", "toy.d"])
    // The head is asked first and claims the record.
    #expect(examine(record("P", 20), catalog: both).observations.map(\.detector) == ["toy.c"])
  }
}
