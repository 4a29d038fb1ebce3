import CustodyCore
import Testing

@testable import Detection

@Suite struct MRZTests {
  private static let zones = [MRZExample.td1, MRZExample.td2, MRZExample.td3, MRZExample.mrvA, MRZExample.mrvB]

  @Test func specimensOfDoc9303() throws {
    let expected: [(MRZ.Format, String, String)] = [
      (.td1, "id", "UTO"), (.td2, "id", "UTO"), (.td3, "passport", "UTO"), (.mrvA, "visa", "UTO"),
      (.mrvB, "visa", "UTO"),
    ]
    for (zone, wanted) in zip(Self.zones, expected) {
      let reading = try #require(MRZ.read(lines: zone.map { Array($0.utf8) }))
      #expect(reading.format == wanted.0 && reading.documentKind == wanted.1 && reading.issuer == wanted.2)
      #expect(reading.strength == .proof && reading.isSpecimen && reading.failures == 0)
    }
    let visa = ["VIUSATRAVELER<<HAPPYPERSON<<<<<<<<<<<<<<<<<<", "555123ABC6GBR6502056F04122361FLNDDDAM5803085"]
    let reading = try #require(MRZ.read(lines: visa.map { Array($0.utf8) }))
    #expect(reading.strength == .proof && reading.issuer == "USA" && !reading.isSpecimen)
  }

  /// Doc 9303-3 section 4.9 worked examples.
  @Test(arguments: [("520727", 3), ("AB2134<<<", 5), ("D23145890", 7), ("740812", 2), ("120415", 9)])
  func checkDigits(_ text: String, _ digit: Int) {
    let c = Array(text.utf8)
    #expect(MRZ.checkDigit(c, [0..<c.count]) == digit)
  }

  /// Weights 7, 3 and 1 have no common factor with 10: no digit can be exchanged for another unseen.
  @Test func noChangedDigitIsProof() {
    for zone in Self.zones {
      let c = zone.flatMap { Array($0.utf8) }
      let unchecked =
        switch c.count {
        case 88 where c[0] == 0x56: Set(72..<88)
        case 72 where c[0] == 0x56: Set(64..<72)
        default: Set<Int>()
        }
      for i in c.indices where (0x30...0x39).contains(c[i]) && !unchecked.contains(i) {
        for other in UInt8(0x30)...0x39 where other != c[i] {
          var changed = c
          changed[i] = other
          #expect(MRZ.read(changed)?.strength != .proof, "\(zone[0]) at \(i)")
        }
      }
    }
  }

  @Test func passportsAreProofUntilADigitChanges() {
    for number in stride(from: 1, to: 4_000_000, by: 40_007) {
      let c = MRZExample.passport(number: number).flatMap { Array($0.utf8) }
      #expect(MRZ.read(c)?.strength == .proof)
      var changed = c
      changed[45] = changed[45] == 0x39 ? 0x30 : changed[45] + 1
      #expect(MRZ.read(changed)?.strength == .strong)
    }
  }

  @Test func whatMakesOnlyStrongOrWeak() {
    func read(_ lines: [String]) -> Strength? { MRZ.read(lines: lines.map { Array($0.utf8) })?.strength }
    var lines = MRZExample.td3
    lines[0] = "P<QQQERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
    #expect(read(lines) == .strong)
    lines = MRZExample.passport(number: 7)
    #expect(read([lines[0], lines[1].replacing("740812", with: "741340")]) == nil)
    // The digit of empty optional data may be a filler.
    #expect(MRZExample.td3[1].hasSuffix("10"))
    let zero = MRZExample.passport(number: 9)[1]
    let filled = zero.dropLast(2) + "<" + zero.suffix(1)
    #expect(read([MRZExample.passport(number: 9)[0], String(filled)]) == .proof)
    // Too many wrong digits are a lead at most.
    #expect(read([MRZExample.td3[0], "L898902C31UTO7408123F1204158ZE184226B<<<<<11"]) == .weak)
    #expect(read([MRZExample.td3[0], "THIS<IS<NOT<A<SECOND<LINE<OF<A<PASSPORT<<<<<"]) == nil)
    #expect(read([MRZExample.td3[0]]) == nil && read([]) == nil && read(["", ""]) == nil)
  }

