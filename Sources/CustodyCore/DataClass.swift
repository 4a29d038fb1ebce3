/// What the content of an entry means for custody: `modality.form`.
///
/// The raw value is the word used in inventories, policies, reports and on the command line.
public enum DataClass: String, CaseIterable, Sendable, Hashable, Comparable {
  case faceImage = "face.image"
  case faceTemplate = "face.template"
  case fingerImage = "finger.image"
  case fingerTemplate = "finger.template"
  case palmImage = "palm.image"
  case irisImage = "iris.image"
  case irisTemplate = "iris.template"
  case veinImage = "vein.image"
  case voiceSample = "voice.sample"
  case voiceTemplate = "voice.template"
  case dnaProfile = "dna.profile"
  case signatureImage = "signature.image"
  case plateImage = "plate.image"
  case plateRead = "plate.read"
  case identityDocument = "identity.document"
  case identityMRZ = "identity.mrz"
  case identityRecord = "identity.record"
  /// A mixed interchange file, or a record whose modality no data class names (scar, dental, palm template …).
  case biometricRecord = "biometric.record"
  case biometricDatabase = "biometric.database"
  /// A video nobody has looked into.
  case videoUnexamined = "video.unexamined"

  public static func < (a: DataClass, b: DataClass) -> Bool { a.rawValue < b.rawValue }

  /// The part before the dot: `face`, `finger`, `plate`, `identity` …
  public var modality: Substring { rawValue.prefix { $0 != "." } }
}
