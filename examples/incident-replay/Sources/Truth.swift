import CustodyCore
import Records

/// What the builder put in, by its own account: the answer a scan must find.
struct Truth {
  struct Count {
    /// Files that carry the class.
    var entries = 0
    /// Records of the class in them.
    var items = 0
    /// Records of the class when each content is counted once.
    var distinctItems = 0
    var contents: Set<[UInt8]> = []
  }

  private(set) var classes: [DataClass: Count] = [:]
  /// Pictures without any biometric record: drawn cards that no header tells from photographs.
  var plainPictures = 0
  /// Members of the encrypted archive; what is in them is known to the builder only.
  var encryptedMembers = 0
  /// Files that hold nothing of interest.
  var benign = 0
  private(set) var firstCapture = ""
  private(set) var lastCapture = ""

  /// Counts one file with what it holds.
  mutating func add(_ file: Specimen) {
    for (dataClass, items) in file.holds {
      var count = classes[dataClass] ?? Count()
      count.entries += 1
      count.items += items
      if count.contents.insert(file.bytes).inserted { count.distinctItems += items }
      classes[dataClass] = count
    }
    if let time = file.capturedAt {
      if firstCapture.isEmpty || time < firstCapture { firstCapture = time }
      lastCapture = max(lastCapture, time)
    }
  }

  /// Images and templates of bodies: what the figure 184 counts. Identity data is counted beside it.
  static let biometric: [DataClass] = [.faceImage, .fingerImage, .fingerTemplate, .irisImage]

  var biometricItems: Int { Self.biometric.reduce(0) { $0 + (classes[$1]?.items ?? 0) } }
  var distinctBiometricItems: Int { Self.biometric.reduce(0) { $0 + (classes[$1]?.distinctItems ?? 0) } }

  var document: JSONValue {
    var byClass = JSONObject()
    for (dataClass, count) in classes.sorted(by: { $0.key < $1.key }) {
      byClass.add(
        dataClass.rawValue,
        [
          "entries": .int(Int64(count.entries)), "items": .int(Int64(count.items)),
          "distinctContents": .int(Int64(count.contents.count)), "distinctItems": .int(Int64(count.distinctItems)),
        ])
    }
    return [
      "biometricItems": .int(Int64(biometricItems)),
      "distinctBiometricItems": .int(Int64(distinctBiometricItems)),
      "dataClasses": .object(byClass),
      "capturedFrom": .string(firstCapture),
      "capturedTo": .string(lastCapture),
      "plainPictures": .int(Int64(plainPictures)),
      "encryptedMembers": .int(Int64(encryptedMembers)),
      "benignFiles": .int(Int64(benign)),
    ]
  }
}

/// One file's bytes and what they hold.
struct Specimen {
  var bytes: [UInt8]
  var holds: [DataClass: Int]
  /// `yyyy-MM-ddTHH:mm:ss` when the record or its image says so.
  var capturedAt: String?
}
