import CustodyCore

/// What the names beside vectors say: keys, columns, tensor and attribute names. Names are
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
    var reader = NameReader()
    let isName = (2...Self.longest).contains(name.count) && name.allSatisfy { reader.take($0) }
    self = isName ? reader.finish() : []
  }

  /// Sorts the name that stands in `range`.
  init(_ b: RawSpan, _ range: Range<Int>) {
    var reader = NameReader()
    let isName =
      (2...Self.longest).contains(range.count) && range.allSatisfy { b.u8($0).map { reader.take($0) } ?? false }
    self = isName ? reader.finish() : []
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
  /// What one word can mean.
  fileprivate struct Meaning: OptionSet {
    let rawValue: UInt16
    static let face = Meaning(rawValue: 1)
    static let faceModel = Meaning(rawValue: 2)
    static let vector = Meaning(rawValue: 4)
    static let faceBox = Meaning(rawValue: 8)
    static let person = Meaning(rawValue: 16)
    static let label = Meaning(rawValue: 32)
    static let picture = Meaning(rawValue: 64)
    static let other = Meaning(rawValue: 128)
    static let model = Meaning(rawValue: 256)
    static let normed = Meaning(rawValue: 512)
    static let target = Meaning(rawValue: 1024)
    static let embedding = Meaning(rawValue: 2048)
  }

  /// All words by their hash: files hold millions of names, and each costs one look.
  fileprivate static let meanings: [UInt64: Meaning] = {
    var all: [UInt64: Meaning] = [:]
    for (words, meaning) in [
      (faces, Meaning.face), (faceModels, .faceModel), (vectors, .vector), (faceBoxes, .faceBox), (persons, .person),
      (labels, .label), (pictures, .picture), (others, .other), (models, .model), (["normed"], .normed),
      (["target"], .target), (["embedding"], .embedding),
    ] {
      for word in words {
        all[word.utf8.reduce(NameReader.seed, NameReader.hash), default: []].insert(meaning)
      }
    }
    return all
  }()
}

/// Reads a name byte by byte, keeping what its words mean and not the words.
private struct NameReader {
  /// FNV-1a.
  static let seed: UInt64 = 0xCBF2_9CE4_8422_2325
  static func hash(_ hash: UInt64, _ byte: UInt8) -> UInt64 { (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }

  private var hash = seed
  private var isInWord = false
  private var wasLower = false
  private var count = 0
  private var all: VectorNames.Meaning = []
  private var first: VectorNames.Meaning = []
  private var last: VectorNames.Meaning = []

  /// False for what is in no name.
  mutating func take(_ byte: UInt8) -> Bool {
    guard (0x20...0x7E).contains(byte) else { return false }
    let isUpper = (0x41...0x5A).contains(byte)
    let isLetter = isUpper || (0x61...0x7A).contains(byte)
    if isInWord, !isLetter || (isUpper && wasLower) { close() }
    if isLetter {
      hash = Self.hash(hash, byte | 0x20)
      isInWord = true
    }
    wasLower = isLetter && !isUpper
    return true
  }

  private mutating func close() {
    last = VectorNames.meanings[hash] ?? []
    if count == 0 { first = last }
    all.formUnion(last)
    count += 1
    hash = Self.seed
    isInWord = false
  }

  mutating func finish() -> VectorNames {
    if isInWord { close() }
    // A sentence or a path is not a name; a picture's path still ties the row to a picture.
    guard count <= 6 else { return last.contains(.picture) ? .label : [] }
    var out: VectorNames = []
    if all.contains(.vector) { out.insert(.vector) }
    let isNormed = count == 2 && first.contains(.normed) && last.contains(.embedding)
    if all.contains(.faceModel) || all.isSuperset(of: [.face, .vector]) || isNormed { out.insert(.face) }
    if count == 2, first.contains(.target), all.contains(.faceBox) { out.insert(.face) }
    if all.contains(.person) { out.insert(.person) }
    if !all.isDisjoint(with: [.label, .picture]) { out.insert(.label) }
    if all.contains(.other) { out.insert(.other) }
    if all.contains(.model) { out.insert(.model) }
    return out
  }
}

extension VectorNames {
  /// How sure it is that rows of `shape` are people's faces, given the names beside them; nil: not said at all.
  ///
  /// A number alone is a lead, except dlib's, whose norm and likeness nothing else known has. Proof needs a face's
  /// numbers in two rows that agree, and a person, name or picture beside them. A word of a network or of language
  /// beside words of faces and people makes the answer weaker and never none: such a word is easily written.
  func strength(_ shape: VectorShape, rows: Int) -> Strength? {
    guard contains(.model) else { return plain(shape, rows: rows) }
    if !contains(.face) {
      if case .dlib(alike: true) = shape, rows >= 2 { return .weak }
      return contains(.person) && shape.isModelled ? .weak : nil
    }
    return plain(shape, rows: rows).map { $0 == .proof ? .strong : .weak }
  }

  private func plain(_ shape: VectorShape, rows: Int) -> Strength? {
    let isTied = contains(.person) || contains(.label)
    switch shape {
    case .dlib(let alike):
      if rows >= 2, alike, isTied, !contains(.other), contains(.vector) || contains(.face) { return .proof }
      if contains(.face) { return .strong }
      return rows >= 2 && alike && !contains(.other) ? .strong : .weak
    case .unit:
      if contains(.face) { return rows >= 2 && isTied ? .proof : .strong }
      if contains(.other) { return contains(.person) ? .weak : nil }
      if contains(.vector), contains(.person), rows >= 2 { return .strong }
      return rows >= 2 || contains(.vector) ? .weak : nil
    case .raw:
      return contains(.face) ? .weak : nil
    }
  }
}
