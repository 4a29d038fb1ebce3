import CustodyCore

/// A record of a part of ISO/IEC 19794 whose framing is public and whose body is not: spectral and skeletal finger
/// data, vein, hand, signature, voice and DNA. Only lengths and counts are judged.
struct FramedRecord: Sendable, Equatable {
  enum Family: String, Sendable, CaseIterable {
    case fingerSpectral = "FSP"
    case fingerSkeleton = "FSK"
    case vascular = "VIR"
    case signatureSeries = "SDI"
    case signature = "SPD"
    case hand = "HND"
    case voice = "VDI"
    case dna = "DNA"

    var standard: String {
      switch self {
      case .fingerSpectral: "ISO/IEC 19794-3"
      case .fingerSkeleton: "ISO/IEC 19794-8"
      case .vascular: "ISO/IEC 19794-9"
      case .signatureSeries: "ISO/IEC 19794-7"
      case .signature: "ISO/IEC 19794-11"
      case .hand: "ISO/IEC 19794-10"
      case .voice: "ISO/IEC 19794-13"
      case .dna: "ISO/IEC 19794-14"
      }
    }

    var dataClass: DataClass {
      switch self {
      case .fingerSpectral, .fingerSkeleton: .fingerTemplate
      case .vascular: .veinImage
      case .signatureSeries, .signature: .signatureImage
      case .hand: .biometricRecord
      case .voice: .voiceSample
      case .dna: .dnaProfile
      }
    }

    /// The parts whose framing a public reader confirms may be proved by a sum over two representations.
    var canBeProved: Bool { self == .fingerSpectral || self == .fingerSkeleton }
    var magic: [UInt8] { Array(rawValue.utf8) + [0] }
  }

  var family: Family
  var representations: Int
  var declaredLength: Int
  var length: Int
  var strength: Strength
  var capturedAt: RecordDate?

  /// Reads the record at `start`; nil unless the header is in range.
  static func parse(_ bytes: RawSpan, at start: Int, room: RecordRoom) -> FramedRecord? {
    guard let record = bytes.from(start, count: room.available),
      let family = Family.allCases.first(where: { record.has($0.magic, at: 0) }), let general = header(record)
    else { return nil }
    var found = FramedRecord(
      family: family, representations: general.representations, declaredLength: general.length,
      length: min(room.available, general.length), strength: .weak)
    let fits =
      general.length <= room.available
      && (!room.isWhole || Tolerance.meets(general.length, room.available) || general.representations > 1)
    guard fits, let first = firstRepresentation(record, general) else { return found }
    found.capturedAt = RecordDate(record, at: first + 4)
    found.strength = family.canBeProved && general.representations >= 2 ? .proof : .strong
    return found
  }

  static func declaredLength(_ bytes: RawSpan, at start: Int) -> Int? {
    guard let record = bytes.from(start, count: bytes.byteCount) else { return nil }
    return header(record)?.length
  }

  private static func header(_ record: RawSpan) -> GeneralHeader2011? {
    guard record.u8(4) == 0x30, let digit = record.u8(5), (0x30...0x39).contains(digit), record.u8(6) == 0x30,
      record.u8(7) == 0, let general = GeneralHeader2011(record), general.representations <= 255,
      general.length >= GeneralHeader2011.size + RepresentationHead2011.smallest * general.representations,
      general.length <= Tolerance.largestRecord
    else { return nil }
    return general
  }

  /// Where the representations begin so that their lengths sum up to the record's: behind 15 or 16 bytes; nil when
  /// neither fits.
  private static func firstRepresentation(_ record: RawSpan, _ general: GeneralHeader2011) -> Int? {
    for header in [GeneralHeader2011.size, GeneralHeader2011.size + 1] {
      var at = header
      var whole = true
      for _ in 0..<general.representations where whole {
        guard let length = record.u32(at), length >= RepresentationHead2011.smallest, at + length <= general.length
        else {
          whole = false
          continue
        }
        at += length
      }
      if whole, at == general.length { return header }
    }
    return nil
  }
}