  /// Doc 9303-5: a number of more than nine characters goes on in the optional data.
  @Test func longNumbersOfCards() {
    let number = Array("D23145890734".utf8)
    let digit = MRZ.checkDigit(number, [0..<number.count])
    var c = Array(
      "I<UTOD23145890<734\(digit)<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<0ERIKSSON<<ANNA<MARIA<<<<<<<<<<".utf8)
    #expect(c.count == 90)
    c[59] = 0x30 + UInt8(MRZ.checkDigit(c, [5..<37, 38..<45, 48..<59]))
    #expect(MRZ.read(c)?.strength == .proof)
    c[18] = c[18] == 0x39 ? 0x30 : c[18] + 1
    #expect(MRZ.read(c)?.strength == .strong)
  }

  @Test(arguments: [
    "\n", "\r\n", "\r", " ", "|", "\\n", "\\r\\n", "", "\",\"", "<br>", "</td><td>", "\", \"line2\": \"", "\t",
  ])
  func separators(_ separator: String) {
    for zone in Self.zones {
      let text = "x=\"" + zone.joined(separator: separator) + "\"; END"
      let seen = InterchangeHarness.run(MRZText(), Array(text.utf8))
      #expect(seen.count == 1 && seen.first?.strength == .proof, "\(zone[0]) joined by \(separator)")
      #expect(seen.first?.place?.offset == 3)
    }
  }

  @Test func forms() {
    func replaced(_ text: String, _ with: String) -> String {
      text.split(separator: "<", omittingEmptySubsequences: false).joined(separator: with)
    }
    for zone in Self.zones {
      let text = zone.joined(separator: "\n")
      var forms: [[UInt8]] = [
        Array(replaced(text, "&lt;").utf8), Array(replaced(text, "\\u003c").utf8),
        Array(replaced(text, "\\u003C").utf8),
        Array(replaced(zone.joined(separator: "%0A"), "%3C").utf8), Array(replaced(text, "%3c").utf8),
        PackageExample.utf16(text, bigEndian: true), PackageExample.utf16(text, bigEndian: false),
        PackageExample.utf16("key\tvalue\t" + text, bigEndian: true),
        PackageExample.utf16("a " + text, bigEndian: false),
      ]
      forms.append(Array(forms[5].dropFirst(2)))
      for form in forms {
        let seen = InterchangeHarness.run(MRZText(), form)
        #expect(InterchangeHarness.summary(seen) == ["identity.mrz proof x1"], "\(zone[0])")
      }
    }
  }

  @Test func manyZonesOneByOne() {
    let lines = (1...300).flatMap { MRZExample.passport($0 % 2 == 0 ? "SWE" : "D<<", number: $0 * 977) }
    let seen = InterchangeHarness.run(MRZText(), Array(lines.joined(separator: "\n").utf8))
    #expect(InterchangeHarness.summary(seen) == ["identity.mrz proof x300"])
    let dense = InterchangeHarness.run(MRZText(), Array(lines.joined().utf8))
    #expect(dense.filter { $0.strength == .proof }.count >= 290)
  }

  /// Nothing of the holder leaves: only words of the program and the state's code.
  @Test func nothingOfTheHolderIsTold() {
    for example in MRZExample.positives {
      for seen in InterchangeHarness.run(MRZText(), example.bytes()) {
        for fact in seen.attributes.entries {
          #expect(["documentKind", "issuer", "format", "encoding", "specimen"].contains(fact.key))
          #expect(!"\(fact.value)".contains("ERIKSSON") && !"\(fact.value)".contains("L898"))
        }
      }
    }
  }

  @Test func ordinaryTextGivesNothing() {
    var random = InterchangeHarness.Random(state: 0x9E37_79B9_7F4A_7C15)
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<<<<<<<<".utf8)
    for round in 0..<400 {
      let line = (0..<[30, 36, 44, 72, 88, 90][round % 6]).map { _ in
        letters[Int(random.next() % UInt64(letters.count))]
      }
      let seen = InterchangeHarness.run(MRZText(), line + [0x0A] + line.reversed())
      #expect(seen.isEmpty)
    }
    let source = """
      #define MASK (1<<30)
      std::cout<<"VALUE"<<X<<Y<<Z<<std::endl; template<class T, int N> A<B<C<<D>>;
      cat <<EOF > FILE
      QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo<<ABCDEFGHIJKLMNOPQRSTUVWXYZ
      0123456789ABCDEF<<<<<<<<<<<<<<<<<<<<<<<<<<<<
      """
    #expect(InterchangeHarness.run(MRZText(), Array(source.utf8)).isEmpty)
  }
}
