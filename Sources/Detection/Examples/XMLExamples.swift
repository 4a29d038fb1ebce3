import CustodyCore

/// Synthetic NIEM packages.
enum PackageExample {
  private static func record(_ name: String, _ code: Int, _ body: String = "") -> String {
    "<itl:\(name)><biom:RecordCategoryCode>\(code)</biom:RecordCategoryCode>\(body)</itl:\(name)>\n"
  }
  private static func object(_ bytes: [UInt8]) -> String {
    "<nc:BinaryBase64Object>\n\(Base64.encode(bytes))\n</nc:BinaryBase64Object>"
  }

  static func package(_ records: [String], close: Bool = true) -> String {
    """
    <?xml version="1.0" encoding="UTF-8"?>
    <!-- an example -->
    <itl:NISTBiometricInformationExchangePackage xmlns:itl="http://biometrics.nist.gov/standard/2011" \
    xmlns:biom="http://niem.gov/niem/biometrics/1.0" xmlns:nc="http://niem.gov/niem/niem-core/2.0">
    <itl:PackageInformationRecord><biom:RecordCategoryCode>01</biom:RecordCategoryCode></itl:PackageInformationRecord>

    """ + records.joined() + (close ? "</itl:NISTBiometricInformationExchangePackage>\n" : "")
  }

  static let identity = record("PackageDescriptiveTextRecord", 2, "<biom:Name>ERIKSSON &amp; &lt;ANNA&gt;</biom:Name>")
  static let finger = record(
    "PackageFingerprintImageRecord", 14,
    "<biom:FingerImpressionImage>\(object(InterchangeParts.jpeg(300, 400)))"
      + "<biom:ImageCaptureDate><nc:Date>2026-01-02</nc:Date></biom:ImageCaptureDate></biom:FingerImpressionImage>")
  static let face = record(
    "PackageFacialAndSMTImageRecord", 10,
    "<biom:FaceImage>\(object(InterchangeParts.jpeg(240, 320)))"
      + "<biom:ImageCategoryCode>FACE</biom:ImageCategoryCode></biom:FaceImage>")
  static let tattoo = record(
    "PackageFacialAndSMTImageRecord", 10,
    "<biom:PhysicalFeatureImage>\(object(InterchangeParts.jpeg(240, 320)))</biom:PhysicalFeatureImage>")
  static let minutiae = record("PackageMinutiaeRecord", 9, "<biom:Minutia/><biom:Minutia/>")
  static let cbeff = record("PackageCBEFFBiometricDataRecord", 99, object(InterchangeParts.minutiae))

  private static let mixed = [
    "biometric.record proof x1", "face.image proof x1", "finger.image proof x1", "finger.template proof x2",
    "identity.record strong x1",
  ]

  /// UTF-16 with a byte order mark.
  static func utf16(_ text: String, bigEndian: Bool) -> [UInt8] {
    (bigEndian ? [0xFE, 0xFF] : [0xFF, 0xFE])
      + text.utf16.flatMap { bigEndian ? InterchangeParts.u16(Int($0)) : InterchangeParts.u16le(Int($0)) }
  }

  static let positives: [DetectorExample] = [
    DetectorExample("identity, finger, face, tattoo, minutiae, CBEFF", expected: mixed) {
      Array(package([identity, finger, face, tattoo, minutiae, cbeff]).utf8)
    },
    DetectorExample("UTF-16, little-endian", expected: mixed) {
      utf16(package([identity, finger, face, tattoo, minutiae, cbeff]), bigEndian: false)
    },
    DetectorExample("UTF-16, big-endian", expected: ["finger.image proof x1"]) {
      utf16(package([finger]), bigEndian: true)
    },
    DetectorExample("in an envelope", expected: ["face.image proof x1"]) {
      Array(("<soap:Envelope><soap:Body>" + package([face]).dropFirst(39) + "</soap:Body></soap:Envelope>").utf8)
    },
    DetectorExample("cut after its records", expected: ["finger.image proof x1"]) {
      Array(package([finger], close: false).utf8)
    },
  ]
  static let negatives: [DetectorExample] = [
    DetectorExample("the name in a manual") {
      Array("The root is `NISTBiometricInformationExchangePackage`, see annex C.".utf8)
    },
    DetectorExample("its schema") {
      Array(#"<xsd:element name="NISTBiometricInformationExchangePackage" type="itl:PackageType"/>"#.utf8)
    },
    DetectorExample("a package of no record") { Array(package([]).utf8) },
    DetectorExample("picture that is none", expected: ["finger.image strong x1"]) {
      Array(
        package([record("PackageFingerprintImageRecord", 14, object(InterchangeParts.noise(90)))]).utf8)
    },
  ]
}

/// Synthetic XML biometric information records.
enum CBEFFExample {
  static func bir(_ type: Int, _ modality: String, _ data: [UInt8]) -> String {
    """
    <BIR><Version><Major>1</Major><Minor>1</Minor></Version><BIRInfo><Integrity>false</Integrity></BIRInfo>
    <BDBInfo><Format><Organization>257</Organization><Type>\(type)</Type></Format><Type>\(modality)</Type>
    <Subtype>Left IndexFinger</Subtype><Level>Raw</Level></BDBInfo><BDB>\(Base64.encode(data))</BDB></BIR>

    """
  }
  static func document(_ birs: [String]) -> [UInt8] {
    Array(
      ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<BIR xmlns=\"http://standards.iso.org/iso-iec/19785/-3/ed-2/\">\n"
        + birs.joined() + "</BIR>\n").utf8)
  }

  static let positives: [DetectorExample] = [
    DetectorExample(
      "finger, face and iris", expected: ["face.image proof x1", "finger.image proof x2", "iris.image proof x1"]
    ) {
      document([
        bir(7, "Finger", InterchangeParts.finger(2)), bir(7, "Finger", InterchangeParts.finger(7)),
        bir(8, "Face", InterchangeParts.face()), bir(9, "Iris", InterchangeParts.iris()),
      ])
    },
    DetectorExample("palm", expected: ["palm.image proof x1"]) {
      document([bir(7, "Finger", InterchangeParts.finger(21))])
    },
    DetectorExample("encrypted block", expected: ["face.image strong x1"]) {
      document([bir(8, "Face", InterchangeParts.noise(400))])
    },
  ]
  static let negatives: [DetectorExample] = [
    DetectorExample("no data block") { document(["<BIRInfo><Integrity>false</Integrity></BIRInfo>"]) },
    DetectorExample("its schema") {
      Array(
        #"<xs:schema targetNamespace="http://standards.iso.org/iso-iec/19785/-3/ed-2/"><xs:element name="BIR"/>"#.utf8)
    },
  ]
}
