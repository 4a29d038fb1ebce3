import CustodyCore
import Evidence
import TestSupport
import Testing

/// Says so where the processor lacks the extensions.
private let twinIsHere: Bool = {
  if !TwinDigester.isAvailable { print("SKIPPED: TwinDigesterTests: this processor has no SHA extensions") }
  return TwinDigester.isAvailable
}()

/// Two digests in one pass are those that `Digester` computes by OpenSSL, however the bytes come.
@Suite(.enabled(if: twinIsHere)) struct TwinDigesterTests {
  @Test("pieces of any size, messages anywhere in the stream", arguments: 0..<40)
  func pieces(_ seed: Int) {
    var random = SeededGenerator(UInt64(seed))
    func below(_ n: Int) -> Int { Int(random.next() % UInt64(n)) }
    var twin = TwinDigester()
    var stream: [UInt8] = []
    for _ in 0..<(1 + below(6)) {
      // Even seeds keep to multiples of 64, as members of a tar do.
      let gap = seed % 2 == 0 ? 64 * below(20) : below(300)
      let between = (0..<gap).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      between.withUnsafeBytes { twin.update($0) }
      stream += between
      twin.begin()
      var message: [UInt8] = []
      for _ in 0..<below(5) {
        let part = (0..<(seed % 3 == 0 ? 64 * below(30) : below(5000))).map { _ in
          UInt8(truncatingIfNeeded: random.next())
        }
        switch below(4) {
        case 0:
          part.withUnsafeBytes { twin.updateMessage($0) }
        case 1:
          twin.updateMessage(zeros: UInt64(part.count))
          message += [UInt8](repeating: 0, count: part.count)
          continue
        default:
          part.withUnsafeBytes { twin.updateBoth($0) }
          stream += part
        }
        message += part
      }
      var plain = Digester()
      plain.update(message)
      #expect(twin.finishMessage() == plain.finish())
    }
    #expect(twin.finish() == Hash.digest(of: stream))
  }

  /// FIPS 180-4's examples: "abc", 448 bits, a million times "a".
  @Test func knownAnswers() {
    for (text, known) in [
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ] {
      var twin = TwinDigester()
      Array(text.utf8).withUnsafeBytes { twin.updateBoth($0) }
      #expect(twin.finish().description == known)
      #expect(twin.finishMessage().content.description == known)
    }
  }
}
