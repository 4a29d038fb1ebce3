internal import CustodyCore
internal import Evidence
internal import FuzzSupport
internal import Records
internal import TestSupport

/// The project's own JSON, and what evidence is checked with.
enum Documents {
  static let subjects: [Subject] = [
    Subject(name: "json", seeds: { json + [statement()] }) { bytes in
      read({ () throws(Complaint) in try JSONParser.parse(bytes, source: "x") }, "json") { value in
        let compact = JSONWriter.compact(value)
        let again = try? JSONParser.parse(compact)
        law(again == value, "what was written says the same")
        law(again.map(JSONWriter.compact) == compact, "it is written the same again")
        law((try? JSONParser.parse(JSONWriter.pretty(value))) == value, "in lines it says the same")
      }
    },
    Subject(name: "inventory", seeds: { lines }) { bytes in inventory(bytes) },
    Subject(name: "report", seeds: { reports }) { bytes in
      document(bytes, { (v) throws(Complaint) in try ReportDocument.decode(v) }) {
        ReportDocument.encode($0, disclosePaths: true)
      }
    },
    Subject(name: "scan-record", seeds: { [JSONWriter.compact(record.json)] }) { bytes in
      document(bytes, { (v) throws(Complaint) in try ScanRecord(json: v) }, \.json)
    },
    Subject(name: "statement", seeds: { [statement(), statement(paths: true)] }) { bytes in
      read({ () throws(Complaint) in try AuditStatement(json: bytes) }, "json", "record", "statement") { value in
        let written = JSONWriter.compact(value.json(disclosePaths: true))
        law((try? AuditStatement(json: written)) == value, "what was written says the same")
      }
    },
    Subject(
      name: "envelope",
      seeds: {
        try [[key], [key, other]].map {
          try EnvelopeSigner.sign(type: AuditStatement.payloadType, payload: statement(), with: $0)
        }
          + [EnvelopeSigner.sign(type: "t", payload: [1, 2, 3], with: [key])]
      }
    ) { bytes in
      read({ () throws(Complaint) in try UnverifiedEnvelope(json: bytes) }, "json", "envelope") { value in
        law(value.signatures.count <= UnverifiedEnvelope.mostSignatures, "signatures are few")
        // Verified with a key the fuzzer does not know: nothing it makes can hold.
        if case .success = value.verify(keys: [stranger], types: [AuditStatement.payloadType]) {
          law(false, "nobody signs without the key")
        }
      }
    },
    Subject(name: "certificate", seeds: { certificates }) { bytes in
      for expired in [false, true] {
        read(
          { () throws(Complaint) in
            try RecipientCertificate(pem: bytes, at: Instant(seconds: 1_800_000_000), allowExpired: expired)
          }, "certificate", "key"
        ) { _ in }
      }
    },
    Subject(name: "public-key", seeds: { [Array(stranger.pem.utf8), Array(key.publicKey.pem.utf8)] }) { bytes in
      read({ () throws(Complaint) in try PublicKey(pem: bytes) }, "key") { value in
        law((try? PublicKey(pem: Array(value.pem.utf8)))?.keyID == value.keyID, "a key written is the same key")
        law(!value.verifies(bytes, over: bytes), "a key is no signature")
      }
    },
  ]

  private static func read<T>(
    _ reader: () throws(Complaint) -> T, _ families: String..., then: (T) -> Void
  ) {
    let value: T
    do throws(Complaint) { value = try reader() } catch {
      return check(error, families)
    }
    then(value)
  }

  /// Read, written, read: the same, and written the same.
  private static func document<T: Equatable>(
    _ bytes: [UInt8], _ decode: (JSONValue) throws(Complaint) -> T, _ encode: (T) -> JSONValue
  ) {
    guard let value = try? JSONParser.parse(bytes) else { return }
    read({ () throws(Complaint) in try decode(value) }, "record") { value in
      let written = JSONWriter.compact(encode(value))
      guard let again = try? decode(JSONParser.parse(written)) else {
        return law(false, "what was written can be read")
      }
      law(again == value, "what was written says the same")
      law(JSONWriter.compact(encode(again)) == written, "it is written the same again")
    }
  }

