import CustodyCore

/// What the names beside vectors say: keys, columns, tensor and attribute names (catalogue of formats, 5.8). Names are
/// sorted into kinds and forgotten, never reported.
struct VectorNames: OptionSet, Sendable {
  let rawValue: Int

  init(rawValue: Int) { self.rawValue = rawValue }

  /// A vector of a face: `face_encoding`, `normed_embedding`, DeepFace's and face-api.js's keys.
  static let face = VectorNames(rawValue: 1)
  /// A vector of something: `embedding`, `encodings`, `descriptor`.
  static let vector = VectorNames(rawValue: 2)
  /// A person for certain: `person_id`, `identity`, `subject`.
  static let person = VectorNames(rawValue: 4)
  /// A name, label or picture of anything.
  static let label = VectorNames(rawValue: 8)
  /// Language, products, sound: what embeddings are mostly made of.
  static let other = VectorNames(rawValue: 16)
  /// Parameters of a network, which are not people (5.5).
  static let model = VectorNames(rawValue: 32)

  /// Longer names are not names.
  static let longest = 64

  /// Sorts one name: ASCII letters, digits and separators, at most `longest` bytes; others say nothing.
  init(naming name: some Collection<UInt8>) {
    guard (2...Self.longest).contains(name.count), name.allSatisfy({ (0x20...0x7E).contains($0) }) else {
      self = []
      return
    }
    var words: [String] = []
    var word: [UInt8] = []
    var wasLower = false
    for byte in name {
      let isUpper = (0x41...0x5A).contains(byte)
      let isLetter = isUpper || (0x61...0x7A).contains(byte)
      if !word.isEmpty, !isLetter || (isUpper && wasLower) {
        words.append(String(decoding: word, as: UTF8.self))
        word = []
      }
      if isLetter { word.append(isUpper ? byte + 0x20 : byte) }
      wasLower = isLetter && !isUpper
    }
    if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
    // A sentence or a path is not a name; a picture's path still ties the row to a picture.
    guard words.count <= 6 else {
      self = Self.pictures.isDisjoint(with: words.suffix(1)) ? [] : .label
      return
    }
    self = Self.sort(words)
  }

  private static func sort(_ words: [String]) -> VectorNames {
    var out: VectorNames = []
    let named = { (set: Set<String>) in words.contains(where: set.contains) }
    if named(vectors) { out.insert(.vector) }
    if named(faceModels) || (named(faces) && named(vectors)) || words == ["normed", "embedding"] { out.insert(.face) }
    if named(faceBoxes), words.count == 2, words.first == "target" { out.insert(.face) }
    if named(persons) { out.insert(.person) }
    if named(labels) || named(pictures) { out.insert(.label) }
    if named(others) { out.insert(.other) }
    if named(models) { out.insert(.model) }
    return out
  }

  private static let faces: Set<String> = ["face", "faces", "facial"]
  private static let faceModels: Set<String> = ["faceprint", "faceprints", "facevector", "faceembedding"]
  private static let vectors: Set<String> = [
    "embedding", "embeddings", "encoding", "encodings", "descriptor", "descriptors", "feature", "features", "vector",
    "vectors", "template", "templates", "representation", "representations", "signature", "signatures", "vec", "emb",
  ]
  /// DeepFace's caches: `target_x target_y target_w target_h`.
  private static let faceBoxes: Set<String> = ["w", "h"]
  private static let persons: Set<String> = [
    "person", "persons", "people", "subject", "subjects", "identity", "identities", "employee", "employees", "enrolled",
    "enrollee", "suspect", "traveller", "traveler", "passenger", "watchlist",
  ]
  private static let labels: Set<String> = ["name", "names", "label", "labels", "uid"]
  private static let pictures: Set<String> = ["jpg", "jpeg", "png", "image", "photo", "filename"]
  private static let others: Set<String> = [
    "text", "texts", "chunk", "chunks", "token", "tokens", "document", "documents", "doc", "page", "content",
    "sentence",
    "sentences", "paragraph", "prompt", "clip", "bert", "openai", "vocab", "vocabulary", "word", "words", "query",
    "question", "answer", "title", "product", "products", "audio", "song", "node", "nodes", "gene", "molecule",
  ]
  private static let models: Set<String> = [
    "weight", "weights", "bias", "kernel", "conv", "optimizer", "gamma", "beta", "lstm", "layers", "layer", "running",
    "keras", "momentum", "epoch", "logits", "attention", "attn",
  ]
}

extension VectorNames {
  /// How sure it is that rows of `shape` are people's faces, given the names beside them; nil: not said at all.
  ///
  /// A number alone is a lead, except dlib's, whose norm and likeness nothing else known has. Proof needs a face's
  /// numbers in two rows that agree, and a person, name or picture beside them.
  func strength(_ shape: VectorShape, rows: Int) -> Strength? {
    let isTied = contains(.person) || contains(.label)
    if contains(.model), !contains(.face) {
      if case .dlib(alike: true) = shape, rows >= 2 { return .weak }
      return nil
    }
    switch shape {
    case .dlib(let alike):
      if rows >= 2, alike, isTied, !contains(.other), contains(.vector) || contains(.face) { return .proof }
      if contains(.face) { return .strong }
      return rows >= 2 && alike && !contains(.other) ? .strong : .weak
    case .unit:
      if contains(.face) { return rows >= 2 && isTied ? .proof : .strong }
      if contains(.other) { return nil }
      if contains(.vector), contains(.person), rows >= 2 { return .strong }
      return rows >= 2 || contains(.vector) ? .weak : nil
    case .raw:
      return contains(.face) ? .weak : nil
    }
  }
}
