internal import CustodyCore

/// Databases that are known to hold faces or templates, by the names of their tables and columns.
///
/// Sources: the schemas of digiKam, PhotoPrism, Immich, Shotwell, Apple Photos, CompreFace and Frigate as their projects
/// publish them. Column types of text embeddings (CLIP) in the same databases are no faces and not listed.
struct FaceDatabase: Sendable {
  /// A table with the column whose rows are somebody's.
  struct Evidence: Sendable {
    var table: String
    var column: String
  }
  var system: String
  /// Names of which two or more must be there. Lower case.
  var tables: [String]
  var evidence: [Evidence]

  static let all: [FaceDatabase] = [
    FaceDatabase(
      system: "digikam",
      tables: ["imagetagproperties", "identities", "identityattributes", "facematrices", "opencvlbphistograms"],
      evidence: [
        Evidence(table: "facematrices", column: "data"), Evidence(table: "facematrices", column: "vecdata"),
        Evidence(table: "opencvlbphistograms", column: "histogram"),
        Evidence(table: "identityattributes", column: "value"),
      ]),
    FaceDatabase(
      system: "photoprism", tables: ["markers", "faces", "subjects"],
      evidence: [
        Evidence(table: "markers", column: "embeddings_json"), Evidence(table: "faces", column: "embedding_json"),
      ]),
    FaceDatabase(
      system: "immich", tables: ["asset_face", "asset_faces", "person", "face_search"],
      evidence: [
        Evidence(table: "face_search", column: "embedding"), Evidence(table: "asset_faces", column: "personid"),
      ]),
    FaceDatabase(
      system: "shotwell", tables: ["facetable", "facelocationtable"],
      evidence: [
        Evidence(table: "facelocationtable", column: "geometry"), Evidence(table: "facelocationtable", column: "vec"),
      ]),
    FaceDatabase(
      system: "apple-photos",
      tables: [
        "zdetectedface", "zdetectedfaceprint", "zfacecrop", "zperson", "zdetectedfacegroup", "rkface", "rkperson",
      ],
      evidence: [
        Evidence(table: "zdetectedfaceprint", column: "zdata"), Evidence(table: "zfacecrop", column: "zresourcedata"),
        Evidence(table: "zperson", column: "zfullname"), Evidence(table: "rkperson", column: "name"),
      ]),
    FaceDatabase(
      system: "compreface", tables: ["subject", "embedding", "img", "face", "image"],
      evidence: [
        Evidence(table: "embedding", column: "embedding"), Evidence(table: "face", column: "embeddings"),
        Evidence(table: "img", column: "content"),
      ]),
  ]

  /// Tables of home-made galleries. Lower case, without underscores.
  static let galleries: Set<String> = [
    "faces", "facetable", "faceencodings", "faceembeddings", "facetemplates", "faceprints", "biometrictemplates",
    "biometrics", "fingerprints", "fingertemplates", "fingerprinttemplates", "enrollments", "enrolments", "watchlist",
    "gallery", "subjectphoto", "subjectphotos", "irises", "iristemplates", "voiceprints", "palmprints", "minutiae",
  ]

  /// Columns that hold what was measured of a person. Lower case, without underscores.
  static let templateColumns: Set<String> = [
    "faceencoding", "encoding", "encodings", "embedding", "embeddings", "embeddingjson", "facedescriptor", "descriptor",
    "facevector", "faceprint", "facetemplate", "featurevector", "fvec", "normedembedding", "biometrictemplate",
    "template",
    "minutiae", "iriscode", "iristemplate", "voiceprint", "speakerembedding", "xvector", "ivector", "gaitvector",
    "fingerprint", "fingertemplate", "fingerimage", "faceimage", "irisimage", "palmprint", "wsq",
  ]

  /// Columns of these names mean a biometric whatever the table is called.
  static let plainColumns: Set<String> = [
    "faceencoding", "facedescriptor", "facevector", "faceprint", "facetemplate", "biometrictemplate", "iriscode",
    "iristemplate", "voiceprint", "speakerembedding", "gaitvector", "fingertemplate", "minutiae",
  ]

  /// Letters and digits in lower case.
  static func plain(_ name: String) -> String {
    String(decoding: name.utf8.filter { $0 != 0x5F && $0 != 0x2D && $0 != 0x20 }, as: UTF8.self).lowercased()
  }
}
