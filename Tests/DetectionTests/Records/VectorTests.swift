import CustodyCore
import TestSupport
import Testing

@testable import Detection

/// The judgement of vectors: numbers, names, and the strength that both together deserve.
@Suite struct VectorTests {
  private static func tally(_ rows: [[Double]]) -> VectorTally {
    var tally = VectorTally(dimension: rows.first?.count ?? 0)
    for x in rows.joined() { tally.add(x) }
    return tally
  }

  private static func text(_ shape: VectorShape?) -> String {
    switch shape {
    case .dlib(let alike): alike ? "dlib alike" : "dlib"
    case .unit: "unit"
    case .raw: "raw"
    case nil: "none"
    }
  }

  struct Numbers: CustomTestStringConvertible {
    var testDescription: String
    var rows: [[Double]]
    var expected: String
  }
  static let numbers: [Numbers] = [
    .init(testDescription: "dlib's faces", rows: VectorSample.dlib(4), expected: "dlib alike"),
    .init(testDescription: "weights of dlib's norm", rows: VectorSample.rows(4, 128, norm: 1.41), expected: "dlib"),
    .init(testDescription: "normalized", rows: VectorSample.rows(4, 512, norm: 1), expected: "unit"),
    .init(testDescription: "dlib's norm, 512 numbers", rows: VectorSample.rows(4, 512, norm: 1.39), expected: "raw"),
    .init(
      testDescription: "one sign", rows: VectorSample.rows(4, 128, norm: 1).map { $0.map(\.magnitude) },
      expected: "none"),
    .init(testDescription: "all equal to zero", rows: [[Double](repeating: 0, count: 128)], expected: "none"),
    .init(testDescription: "one-hot", rows: [[1] + [Double](repeating: 0, count: 127)], expected: "none"),
    .init(testDescription: "not a number", rows: [[Double](repeating: .nan, count: 128)], expected: "none"),
    .init(testDescription: "infinite", rows: [[Double](repeating: .infinity, count: 128)], expected: "none"),
    .init(
      testDescription: "one row in four normalized",
      rows: VectorSample.rows(1, 512, norm: 1) + VectorSample.rows(3, 512, norm: 9), expected: "raw"),
  ]
  @Test(arguments: numbers) func shape(_ c: Numbers) {
    #expect(Self.text(Self.tally(c.rows).shape) == c.expected)
  }

  struct Name: CustomTestStringConvertible {
    var testDescription: String
    var expected: VectorNames
    init(_ name: String, _ expected: VectorNames) { (testDescription, self.expected) = (name, expected) }
  }
  static let namings: [Name] = [
    Name("face_encodings", [.face, .vector]), Name("faceEmbedding", [.face, .vector]), Name("embedding", [.vector]),
    Name("normed_embedding", [.face, .vector]), Name("person_id", [.person]), Name("names", [.label]),
    Name("target_w", [.face]), Name("dataset/0/00000005.jpg", [.label]), Name("surface_features", [.vector]),
    Name("interface", []), Name("conv1.weight", [.model]), Name("page_content", [.other]), Name("a", []), Name("", []),
    Name("encoding_17", [.vector]), Name("what a long sentence that says embedding here", []),
  ]
  @Test(arguments: namings) func names(_ c: Name) {
    #expect(VectorNames(naming: Array(c.testDescription.utf8)) == c.expected)
  }

  struct Grade: Sendable {
    var names: VectorNames
    var shape: VectorShape
    var rows: Int
    var expected: Strength?
    init(_ names: VectorNames, _ shape: VectorShape, _ rows: Int, _ expected: Strength?) {
      (self.names, self.shape, self.rows, self.expected) = (names, shape, rows, expected)
    }
  }
  /// What must never be called a face.
  static let grades: [Grade] = [
    Grade([.face, .vector, .label], .unit, 2, .proof), Grade([.face, .vector, .label], .unit, 1, .strong),
    Grade([.face, .vector], .unit, 9, .strong), Grade([.vector, .label], .unit, 9, .weak),
    Grade([.vector, .person], .unit, 9, .strong), Grade([.vector, .other], .unit, 9, nil),
    Grade([.vector, .model], .unit, 9, nil), Grade([], .unit, 1, nil), Grade([], .unit, 2, .weak),
    Grade([.vector, .label], .dlib(alike: true), 2, .proof), Grade([], .dlib(alike: true), 2, .strong),
    Grade([], .dlib(alike: false), 9, .weak), Grade([.model], .dlib(alike: true), 9, .weak),
    Grade([.model], .dlib(alike: false), 9, nil), Grade([.face], .raw, 9, .weak),
    Grade([.vector, .person], .raw, 9, nil),
  ]
  @Test(arguments: grades) func strength(_ c: Grade) {
    #expect(c.names.strength(c.shape, rows: c.rows) == c.expected)
  }

