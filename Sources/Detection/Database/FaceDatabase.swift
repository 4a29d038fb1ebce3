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
  /// Tables with columns that only this product has together; all of one row must be there. Lower case. A table called
  /// `image` beside one called `embedding` proves nothing: what tells are the product's own columns.
  var marks: [[String: Set<String>]]
  var evidence: [Evidence]

  /// Whether a database of these tables and columns, in lower case, is one of this product.
  func isThere(_ tables: [String: Set<String>]) -> Bool {
    marks.contains { $0.allSatisfy { mark in tables[mark.key].map(mark.value.isSubset) ?? false } }
  }

  static let all: [FaceDatabase] = [
    FaceDatabase(
      system: "digikam",
      marks: [
        ["identities": ["id", "type"], "facematrices": ["identity", "data"]],
        ["identities": ["id", "type"], "facematrices": ["identity", "vecdata"]],
        ["facematrices": ["identity", "context", "vecdata"]], ["facematrices": ["identity", "context", "data"]],
        ["identities": ["id", "type"], "opencvlbphistograms": ["identity"]],
      ],
      evidence: [
        Evidence(table: "facematrices", column: "data"), Evidence(table: "facematrices", column: "vecdata"),
        Evidence(table: "opencvlbphistograms", column: "histogram"),
        Evidence(table: "opencvlbphistograms", column: "data"),
        // Names of persons, where the tables of faces stand beside them.
        Evidence(table: "identityattributes", column: "value"),
      ]),
    FaceDatabase(
      system: "photoprism",
      marks: [
        ["markers": ["marker_uid", "embeddings_json"]], ["markers": ["subj_uid", "embeddings_json"]],
        ["faces": ["face_src", "embedding_json"]], ["faces": ["subj_uid", "embedding_json"]],
      ],
      evidence: [
        Evidence(table: "markers", column: "embeddings_json"), Evidence(table: "faces", column: "embedding_json"),
      ]),
    FaceDatabase(
      system: "immich",
      marks: [
        ["face_search": ["faceid", "embedding"]],
        ["asset_faces": ["assetid", "personid", "boundingboxx1"]],
        ["asset_face": ["assetid", "personid", "boundingboxx1"]],
      ],
      evidence: [
        Evidence(table: "face_search", column: "embedding"), Evidence(table: "asset_faces", column: "personid"),
        Evidence(table: "asset_face", column: "personid"),
      ]),
    FaceDatabase(
      system: "shotwell",
      marks: [["facetable": ["id", "name"], "facelocationtable": ["face_id", "photo_id", "geometry"]]],
      evidence: [
        Evidence(table: "facelocationtable", column: "geometry"), Evidence(table: "facelocationtable", column: "vec"),
      ]),
    FaceDatabase(
      system: "apple-photos",
      marks: [
        ["zdetectedface": [], "zdetectedfaceprint": ["zdata"]], ["zdetectedface": [], "zfacecrop": ["zresourcedata"]],
        ["zdetectedface": [], "zperson": ["zfullname"]], ["rkface": [], "rkperson": ["name"]],
      ],
      evidence: [
        Evidence(table: "zdetectedfaceprint", column: "zdata"), Evidence(table: "zfacecrop", column: "zresourcedata"),
        Evidence(table: "zperson", column: "zfullname"), Evidence(table: "rkperson", column: "name"),
      ]),
    FaceDatabase(
      system: "compreface",
      marks: [
        ["embedding": ["subject_id", "embedding", "calculator"]],
        ["subject": ["api_key", "subject_name"], "img": ["content"]],
        ["face": ["face_name", "embeddings", "api_key"]],
      ],
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
