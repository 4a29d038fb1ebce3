import CustodyCore
import Testing

@testable import Evidence

@Suite struct MerkleTests {
  /// Leaves and tree heads of the test vectors that Certificate Transparency implementations share.
  static let leaves: [[UInt8]] = [
    [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43],
    [0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
    [0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F],
  ]
  static let roots = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ]

  @Test func knownTreeHeads() {
    var tree = MerkleTree()
    #expect(tree.root().description == Self.roots[0])
    for (i, leaf) in Self.leaves.enumerated() {
      leaf.withUnsafeBytes { tree.append($0) }
      #expect(tree.size == UInt64(i + 1))
      #expect(tree.root().description == Self.roots[i + 1])
    }
  }

  /// RFC 6962 section 2.1 as it is written.
  static func definition(_ leaves: ArraySlice<[UInt8]>) -> Digest {
    switch leaves.count {
    case 0: return Hash.digest(of: [])
    case 1: return Hash.digest(of: [0] + leaves[leaves.startIndex])
    default:
      var k = 1
      while k * 2 < leaves.count { k *= 2 }
      let middle = leaves.startIndex + k
      return Hash.digest(of: [1] + definition(leaves[..<middle]).bytes + definition(leaves[middle...]).bytes)
    }
  }

  /// RFC 6962 section 2.1.1 as it is written.
  static func path(_ m: Int, _ leaves: ArraySlice<[UInt8]>) -> [Digest] {
    guard leaves.count > 1 else { return [] }
    var k = 1
    while k * 2 < leaves.count { k *= 2 }
    let middle = leaves.startIndex + k
    return m < k
      ? path(m, leaves[..<middle]) + [definition(leaves[middle...])]
      : path(m - k, leaves[middle...]) + [definition(leaves[..<middle])]
  }

  static func leaves(_ n: Int) -> [[UInt8]] {
    (0..<n).map { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
  }

  @Test func growsAsDefined() {
    var tree = MerkleTree()
    for (i, leaf) in Self.leaves(70).enumerated() {
      #expect(tree.root() == Self.definition(Self.leaves(70)[..<i]))
      tree.append(leafHash: MerkleTree.leafHash(of: leaf))
    }
  }

  @Test func inclusionForEveryLeafOfEverySize() throws {
    for n in 1...33 {
      let leaves = Self.leaves(n)
      let hashes = leaves.map { MerkleTree.leafHash(of: $0) }
      let root = Self.definition(leaves[...])
      for m in 0..<n {
        var prover = try #require(InclusionProver(index: UInt64(m), treeSize: UInt64(n)))
        for (i, h) in hashes.enumerated() {
          if i == n - 1 { #expect(prover.finish() == nil) }
          prover.append(leafHash: h)
        }
        let proof = try #require(prover.finish())
        #expect(proof.path == Self.path(m, leaves[...]))
        #expect(proof.proves(hashes[m], in: root))
        #expect(!proof.proves(hashes[(m + 1) % n], in: root) || n == 1)
        #expect(!proof.proves(hashes[m], in: hashes[m]) || n == 1)
        for i in proof.path.indices {
          var other = proof
          other.path[i] = root
          #expect(!other.proves(hashes[m], in: root))
          other = proof
          other.path.remove(at: i)
          #expect(!other.proves(hashes[m], in: root))
        }
        var other = proof
        other.path.append(root)
        #expect(!other.proves(hashes[m], in: root))
        other = proof
        other.index = (proof.index + 1) % UInt64(n)
        #expect(!other.proves(hashes[m], in: root) || n == 1)
        other.index = UInt64(n)
        #expect(!other.proves(hashes[m], in: root))
      }
    }
    #expect(InclusionProver(index: 0, treeSize: 0) == nil)
    #expect(InclusionProver(index: 5, treeSize: 5) == nil)
    #expect(InclusionProver(index: .max - 1, treeSize: .max) != nil)
  }
}
