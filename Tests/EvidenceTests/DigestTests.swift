import CustodyCore
import Testing

@testable import Evidence

@Suite struct DigestTests {
  /// FIPS 180-4 examples (NIST CSRC).
  static let vectors: [(String, String)] = [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ]

  @Test(arguments: vectors) func knownValues(_ text: String, _ hex: String) {
    #expect(Hash.digest(of: Array(text.utf8)).description == hex)
    var digester = Digester()
    for b in text.utf8 { digester.update([b]) }
    #expect(digester.finish().content.description == hex)
    // Ready for the next message.
    digester.update(Array(text.utf8)[...])
    #expect(digester.finishContent().description == hex)
  }

  @Test func nonceComesFromContentAndSuffix() {
    var digester = Digester()
    var random = SeededGenerator(1)
    for n in [0, 1, 55, 56, 63, 64, 65, 1000] {
      let content = (0..<n).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      digester.update(content)
      let both = digester.finish()
      #expect(both.content == Hash.digest(of: content))
      #expect(both.nonce == Array(Hash.sha256(content + Array("custody leaf nonce v1".utf8)).prefix(16)))
    }
  }

  @Test func zerosCountLikeBytes() {
    var digester = Digester()
    digester.update([1])
    digester.updateZeros(200_000)
    digester.updateZeros(0)
    #expect(digester.finish().content == Hash.digest(of: [1] + [UInt8](repeating: 0, count: 200_000)))
  }

  @Test func oneShotsDoNotDisturbAStream() {
    var digester = Digester()
    digester.update(Array("a".utf8))
    _ = Hash.sha256([9])
    _ = MerkleTree.leafHash(of: [9])
    digester.update(Array("bc".utf8))
    #expect(digester.finish().content.description == Self.vectors[1].1)
  }

  @Test func sha1ForNamesOnly() throws {
    #expect(Hex.encode(try Hash.sha1(Array("abc".utf8))) == "a9993e364706816aba3e25717850c26c9cd0d89d")
  }

  @Test func providerIsNamed() throws {
    try Digester.check()
    #expect(!Digester.provider.name.isEmpty)
    #expect(Digester.provider.version.hasPrefix("3."))
  }

  @Test func manyThreadsHaveTheirOwnContext() async {
    let expected = Hash.digest(of: Array("abc".utf8))
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask { (0..<500).allSatisfy { _ in Hash.digest(of: Array("abc".utf8)) == expected } }
      }
      for await same in group { #expect(same) }
    }
  }
}
