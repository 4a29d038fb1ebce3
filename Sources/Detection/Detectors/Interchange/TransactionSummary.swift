import CustodyCore

/// What the records of one transaction mean, class by class.
struct TransactionSummary {
  private struct Part {
    var strength = Strength.weak
    var count = 0
    var records: [TransactionRecord] = []
  }
  private var parts: [DataClass: Part] = [:]
  private let header: TransactionHeader
  private let types: [Int]
  private let recordCount: Int

  /// - Parameter cutByWindow: the walk ended at the window's limit rather than at the end of the data: what was not
  ///   reached is counted from 1.003.
  init(_ bytes: RawSpan, _ walk: TransactionWalk, cutByWindow: Bool) {
    let missing = walk.header.content.dropFirst(walk.records.count)
    let all = walk.records.map(\.type) + missing.map(\.type)
    header = walk.header
    types = Set(all).sorted()
    recordCount = all.count
    // Lengths of all records end on each other or on the end of the entry; short of that each record must speak for itself.
    let isProof =
      walk.header.isExact
      && (walk.isComplete && !walk.wasMended && (walk.landed || walk.records.allSatisfy(\.isVerified))
        || cutByWindow && !walk.wasMended && walk.records.filter { $0.isWhole && $0.isVerified }.count >= 2)
    for record in walk.records {
      let seen: Strength = isProof && record.isWhole ? .proof : record.length > 0 ? .strong : .weak
      add(bytes, record, seen)
    }
    for announced in missing where cutByWindow || walk.records.allSatisfy({ $0.length == 0 }) {
      let record = TransactionRecord(type: announced.type, offset: 0, length: 0, isWhole: false)
      add(bytes, record, cutByWindow ? .strong : .weak)
    }
  }

  private mutating func add(_ bytes: RawSpan, _ record: TransactionRecord, _ strength: Strength) {
    guard let (dataClass, count) = Self.meaning(bytes, record) else { return }
    parts[dataClass, default: Part()].count += count
    parts[dataClass, default: Part()].records.append(record)
    if let held = parts[dataClass]?.strength, strength > held { parts[dataClass]?.strength = strength }
  }

  /// The data class of a record; nil for records that hold no person's data.
  private static func meaning(_ bytes: RawSpan, _ record: TransactionRecord) -> (DataClass, Int)? {
    switch record.type {
    case 2: return (.identityRecord, 1)
    case 3...6, 13, 14: return (.fingerImage, 1)
    case 8: return (.signatureImage, 1)
    case 9: return (.fingerTemplate, 1)
    case 10: return (record.imageType == "face" ? .faceImage : .biometricRecord, 1)
    case 11: return (.voiceSample, 1)
    case 15: return (.palmImage, 1)
    case 17: return (.irisImage, 1)
    case 18: return (.dnaProfile, 1)
    case 7, 12, 16, 19, 20, 22: return (.biometricRecord, 1)
    case 99:
      // The data block ends before the closing FS; some writers put a header of zeros before the record.
      guard let image = record.image,
        let block = bytes.from(0, count: max(image, record.offset + record.length - 1)),
        let inner = InnerRecord.search(block, at: image, reach: 64), inner.strength > .weak
      else { return (.biometricRecord, 1) }
      return (inner.dataClass, max(1, inner.count))
    default: return nil
    }
  }

  func observations(detector: String, version: Int, place: Place) -> [Observation] {
    parts.sorted { $0.key < $1.key }.map { dataClass, part in
      var attributes: Attributes = ["format": "ANSI/NIST-ITL"]
      if let version = header.version { attributes["version"] = .string(version) }
      attributes["records"] = .int(Int64(recordCount))
      attributes["types"] = .string(types.map(String.init).joined(separator: ","))
      if let width = same(part.records.map(\.width)) { attributes["width"] = .int(Int64(width)) }
      if let height = same(part.records.map(\.height)) { attributes["height"] = .int(Int64(height)) }
      if let compression = same(part.records.map(\.compression)) { attributes["compression"] = .string(compression) }
      let positions = Set(part.records.compactMap { $0.type == 17 ? nil : $0.position }).sorted()
      if !positions.isEmpty {
        attributes["position"] = .string(positions.map(String.init).joined(separator: ","))
      }
      let eyes = Set(part.records.compactMap { $0.type == 17 ? $0.position : nil }).sorted()
      if !eyes.isEmpty {
        attributes["eye"] = .string(
          eyes.map { $0 == 1 ? "right" : $0 == 2 ? "left" : "unknown" }.joined(separator: ","))
      }
      if dataClass == .biometricRecord {
        let kinds = Set(part.records.map { $0.imageType ?? Self.name($0.type) }).sorted()
        attributes["imageType"] = .string(kinds.joined(separator: ","))
      }
      let dates = Set(part.records.compactMap(\.date))
      if dates.count == 1, let date = dates.first {
        attributes["capturedAt"] = .string(date + "T00:00:00")
        attributes["clock"] = "record"
      }
      if header.isPublicSample { attributes["specimen"] = "NIST sample agency identifiers" }
      return Observation(
        dataClass, detector: detector, version: version, strength: part.strength, count: part.count, place: place,
        attributes: attributes)
    }
  }

  private func same<T: Hashable>(_ values: [T?]) -> T? {
    guard let first = values.first, values.allSatisfy({ $0 == first }) else { return nil }
    return first
  }

  private static func name(_ type: Int) -> String {
    switch type {
    case 7: "user image"
    case 12: "dental"
    case 16: "test image"
    case 19: "plantar"
    case 20: "source image"
    case 22: "non-photographic image"
    case 99: "cbeff"
    default: "other"
    }
  }
}
