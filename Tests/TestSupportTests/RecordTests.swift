import CustodyCore
import TestSupport
import Testing

struct RecordTests {
  @Test(arguments: [[0], [32], [5, 255, 1], Array(repeating: 20, count: 12)])
  func minutiaeRecordsWalkToTheirLength(_ views: [Int]) throws {
    for (bytes, lengthSize, header, angles) in [
      (MinutiaeRecordBuilder.iso2005(views: views, seed: 3), 4, 24, 255),
      (MinutiaeRecordBuilder.incits2004(views: views, seed: 3), 2, 26, 179),
    ] {
      let w = Walker(bytes)
      #expect(w.text(0, 8) == "FMR\0 20\0")
      #expect(w.number(8, lengthSize) == bytes.count)
      #expect(w.number(header - 2, 1) == views.count)
      var p = header
      for count in views {
        #expect(w.number(p + 3, 1) == count)
        for m in 0..<count {
          let at = p + 4 + 6 * m
          let x = try #require(w.number(at, 2))
          let y = try #require(w.number(at + 2, 2))
          #expect((1...2).contains(x >> 14))
          #expect(x & 0x3FFF < 512)
          #expect(y < 512)
          #expect(try #require(w.number(at + 4, 1)) <= angles)
        }
        p += 4 + 6 * count
        #expect(w.number(p, 2) == 0)
        p += 2
      }
      #expect(p == bytes.count)
    }
  }

