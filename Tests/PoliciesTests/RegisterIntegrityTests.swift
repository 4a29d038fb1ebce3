import CustodyCore
import Testing

@testable import Policies

@Suite struct RegisterIntegrityTests {
  static let changes: [[String: String?]] = [
    [:], ["id": "ROW-2"], ["version": "2", "max_items": "5"], ["version": "3", "status": "revoked"],
  ]
  static func head(_ rows: [String]) throws -> Digest {
    try #require(
      try Signer.admit(Signer.register(rows), trust: nil).registerHeads(sha256: Signer.cryptography.sha256).first?.head)
  }
  static func trust(size: Int, head: Digest, name: String = "test") -> PolicySource {
    Signer.trust(registers: "  - {name: \(name), size: \(size), head: \"\(head)\"}\n")
  }

  @Test func aWholeRegisterIsTaken() throws {
    let rows = try Signer.chained(Self.changes)
    for size in 0...rows.count {
      let head = size == 0 ? RegisterChain.start : try Self.head(Array(rows[..<size]))
      #expect(Signer.refusals(Signer.register(rows), trust: Self.trust(size: size, head: head)) == [])
    }
    #expect(Signer.refusals(Signer.register(rows), trust: nil) == [])
  }

  /// The head is what its description says, computed here once more.
  @Test func theHeadIsTheChainOfDigests() throws {
    let rows = try Signer.chained([[:], ["id": "B"]])
    var head = [UInt8](repeating: 0, count: 32)
    for row in rows { head = Make.hash(head + Make.hash(try Signer.payload(of: row))) }
    #expect(try Self.head(rows).bytes == head)
  }

  static let attacks: [(name: String, codes: [String], attack: @Sendable ([String]) -> [String])] = [
    ("row removed from the middle", ["register.row-missing"], { [$0[0], $0[2], $0[3]] }),
    ("first row removed", ["register.version-order", "register.row-missing"], { Array($0[1...]) }),
    ("rows exchanged", ["register.reordered"], { [$0[1], $0[0], $0[2], $0[3]] }),
    ("revocation cut off", ["register.rolled-back"], { Array($0[..<3]) }),
    ("everything cut off", ["register.rolled-back"], { _ in [] }),
    (
      "old version edited", ["register.edited", "register.rewritten"],
      {
        [$0[0].replacingFirst("2019-12-31", with: "2029-12-31")] + $0[1...]
      }
    ),
    (
      "row edited that has no later version", ["register.rewritten"],
      {
        [$0[0], $0[1].replacingFirst("2019-12-31", with: "2029-12-31"), $0[2], $0[3]]
      }
    ),
    (
      "number taken away", ["register.no-sequence", "register.row-missing"],
      {
        [$0[0], $0[1].replacingFirst("sequence: 2", with: "contract_no: 2"), $0[2], $0[3]]
      }
    ),
    (
      "no word of the version before", ["register.no-previous", "register.rewritten"],
      {
        let line = $0[3].split(separator: "\n").first { $0.contains("previous:") } ?? ""
        return Array($0[..<3]) + [$0[3].replacingFirst(String(line) + "\n", with: "")]
      }
    ),
  ]

  @Test(arguments: attacks.indices) func attacksRefuseTheRegister(_ i: Int) throws {
    let (name, codes, attack) = Self.attacks[i]
    let rows = try Signer.chained(Self.changes)
    let trust = Self.trust(size: 4, head: try Self.head(rows))
    let register = Signer.register(attack(rows))
    #expect(Signer.refusals(register, trust: trust).sorted() == codes.sorted(), "\(name)")
  }

  @Test func complaintsNameRowAndPlace() throws {
    let rows = try Signer.chained(Self.changes)
    let register = Signer.register([rows[0], rows[2], rows[3]])
    do {
      _ = try Signer.admit(register, trust: nil)
      Issue.record("a register with a row missing was taken")
    } catch let problems as Complaints {
      let first = try #require(problems.all.first)
      #expect(first.message.contains("`ROW-1 v2`") && first.message.contains("sequence 2 is missing"))
      #expect(first.location?.hasPrefix("register.yaml:") ?? false)
    }
  }

  @Test func versionsRunWithoutGaps() throws {
    let skipped = try Signer.chained([[:], ["version": "3"]])
    #expect(Signer.refusals(Signer.register(skipped), trust: nil) == ["register.version-order"])
    let late = try Signer.chained([["version": "2"]])
    #expect(Signer.refusals(Signer.register(late), trust: nil) == ["register.version-order"])
  }

  @Test func numbersAreDemandedOnlyWhereTheyAreUsedOrTrustIsGiven() throws {
    let plain = Signer.register([try Signer.row()])
    #expect(Signer.refusals(plain, trust: nil) == [])
    #expect(Signer.refusals(plain) == ["register.no-sequence"])
    let some = Signer.register([try Signer.row(["sequence": "1"]), try Signer.row(["id": "B"])])
    #expect(Signer.refusals(some, trust: nil) == ["register.no-sequence"])
  }

  @Test func aRenamedRegisterIsNotTaken() throws {
    let rows = try Signer.chained([[:]])
    let trust = Self.trust(size: 1, head: try Self.head(rows))
    #expect(Signer.refusals(Signer.register(rows, name: "renamed"), trust: trust) == ["register.not-known"])
  }

  @Test func severalFilesAreOneRegister() throws {
    let rows = try Signer.chained(Self.changes)
    let (a, b) = (Signer.register(Array(rows[..<2])), Signer.register(Array(rows[2...])))
    var set = try PolicySet.load(packs: [], registers: [a, b])
    try set.admitRegister(trust: nil, requireSigned: false, cryptography: Signer.cryptography)
    var reversed = try PolicySet.load(packs: [], registers: [b, a])
    #expect(throws: Complaints.self) {
      try reversed.admitRegister(trust: nil, requireSigned: false, cryptography: Signer.cryptography)
    }
  }

  @Test func signaturesCannotBeRequiredWithoutTrust() throws {
    #expect(throws: Complaints.self) {
      _ = try Signer.admit(Signer.register([try Signer.row(["sequence": "1"])]), trust: nil, requireSigned: true)
    }
  }
}
