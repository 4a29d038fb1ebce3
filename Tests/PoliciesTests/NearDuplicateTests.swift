import CustodyCore
import Testing

@testable import Policies

@Suite struct NearDuplicateTests {
  /// Pseudo-random 256 bits.
  private func bits(_ seed: UInt64) -> [UInt8] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    return (0..<32).map { _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return UInt8(truncatingIfNeeded: state >> 24)
    }
  }
  private func flipped(_ bytes: [UInt8], _ count: Int, seed: Int) -> [UInt8] {
    var out = bytes
    for k in 0..<count {
      let bit = (k * 97 + seed * 31) % 256
      out[bit / 8] ^= 1 << UInt8(bit % 8)
    }
    return out
  }
  private func hash(_ bytes: [UInt8]) throws -> PictureHash { try #require(PictureHash(hex: Hex.encode(bytes))) }

  @Test(arguments: [0, 1, 8, 16, 30, 31]) func withinReachIsOneGroup(_ distance: Int) throws {
    for seed in 0..<40 {
      let a = bits(UInt64(seed + 1))
      let pair = [try hash(a), try hash(flipped(a, distance, seed: seed))]
      #expect(pair[0].distance(to: pair[1]) == distance)
      #expect(NearDuplicates.groups(pair) == 1)
    }
  }

  @Test func outOfReachIsTwo() throws {
    let a = bits(5)
    #expect(NearDuplicates.groups([try hash(a), try hash(flipped(a, 32, seed: 1))]) == 2)
  }

  /// The index must find what comparing every pair finds.
  @Test func agreesWithEveryPair() throws {
    var all: [PictureHash] = []
    for n in 0..<120 {
      let a = bits(UInt64(n / 3 + 1))
      all.append(try hash(flipped(a, (n % 3) * 19, seed: n)))
    }
    var parent = Array(all.indices)
    func root(_ i: Int) -> Int { parent[i] == i ? i : root(parent[i]) }
    for i in all.indices {
      for j in all.indices where all[i].distance(to: all[j]) <= 31 { parent[root(i)] = root(j) }
    }
    let distinct = Set(all)
    #expect(NearDuplicates.groups(all) == Set(all.indices.map(root)).count)
    #expect(distinct.count >= 80)
  }

  @Test func poorHashesAreNotCompared() throws {
    let hex = Hex.encode(bits(9))
    #expect(PictureHash(["pdq": .string(hex), "pdqQuality": 50]) != nil)
    #expect(PictureHash(["pdq": .string(hex), "pdqQuality": 49]) == nil)
    #expect(PictureHash(["pdq": .string(hex)]) == nil)
    #expect(PictureHash(["pdq": "12", "pdqQuality": 100]) == nil)
  }

  @Test func exposureCountsWhatLooksAlikeOnce() throws {
    var count = ExposureCount()
    let a = bits(3)
    func entry(_ n: UInt64, _ hash: [UInt8], faces: Int) -> Examination {
      Examination(
        index: n, nonce: Array(repeating: 1, count: 16), locator: Locator("x"), size: 1,
        sha256: Digest(words: (n + 1, 0, 0, 0)), kind: .unknown, modified: nil, disposition: .examined, reason: nil,
        notes: [], link: nil, attributes: ["pdq": .string(Hex.encode(hash)), "pdqQuality": 90],
        observations: [
          Observation(
            .faceImage, detector: "face.hog", version: 1, strength: .strong, count: faces,
            place: Place(offset: 0, length: 1), attributes: ["inPicture": true])
        ])
    }
    for (n, e) in [entry(0, a, faces: 3), entry(1, flipped(a, 6, seed: 2), faces: 2), entry(2, bits(77), faces: 1)]
      .enumerated()
    {
      for reading in ItemReader.read(e, nameTime: nil) { count.add(reading, of: e, site: nil) }
      #expect(count.items == n + 1)
    }
    let line = count.line(.faceImage, distinct: 3)
    #expect(line.items == 3)
    #expect(line.seenInPictures == 6)
    #expect(line.lookDistinct == 2)
  }
}