  static let halves: [(bits: UInt16, value: Double)] = [
    (0x3C00, 1), (0xBC00, -1), (0x3800, 0.5), (0x0001, 5.9604644775390625e-08), (0x7BFF, 65504), (0x8000, 0),
  ]
  @Test(arguments: halves.indices) func halfFloats(_ index: Int) {
    #expect(HalfFloat.value(Self.halves[index].bits) == Self.halves[index].value)
  }

  static let texts: [(text: String, count: Int, sum: Double)] = [
    ("1, -2.5e-1; 3", 3, 3.75), ("1,,2", 1, 1), ("0.5 0.25\t0.25", 3, 1), ("12ab", 0, 0), ("1e-999", 1, 0),
    ("1e400", 1, .infinity), ("-", 0, 0), (".5", 1, 0.5), ("1.2.3", 0, 0),
  ]
  @Test(arguments: texts.indices) func numbersInText(_ index: Int) {
    let c = Self.texts[index]
    let bytes = Array(c.text.utf8)
    let run = NumberRun(bytes.span.bytes, at: 0, to: bytes.count, acrossLines: false)
    let sum = run.values.reduce(0, +)
    #expect(run.values.count == c.count, "\(c.text)")
    #expect(sum == c.sum || (sum - c.sum).magnitude < 1e-12, "\(c.text): \(sum)")
  }

  /// A record between or behind vectors is found: vectors claim no bytes but their own numbers.
  @Test func vectorsHideNothing() throws {
    let record = try #require(FMRDetector().descriptor.positives.first).bytes()
    let vectors = VectorSample.dlib(3)
    let json = JSONVectorSample.object(["name": "\"a\""], "face_embedding", vectors)
    let files: [(String, [UInt8])] = [
      ("npy", NumPySample.array("<f8", [4, 128], VectorSample.f8(vectors) + padded(record, to: 1024))),
      ("faiss", FAISSSample.flat(vectors) + record), ("json", json + record + json),
      ("pickle", PickleSample.stream(PickleSample.text("name") + PickleSample.blob(record), version: 4)),
    ]
    for (name, bytes) in files {
      let classes = Set(examine(bytes).observations.map(\.dataClass))
      #expect(classes.contains(.fingerTemplate), "\(name)")
      #expect(name == "npy" || name == "pickle" || classes.contains(.faceTemplate), "\(name)")
    }
    let rows = examine(json + json).observations.filter { $0.detector == "face.vectors-json" }
    #expect(rows.map(\.count) == [3, 3] && rows.allSatisfy { $0.strength == .proof })
  }

  private func padded(_ bytes: [UInt8], to count: Int) -> [UInt8] {
    bytes + [UInt8](repeating: 0, count: max(0, count - bytes.count))
  }

  /// Real caches: faces of a tutorial (proof), iris templates of open-iris (strong), their filters and grids (nothing).
  @Test func corpus() throws {
    var faces = 0
    for name in try Corpus.files("template") where name.hasSuffix(".pickle") {
      let seen = examine(try Corpus.bytes(name)).observations.filter { $0.detector.hasPrefix("face.vectors") }
      if name.contains("Face-Clustering") {
        #expect(seen.map(\.strength) == [.proof] && seen.map(\.dataClass) == [.faceTemplate])
        faces += 1
      } else {
        #expect(seen.allSatisfy { $0.dataClass == .irisTemplate && $0.strength == .strong }, "\(name)")
      }
    }
    #expect(Corpus.root == nil || faces == 1)
  }
}
