public import CustodyCore

/// What users and policies know of a detector that looks at pixels.
public struct VisionDetector: Sendable {
  /// Stable dotted name, `modality.method`.
  public var name: String
  /// Rises whenever answers can change.
  public var version: Int
  public var dataClass: DataClass
  /// Strengths it can give.
  public var strengths: [Strength]
  /// One line.
  public var summary: String
  /// Where the method comes from.
  public var sources: [String]
  /// What it cannot see, said plainly.
  public var limits: [String]
}

/// Every detector of `custody-vision`, in the order in which it asks them.
///
/// The detectors themselves are C++ in `Sources/CVision/detect`; a test holds this list against what the worker says of
/// itself.
public enum VisionCatalog {
  public static let all: [VisionDetector] = [
    VisionDetector(
      name: "face.hog", version: 1, dataClass: .faceImage, strengths: [.strong, .weak],
      summary: "faces in pictures and videos, by histograms of oriented gradients",
      sources: ["dlib's frontal face detector (Dalal and Triggs 2005; Felzenszwalb et al. 2010)"],
      limits: [
        "faces from the side, half hidden or small are often missed: below 24 pixels in a picture of 640, 60 in one of 4000",
        "faces turned by more than about 30 degrees are missed, unless the whole picture lies on its side",
        "statues, dolls, drawings and masks can count as faces", "a face is not a person, and nobody is recognized",
      ]),
    VisionDetector(
      name: "plate.rows", version: 1, dataClass: .plateImage, strengths: [.weak],
      summary: "licence plates nobody could read: a row of characters that looks like one",
      sources: ["adaptive threshold and connected components"],
      limits: ["signs, labels and captions can look the same: a lead for review"]),
    VisionDetector(
      name: "plate.read", version: 1, dataClass: .plateImage, strengths: [.strong],
      summary: "licence plates whose reading fits the pattern of a region; the reading is discarded",
      sources: ["Tesseract 5 (LSTM, English) on each candidate row"],
      limits: ["Latin letters and digits only", "plates lower than about 15 pixels are missed"]),
    VisionDetector(
      name: "mrz.picture", version: 1, dataClass: .identityMRZ, strengths: [.proof, .strong, .weak],
      summary: "machine readable zones of travel documents in pictures; what they say is discarded",
      sources: ["ICAO Doc 9303 parts 3 to 7", "Tesseract 5 (LSTM, English) where a band of text lines is found"],
      limits: ["zones with characters lower than about 12 pixels are found and not read, or missed"]),
    VisionDetector(
      name: "document.picture", version: 1, dataClass: .identityDocument, strengths: [.strong, .weak],
      summary: "identity documents in pictures: a machine readable zone, or a portrait in a layout of text",
      sources: ["ICAO Doc 9303 part 3"], limits: ["documents without a machine readable zone are at most weak"]),
    VisionDetector(
      name: "ridges.texture", version: 1, dataClass: .fingerImage, strengths: [.weak],
      summary: "pictures of finger or palm ridges, by their period and their smoothly turning direction",
      sources: ["structure tensor and block spectra"],
      limits: ["small or smeared prints are missed, and drawn rings and spirals can look the same"]),
    VisionDetector(
      name: "iris.closeup", version: 1, dataClass: .irisImage, strengths: [.weak],
      summary: "close-ups of an eye: a dark pupil in a darker ring", sources: ["two nearly concentric circles"],
      limits: ["an eye in a portrait is no close-up", "cameras' lenses and buttons can look the same"]),
  ]

  /// `name/version` of every detector.
  public static let names = all.map { "\($0.name)/\($0.version)" }
}
