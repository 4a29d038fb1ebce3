import CustodyCore

/// What is kept of pictures and of the files that may be about them, until all lines have been seen.
///
/// Memory: eight bytes for each picture of a folder, at most 16 KiB a folder; the same for the gathered small sidecars
/// of one folder and kind; 4 KiB each for at most twice `largest` sidecars with many names.
struct CollectionNotes: Sendable {
  /// Names kept of a folder, or of the small sidecars of one.
  static let sampleLimit = 1024
  /// Sidecars with more names than this stand alone; others are gathered by folder and kind.
  static let small = 16
  /// Sidecars that stand alone, those with the most names.
  static let largest = 4096

  struct Pictures: Sendable {
    var firstLeaf: UInt64
    var count = 0
    var leaves = LeafRanges()
    var classes = ClassTally()
    var names = NameSample(limit: CollectionNotes.sampleLimit)
  }

  struct Side: Sendable {
    /// Position in `keys`.
    var folder: Int
    var kind: String
    var firstLeaf: UInt64
    var entries = 0
    var leaves = LeafRanges()
    var classes = ClassTally()
    var files = NameSample(limit: CollectionNotes.sampleLimit)
    var fileKeys = NameSample(limit: CollectionNotes.sampleLimit)
    /// Its own names, without extension.
    var stems = NameSample(limit: CollectionNotes.sampleLimit)

    var values: Int { files.total.addingSaturated(fileKeys.total) }

    mutating func merge(_ later: Side) {
      entries += later.entries
      leaves.append(later.leaves)
      classes.merge(later.classes)
      files.merge(later.files)
      fileKeys.merge(later.fileKeys)
      stems.merge(later.stems)
    }
  }

  private struct Family: Hashable, Sendable {
    var folder: Int
    var kind: String
  }

  /// Folders, by `FolderKey`.
  private(set) var keys = Interned<[UInt8]>()
  /// By folder.
  private(set) var pictures: [Int: Pictures] = [:]
  private var families: [Family: Side] = [:]
  private var large: [Side] = []
  /// Sidecars that stood alone, kept or not.
  private(set) var largeSeen = 0

  /// There are no pictures, or nothing that could be about them.
  var isEmpty: Bool { pictures.isEmpty || (families.isEmpty && large.isEmpty) }

  mutating func folder(_ key: [UInt8]) -> Int { keys.id(of: key) }

  // MARK: Adding

  /// Pictures, and interchange records that hold images.
  static func isPicture(_ e: Examination) -> Bool {
    let kind = e.kind.rawValue.utf8
    if kind.starts(with: "image/".utf8) { return true }
    return kind.starts(with: "application/x-iso".utf8)
      && e.observations.contains { imageClasses.contains($0.dataClass) }
  }

  private static let imageClasses: Set<DataClass> = [
    .faceImage, .fingerImage, .irisImage, .palmImage, .veinImage, .signatureImage,
  ]

  /// Classes of records about somebody or something in a picture.
  private static let sideClasses: Set<DataClass> = [
    .plateRead, .identityRecord, .identityMRZ, .biometricRecord, .biometricDatabase, .faceTemplate, .fingerTemplate,
    .irisTemplate, .voiceTemplate,
  ]

  static func isSidecar(_ e: Examination) -> Bool {
    e.names != nil || e.observations.contains { sideClasses.contains($0.dataClass) }
  }

  mutating func addPicture(_ e: Examination, in folder: Int, name: ArraySlice<UInt8>, _ readings: [ClassReading]) {
    func add(_ p: inout Pictures) {
      p.count += 1
      p.leaves.append(e.index)
      p.classes.add(readings)
      if let name = PictureName(name) { p.names.add(name.hash) }
    }
    add(&pictures[folder, default: Pictures(firstLeaf: e.index)])
  }

  mutating func addSidecar(_ e: Examination, in folder: Int, name: ArraySlice<UInt8>, _ readings: [ClassReading]) {
    func add(_ side: inout Side) {
      side.entries += 1
      side.leaves.append(e.index)
      side.classes.add(readings)
      if let files = e.names?.files { side.files.merge(files) }
      if let keys = e.names?.keys { side.fileKeys.merge(keys) }
      let stem = name.lastIndex(of: 0x2E).map { name[..<$0] } ?? name
      if let stem = PictureName(stem) { side.stems.add(stem.hash) }
    }
    let names = max(e.names?.files?.hashes.count ?? 0, e.names?.keys?.hashes.count ?? 0)
    guard names > Self.small else {
      let family = Family(folder: folder, kind: e.kind.rawValue)
      add(&families[family, default: Side(folder: folder, kind: family.kind, firstLeaf: e.index)])
      return
    }
    // A sketch ends where its entry had more names: a larger sample would not be one.
    var side = Side(folder: folder, kind: e.kind.rawValue, firstLeaf: e.index)
    side.files = NameSample(limit: NameSketch.limit)
    side.fileKeys = NameSample(limit: NameSketch.limit)
    add(&side)
    large.append(side)
    largeSeen += 1
    if large.count >= 2 * Self.largest { prune() }
  }

  private mutating func prune() {
    guard large.count > Self.largest else { return }
    large.sort { $0.values == $1.values ? $0.firstLeaf < $1.firstLeaf : $0.values > $1.values }
    large.removeLast(large.count - Self.largest)
  }

  /// Adds what was noted of a later stretch of the inventory.
  mutating func merge(_ later: CollectionNotes) {
    let ids = later.keys.values.map { keys.id(of: $0) }
    for (folder, more) in later.pictures {
      let id = ids[folder]
      guard var known = pictures.removeValue(forKey: id) else {
        pictures[id] = more
        continue
      }
      known.count += more.count
      known.leaves.append(more.leaves)
      known.classes.merge(more.classes)
      known.names.merge(more.names)
      pictures[id] = known
    }
    for (family, more) in later.families {
      let id = Family(folder: ids[family.folder], kind: family.kind)
      if var known = families.removeValue(forKey: id) {
        known.merge(more)
        families[id] = known
      } else {
        var moved = more
        moved.folder = id.folder
        families[id] = moved
      }
    }
    for side in later.large {
      var moved = side
      moved.folder = ids[side.folder]
      large.append(moved)
    }
    largeSeen += later.largeSeen
    prune()
  }

  /// All sidecars that were kept, those with the most names first.
  func sides() -> [Side] {
    var kept = self
    kept.prune()
    return (kept.large + families.values).sorted {
      $0.values == $1.values ? $0.firstLeaf < $1.firstLeaf : $0.values > $1.values
    }
  }
  var omittedSides: Int { max(0, largeSeen - Self.largest) }
}

/// Entries and items by class; there are few classes in one place.
struct ClassTally: Sendable {
  private(set) var counts: [ClassCount] = []

  mutating func add(_ readings: [ClassReading]) {
    for reading in readings { add(reading.dataClass, entries: 1, items: reading.count.items) }
  }
  mutating func merge(_ other: ClassTally) {
    for one in other.counts { add(one.dataClass, entries: one.entries, items: one.items) }
  }
  private mutating func add(_ dataClass: DataClass, entries: Int, items: Int) {
    if let i = counts.firstIndex(where: { $0.dataClass == dataClass }) {
      counts[i].entries += entries
      counts[i].items = counts[i].items.addingSaturated(items)
    } else {
      counts.append(ClassCount(dataClass: dataClass, entries: entries, items: items))
    }
  }
  var sorted: [ClassCount] { counts.sorted { $0.dataClass < $1.dataClass } }
}