  @Test func minutiaeRecordsStartAsTheReferenceVectors() {
    // Minimal fixtures of two minutiae, worked out by hand from the layouts.
    #expect(
      Hex.encode(MinutiaeRecordBuilder.iso2005(views: [2])).hasPrefix(
        "464d5200203230000000002a00000200020000c500c50100"))
    #expect(
      Hex.encode(MinutiaeRecordBuilder.incits2004(views: [2])).hasPrefix(
        "464d520020323000002c0042001100000200020000c500c50100"))
  }

  @Test(arguments: [(1, 0), (2, 4), (5, 0)])
  func faceRecordsWalkToTheirLength(_ images: Int, _ points: Int) throws {
    let bytes = FaceRecordBuilder.iso2005((0..<images).map { .card(seed: UInt64($0)) }, points: points)
    let w = Walker(bytes)
    #expect(Array(bytes.prefix(8)) == Array("FAC".utf8) + [0] + Array("010".utf8) + [0])
    #expect(w.number(8, 4) == bytes.count)
    #expect(w.number(12, 2) == images)
    var p = 14
    for _ in 0..<images {
      let block = try #require(w.number(p, 4))
      #expect(w.number(p + 4, 2) == points)
      let image = p + 32 + 8 * points
      #expect(w.number(image - 12 + 2, 2) == 240)
      #expect(w.number(image - 12 + 4, 2) == 320)
      #expect(w.number(image, 3) == 0xFFD8FF)
      #expect(w.number(p + block - 2, 2) == 0xFFD9)
      p += block
    }
    #expect(p == bytes.count)
  }

  @Test func fingerImageRecordsWalkToTheirLength() throws {
    let bytes = FingerImageRecordBuilder.iso2005([.raw(position: 1), .raw(position: 7, width: 10, height: 20)])
    let w = Walker(bytes)
    #expect(w.number(8, 6) == bytes.count)
    #expect(w.number(18, 1) == 2)
    var p = 32
    for (position, pixels) in [(1, 4096), (7, 200)] {
      #expect(w.number(p, 4) == 14 + pixels)
      #expect(w.number(p + 4, 1) == position)
      #expect(try #require(w.number(p + 9, 2)) * (try #require(w.number(p + 11, 2))) == pixels)
      p += 14 + pixels
    }
    #expect(p == bytes.count)
  }

  @Test func irisRecordsWalkToTheirLength() throws {
    let old = Walker(IrisRecordBuilder.iso2005(eyes: [1, 2], width: 32, height: 16))
    #expect(old.number(8, 4) == old.bytes.count)
    #expect(old.number(14, 1) == 2)
    #expect(old.number(15, 2) == 45)
    var p = 45
    for eye in [1, 2] {
      #expect(old.number(p, 1) == eye)
      #expect(old.number(p + 1, 2) == 1)
      #expect(old.number(p + 3 + 7, 4) == 512)
      p += 3 + 11 + 512
    }
    #expect(p == old.bytes.count)

    let new = Walker(
      IrisRecordBuilder.iso2011(eyes: [2], width: 32, height: 16, capturedAt: RecordTime(2018, 11, 2, 14, 3, 11)))
    #expect(new.number(8, 4) == new.bytes.count)
    #expect(new.number(12, 2) == 1)
    #expect(new.number(15, 1) == 1)
    #expect(new.number(16, 4) == new.bytes.count - 16)
    #expect(new.bytes[20..<29] == [0x07, 0xE2, 11, 2, 14, 3, 11, 0, 0])
    #expect(new.number(new.bytes.count - 512 - 4, 4) == 512)
    // As in the public vector, which has two quality blocks: the image length stands at 0x4A, the image at 0x4E.
    let graded = Walker(IrisRecordBuilder.iso2011(width: 32, height: 16, qualityBlocks: 2))
    #expect(graded.number(0x4A, 4) == 512)
    #expect(graded.bytes.count == 0x4E + 512)
  }

  @Test func transactionsWalkByTheirContentField() throws {
    var transaction = TransactionBuilder()
    transaction.addType2()
    let wsq = WSQBuilder.structure(entropyBytes: 90)
    transaction.addType4(finger: 3, width: 256, height: 256, image: wsq)
    transaction.addType9(minutiae: 12)
    // Raw bytes that look like separators must not end the record.
    transaction.addImage(type: 14, width: 4, height: 1, image: [0x1C, 0x1D, 0x1C, 0x1C], compression: "NONE")
    transaction.addType10(width: 160, height: 120, jpeg: JPEGBuilder.testCard())
    let bytes = transaction.bytes
    let w = Walker(bytes)
    func taggedLength(_ p: Int, _ type: Int) -> Int? {
      let head = "\(type).001:"
      guard w.text(p, head.utf8.count) == head else { return nil }
      var at = p + head.utf8.count
      var length = 0
      while let digit = w.number(at, 1), (0x30...0x39).contains(digit) {
        length = length * 10 + digit - 0x30
        at += 1
      }
      return w.number(at, 1) == 0x1D ? length : nil
    }
    let first = try #require(taggedLength(0, 1))
    let text = try #require(w.text(0, first))
    #expect(
      text.contains("1.003:1\u{1F}5\u{1E}2\u{1F}00\u{1E}4\u{1F}01\u{1E}9\u{1F}02\u{1E}14\u{1F}03\u{1E}10\u{1F}04\u{1D}")
    )
    var p = first
    #expect(bytes[p - 1] == 0x1C)
    for type in [2, 4, 9, 14, 10] {
      if type == 4 {
        let length = try #require(w.number(p, 4))
        #expect(length == 18 + wsq.count)
        #expect(w.number(p + 18, 2) == 0xFFA0)
        p += length
      } else {
        p += try #require(taggedLength(p, type))
        #expect(bytes[p - 1] == 0x1C)
      }
    }
    #expect(p == bytes.count)
  }

  /// The digits of a length count themselves: around powers of ten the length jumps by two.
  @Test func taggedLengthsDescribeThemselves() throws {
    for size in 0..<1100 {
      var transaction = TransactionBuilder()
      transaction.addType2([(18, String(repeating: "A", count: size))])
      let bytes = transaction.bytes
      let second = String(decoding: bytes, as: UTF8.self).split(separator: "\u{1C}").last.map(String.init) ?? ""
      #expect(second.hasPrefix("2.001:\(second.utf8.count + 1)\u{1D}"))
    }
  }

  @Test func ldsFilesNestExactly() throws {
    #expect(
      Hex.encode(LDSBuilder.com(groups: [0x61, 0x75, 0x63, 0x6E])) == "60165f0104303130375f36063034303030305c046175636e"
    )
    for (bytes, tag, magic) in [(LDSBuilder.dg2(), 0x75, "FAC"), (LDSBuilder.dg3(), 0x63, "FIR")] {
      let outer = try #require(berWalk(bytes[...]))
      #expect(outer.map(\.tag) == [tag])
      let group = try #require(berWalk(outer[0].value))
      #expect(group.map(\.tag) == [0x7F61])
      let items = try #require(berWalk(group[0].value))
      #expect(items.map(\.tag) == [0x02, 0x7F60])
      let parts = try #require(berWalk(items[1].value))
      #expect(parts.map(\.tag) == [0xA1, 0x5F2E])
      #expect(parts[0].value.count == 14)
      #expect(String(decoding: parts[1].value.prefix(3), as: UTF8.self) == magic)
    }
    let dg1 = try #require(berWalk(LDSBuilder.dg1()[...]))
    #expect(berWalk(dg1[0].value)?.first?.value.count == 88)
  }

  @Test(arguments: [0, 127, 128, 255, 256, 65535, 65536]) func tlvLengths(_ n: Int) throws {
    let walked = try #require(berWalk(LDSBuilder.tlv([0x53], Array(repeating: 7, count: n))[...]))
    #expect(walked.count == 1)
    #expect(walked.first?.value.count == n)
  }

  /// Specimens printed in ICAO Doc 9303 parts 4 and 5.
  @Test func machineReadableZonesAreTheSpecimens() {
    #expect(
      MRZBuilder.td3() == [
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
      ])
    #expect(
      MRZBuilder.td1(number: "D23145890") == [
        "I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
      ])
  }

  @Test func sameSeedSameBytesOtherSeedOtherBytes() {
    let builders: [(UInt64) -> [UInt8]] = [
      { MinutiaeRecordBuilder.iso2005(seed: $0) }, { MinutiaeRecordBuilder.incits2004(seed: $0) },
      { WSQBuilder.structure(seed: $0) },
      { IrisRecordBuilder.iso2005(seed: $0) }, { IrisRecordBuilder.iso2011(seed: $0) },
      { FaceRecordBuilder.iso2005([.card(seed: $0)]) },
      { FingerImageRecordBuilder.iso2005([.raw(seed: $0)]) }, { JPEGBuilder.testCard(seed: $0) },
      { PNGBuilder.testCard(seed: $0) },
    ]
    for build in builders {
      #expect(build(1) == build(1))
      #expect(build(1) != build(2))
    }
  }

  @Test func encryptedZipOpensWithItsPassphrase() throws {
    let content = Array("inside".utf8)
    let bytes = EncryptedZip.archive([.init("a.txt", content)], passphrase: "p", time: RecordTime(2019, 1, 10))
    let w = Walker(bytes)
    #expect(w.number(0, 4) == 0x504B_0304)
    #expect(bytes[6] & 1 == 1, "the flag says encrypted")
    #expect(!bytes.indices.contains { bytes[$0...].starts(with: content) })
    // Decrypt with the keys of APPNOTE 6.1, written out again.
    func step(_ c: UInt32, _ b: UInt8) -> UInt32 {
      (0..<8).reduce((c ^ UInt32(b)) & 0xFF) { c, _ in c & 1 == 1 ? 0xEDB8_8320 ^ (c >> 1) : c >> 1 } ^ (c >> 8)
    }
    var k: [UInt32] = [305_419_896, 591_751_049, 878_082_192]
    func update(_ b: UInt8) {
      k[0] = step(k[0], b)
      k[1] = (k[1] &+ (k[0] & 255)) &* 134_775_813 &+ 1
      k[2] = step(k[2], UInt8(k[1] >> 24))
    }
    for b in "p".utf8 { update(b) }
    let plain = bytes[35..<(35 + 12 + content.count)].map { c -> UInt8 in
      let t = UInt16(truncatingIfNeeded: k[2]) | 2
      let p = c ^ UInt8(truncatingIfNeeded: (t &* (t ^ 1)) >> 8)
      update(p)
      return p
    }
    #expect(Array(plain.suffix(content.count)) == content)
  }
}
