import CustodyCore

/// Machine readable zones of Doc 9303's specimens, and the same with their digits worked out.
enum MRZExample {
  static let td3 = ["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"]
  static let td1 = [
    "I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
  ]
  static let td2 = ["I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"]
  static let mrvA = ["V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L8988901C4XXX4009078F96121096ZE184226B<<<<<<"]
  static let mrvB = ["V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<"]

  /// A passport of the given state and number with right check digits.
  static func passport(_ state: String = "SWE", number: Int) -> [String] {
    func padded(_ text: String, _ count: Int) -> String {
      String((text + String(repeating: "<", count: count)).prefix(count))
    }
    func digit(_ text: String) -> String {
      let c = Array(text.utf8)
      return String(MRZ.checkDigit(c, [0..<c.count]))
    }
    let first = padded("P<\(state)ERIKSSON<<ANNA", 44)
    let document = padded("A" + String(10_000_000 + number % 89_999_999), 9)
    let birth = "740812"
    let expiry = "311231"
    let optional = padded("", 14)
    let numberPart = document + digit(document)
    let datePart = birth + digit(birth)
    let rest = expiry + digit(expiry) + optional + "0"
    return [first, numberPart + state + datePart + "F" + rest + digit(numberPart + datePart + rest)]
  }

  static let positives: [DetectorExample] = [
    DetectorExample("passport", expected: ["identity.mrz proof x1"]) { Array(td3.joined(separator: "\n").utf8) },
    DetectorExample("card", expected: ["identity.mrz proof x1"]) { Array(td1.joined(separator: "\r\n").utf8) },
    DetectorExample("smaller document", expected: ["identity.mrz proof x1"]) { Array(td2.joined(separator: "|").utf8) },
    DetectorExample("visas", expected: ["identity.mrz proof x2"]) {
      Array((mrvA + [""] + mrvB + [""]).joined(separator: "\n").utf8)
    },
    DetectorExample("joined by nothing", expected: ["identity.mrz proof x1"]) { Array(td3.joined().utf8) },
    DetectorExample("in JSON with a written line break", expected: ["identity.mrz proof x1"]) {
      Array("{\"mrz\": \"\(td3.joined(separator: "\\n"))\"}".utf8)
    },
    DetectorExample("in JSON with escaped fillers", expected: ["identity.mrz proof x1"]) {
      Array(
        "{\"mrz\": \"\(td3.joined(separator: "\\n").split(separator: "<", omittingEmptySubsequences: false).joined(separator: "\\u003c"))\"}"
          .utf8)
    },
    DetectorExample("in XML", expected: ["identity.mrz proof x1"]) {
      Array(
        "<mrz>\(td1.joined(separator: "\n").split(separator: "<", omittingEmptySubsequences: false).joined(separator: "&lt;"))</mrz>"
          .utf8)
    },
    DetectorExample("in a table", expected: ["identity.mrz proof x20"]) {
      Array((1...20).map { "\($0),\"\(passport(number: $0)[0])\",\"\(passport(number: $0)[1])\"\n" }.joined().utf8)
    },
    DetectorExample("UTF-16", expected: ["identity.mrz proof x1"]) {
      PackageExample.utf16(td3.joined(separator: "\r\n"), bigEndian: false)
    },
    DetectorExample("one digit misread", expected: ["identity.mrz strong x1"]) {
      Array(td3.joined(separator: "\n").replacing("7408122", with: "7408132").utf8)
    },
    DetectorExample("letter O for zero", expected: ["identity.mrz strong x1"]) {
      Array(td3.joined(separator: "\n").replacing("1204159", with: "12O4159").utf8)
    },
    DetectorExample("name line alone", expected: ["identity.mrz weak x1"]) { Array(td3[0].utf8) },
  ]

  static let negatives: [DetectorExample] = [
    DetectorExample("C++") { Array("std::cout<<A<<B<<1<<x<<\"<<<<<<<< \"<<MAX_VALUE<<std::endl; y=1<<30;".utf8) },
    DetectorExample("merge markers") { Array("<<<<<<< HEAD\n=======\n>>>>>>> OTHER\n".utf8) },
    DetectorExample("ruler") { [UInt8](repeating: 0x3C, count: 88) },
    DetectorExample("prose") { Array("THE QUICK BROWN FOX << JUMPS OVER THE LAZY DOG AND RUNS AWAY 1234567890".utf8) },
    DetectorExample("line of the right length that is no name line") {
      Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<<ABCDEF".utf8)
    },
  ]
}
