import CustodyCore

/// Synthetic ANSI/NIST-ITL transactions.
enum TransactionExample {
  /// One record: its number and everything after its length.
  enum Record {
    /// Fields by number with their text; `image` becomes field 999.
    case tagged(Int, [(Int, String)], image: [UInt8]? = nil)
    /// Bytes after length and IDC.
    case binary(Int, [UInt8])

    var type: Int {
      switch self {
      case .tagged(let type, _, _), .binary(let type, _): type
      }
    }
  }

  /// A text record whose length counts its own digits.
  static func tagged(_ type: Int, _ fields: [(Int, String)], image: [UInt8]? = nil, old: Bool = false) -> [UInt8] {
    func name(_ n: Int) -> String {
      let digits = String(n)
      return "\(type)." + String(repeating: "0", count: max(0, (old ? 2 : 3) - digits.count)) + digits + ":"
    }
    var body: [UInt8] = []
    for (number, value) in fields { body += [0x1D] + Array((name(number) + value).utf8) }
    if let image { body += [0x1D] + Array(name(999).utf8) + image }
    body.append(0x1C)
    let head = Array(name(1).utf8)
    var length = head.count + body.count + 1
    while head.count + String(length).utf8.count + body.count != length { length += 1 }
    return head + Array(String(length).utf8) + body
  }

  static func transaction(
    _ records: [Record], version: String = "0500", old: Bool = false, agencies: (String, String) = ("DAI", "ORI")
  ) -> [UInt8] {
    var content = "1\u{1F}\(records.count)"
    for (i, record) in records.enumerated() { content += "\u{1E}\(record.type)\u{1F}0\(i)" }
    var out = tagged(
      1,
      [
        (2, version), (3, content), (4, "TST"), (5, "20260101"), (7, agencies.0), (8, agencies.1), (9, "TCN"),
        (11, "00.00"), (12, "00.00"),
      ], old: old)
    for (i, record) in records.enumerated() {
      switch record {
      case .tagged(let type, let fields, let image):
        out += tagged(type, [(2, "0\(i)")] + fields, image: image, old: old)
      case .binary(_, let rest):
        out += InterchangeParts.u32(rest.count + 5) + [UInt8(i)] + rest
      }
    }
    return out
  }

  /// Type-4: impression, six positions, resolution, size, compression, picture.
  static func print(_ position: UInt8, _ width: Int = 2, _ height: Int = 2) -> Record {
    let image = (0..<width * height).map { UInt8(truncatingIfNeeded: $0 * 255) }
    return .binary(
      4,
      [0, position, 255, 255, 255, 255, 255, 0] + InterchangeParts.u16(width) + InterchangeParts.u16(height) + [0]
        + image)
  }

  static func picture(_ type: Int, _ third: String, date: String = "20260102", position: String? = nil) -> Record {
    var fields = [(3, third), (4, "SRC"), (5, date), (6, "240"), (7, "320"), (8, "1"), (11, "JPEGB")]
    if let position { fields.append((13, position)) }
    // The picture holds separators, as pictures do.
    return .tagged(type, fields, image: InterchangeParts.jpeg(240, 320) + [0x1C, 0x1D, 0x1C])
  }

  static let small: [Record] = [.tagged(2, []), print(1)]

  static let everything: [Record] = [
    .tagged(2, [(18, "ERIKSSON,ANNA")]), print(1), print(6), .binary(7, [1, 2, 3, 4]),
    .binary(8, [0, 0, 0] + InterchangeParts.u16(2) + InterchangeParts.u16(2) + [1, 2, 3, 4]),
    .tagged(9, [(4, "S"), (12, "1")]), picture(10, "FACE"), picture(10, "TATTOO"), .tagged(11, [(3, "1")]),
    .tagged(12, [(6, "1")]), picture(13, "12", position: "1"), picture(14, "1", position: "3"),
    picture(15, "11", position: "25"), picture(16, "ear"), picture(17, "2"), .tagged(18, [(16, "1")]),
    picture(19, "1"),
    .tagged(99, [(100, "0200"), (101, "00000008"), (103, "001B"), (104, "0201")], image: InterchangeParts.minutiae),
    .tagged(99, [(100, "0200"), (101, "00000008")], image: InterchangeParts.noise(64)),
  ]

  static let positives: [DetectorExample] = [
    DetectorExample(
      "Type-1, 2 and 4", expected: ["finger.image proof x1", "identity.record proof x1"]
    ) { transaction(small) },
    DetectorExample(
      "tags of two digits (1997)", expected: ["finger.template proof x1", "identity.record proof x1"]
    ) { transaction([.tagged(2, []), .tagged(9, [(4, "S")])], version: "0201", old: true) },
    DetectorExample(
      "every kind of record",
      expected: [
        "biometric.record proof x6", "dna.profile proof x1", "face.image proof x1", "finger.image proof x4",
        "finger.template proof x2", "identity.record proof x1", "iris.image proof x1", "palm.image proof x1",
        "signature.image proof x1", "voice.sample proof x1",
      ]
    ) { transaction(everything) },
    DetectorExample(
      "inside something larger", expected: ["finger.image proof x1", "identity.record proof x1"]
    ) { InterchangeParts.noise(100) + transaction(small) + InterchangeParts.noise(500) },
  ]

  static let negatives: [DetectorExample] = [
    DetectorExample("the tag in a manual") { Array("A file begins with 1.001:120 and then 1.002:0500 follows.".utf8) },
    DetectorExample("Type-1 alone") { transaction([]) },
    DetectorExample("cut in the second record", expected: ["identity.record strong x1"]) {
      Array(transaction(small)[..<130])
    },
    DetectorExample("cut after Type-1", expected: ["finger.image weak x1", "identity.record weak x1"]) {
      tagged(1, [(2, "0500"), (3, "1\u{1F}2\u{1E}2\u{1F}00\u{1E}4\u{1F}01"), (4, "TST")])
    },
    DetectorExample("length of a record is wrong", expected: ["finger.image strong x1", "identity.record strong x1"]) {
      var bytes = transaction([.tagged(2, [(18, "ERIKSSON,ANNA")]), picture(14, "1", position: "3")])
      let second = tagged(1, [(2, "0500")]).count
      for i in second..<bytes.count - 6 where bytes[i...].starts(with: "2.001:".utf8) {
        bytes[i + 6] = 0x39
        break
      }
      return bytes
    },
  ]
}
