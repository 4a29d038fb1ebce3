import CustodyCore

/// What the folders around an item say, once every entry has left its marks.
struct Surroundings {
  private let marks: [[UInt8]: FolderMarks]
  /// Folders in whose neighbourhood something was met: the folder of the mark and, unless that is the root of a
  /// container or of the snapshot, the folder above (`model/w.pth` and `data/1.jpg` belong to one project).
  private var training: Set<[UInt8]> = []
  private var secrets: Set<[UInt8]> = []
  private var cloudFace: Set<[UInt8]> = []
  private var removable: Set<[UInt8]> = []
  private var scraped: Set<[UInt8]> = []
  private var encrypted: Set<[UInt8]> = []

  /// An item is near what was met in its own folder or in one of this many above it.
  static let reach = 2

  var hasSecrets: Bool { !secrets.isEmpty }

  init(marks: [[UInt8]: FolderMarks]) {
    self.marks = marks
    for (key, mark) in marks {
      let isSplit = mark.contains(.trainSplit) && mark.contains(.validationSplit)
      if mark.contains(.training) || isSplit { Self.insert(key, into: &training) }
      if mark.contains(.secrets) { Self.insert(key, into: &secrets) }
      if mark.contains(.cloudFace) { Self.insert(key, into: &cloudFace) }
      if mark.contains(.scraped) { Self.insert(key, into: &scraped) }
      if mark.contains(.encrypted) { encrypted.insert(key) }
      if mark.contains(.removable), !mark.contains(.fixedVolume) { removable.insert(key) }
    }
  }

  private static func insert(_ key: [UInt8], into set: inout Set<[UInt8]>) {
    set.insert(key)
    guard !FolderKey.isContainerRoot(key[...]), let above = FolderKey.parent(key[...]), !above.isEmpty,
      !FolderKey.isContainerRoot(above)
    else { return }
    set.insert(Array(above))
  }

  func facts(of folder: [UInt8]) -> LateFacts {
    var late = LateFacts()
    guard !marks.isEmpty else { return late }
    var level = 0
    var place: ArraySlice<UInt8>? = folder[...]
    while let key = place {
      let bytes = Array(key)
      if level <= Self.reach {
        if training.contains(bytes) { late.nearTraining = true }
        if secrets.contains(bytes) { late.nearSecrets = true }
        if cloudFace.contains(bytes) { late.nearCloudFace = true }
        if scraped.contains(bytes) { late.nearScrape = true }
        if level == 0, encrypted.contains(bytes) { late.besideEncrypted = true }
      }
      if removable.contains(bytes) { late.hasRemovableSidecar = true }
      if level >= Self.reach, removable.isEmpty { break }
      level += 1
      place = FolderKey.parent(key)
    }
    return late
  }
}