  private static func inventory(_ bytes: [UInt8]) {
    for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      read({ () throws(Complaint) in try InventoryLine.decode(Array(line)) }, "inventory") { value in
        var written: [UInt8] = []
        InventoryLine.encode(value, into: &written)
        law(written == Array(line), "an accepted line is the one that would be written")
      }
    }
  }

  // MARK: - Seeds

  private static let json = [
    #"{"a":[1,-0,2.5e-3,18446744073709551615,9223372036854775808,true,false,null],"é\u00e9\ud83d\ude00\n":{"":[[]]}}"#,
    "[ ]", "\t\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"\n", "-1E+400", "1e-999", String(repeating: "[", count: 64),
  ].map { Array($0.utf8) }

  private static let lines: [[UInt8]] = {
    let plain = Examination(index: 0, nonce: [UInt8](0..<16), locator: Locator("a.tar"), size: 5)
    var full = Examination(
      index: 9_007_199_254_740_993, nonce: [UInt8](repeating: 255, count: 16),
      locator: Locator([Array("a.tar".utf8), [0x6C, 0xFF, 0x0A, 0x22], Array("é!/b".utf8)]), size: .max,
      sha256: .repeating(7), kind: ContentKind(rawValue: "image/jpeg"), modified: Instant(seconds: -1),
      disposition: .partial, reason: .pixelsNotExamined, notes: ["a note", "\"\\ é"], link: [0x2F, 0xFE],
      attributes: ["width": 640, "gps": true, "clock": "exif"],
      observations: [
        Observation(
          .faceImage, detector: "face.hog", version: 1, strength: .weak, count: 2,
          place: Place(offset: 10, length: 90), attributes: ["eye": "left", "n": -5]),
        Observation(.plateRead, detector: "plate.text", version: 3, strength: .proof),
      ])
    var sample = NameSample(limit: NameSketch.limit)
    for i in 0..<40 { sample.add(UInt64(i) &* 0x9E37_79B9_7F4A) }
    full.names = PictureNames(files: sample.sketch, keys: sample.sketch)
    let all = [plain, full].map { one in
      var out: [UInt8] = []
      InventoryLine.encode(one, into: &out)
      return out
    }
    return all + [all[0] + all[1]]
  }()

  private static let reports = [Report.sample(), .clean].flatMap { report in
    [true, false].map { JSONWriter.compact(ReportDocument.encode(report, disclosePaths: $0)) }
  }
  private static let record = ScanRecord(
    snapshots: Report.sample().coverage.snapshots, inventory: Report.sample().inventory,
    limits: [.init(name: "maxDepth", value: 17), .init(name: "maxEntryBytes", value: .max)],
    detectors: ["face.hog/1"],
    run: .init(
      startedOn: Instant(seconds: 1_559_347_200), finishedOn: Instant(seconds: 1_559_347_260),
      digestProvider: .init(name: "default", version: "3.0"), host: [.init(name: "kernel", value: "6.1")]))
  private static func statement(paths: Bool = false) -> [UInt8] {
    JSONWriter.compact(
      AuditStatement(
        scanner: ScannerIdentity(uri: "https://example.org/custody", version: "1.0.0", sha256: .repeating(8)),
        record: paths ? record : nil, report: .sample(),
        byproducts: [Byproduct(name: "report.html", sha256: .repeating(9), mediaType: "text/html")]
      ).json(disclosePaths: paths))
  }

  private static let key = made(.ed25519)
  private static let other = made(.ecdsaP256)
  private static let stranger = made(.ed25519).publicKey
  private static func made(_ algorithm: KeyAlgorithm) -> PrivateKey {
    guard let key = try? PrivateKey.generate(algorithm) else { fatalError("OpenSSL makes no key") }
    return key
  }

  /// Self-signed, valid from 2026 to 2126: an RSA key, a P-256 key, and one that may only sign.
  private static let certificates: [[UInt8]] = Certificates.pem.map { Array($0.utf8) } + [Array(stranger.pem.utf8)]
}
