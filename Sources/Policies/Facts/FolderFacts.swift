/// What the path of a folder says by itself. Computed once for a run of entries of the same folder.
struct FolderFacts: Sendable, Hashable {
  var media: MediaClass = .unknown
  var hasTicket = false
  var hasLane = false
  var hasSite = false
  /// FNV-1a of the site's name: told apart and counted, never shown.
  var siteToken: UInt64 = 0
  var agencies = AgencySet()
  var hasTrainingWord = false
  var hasCloudFaceWord = false
  var hasScrapeWord = false
  var embedding: Embedding = .none
  var layout: ExportLayout.Folder = .none
  /// A component `..`: the path does not lie where it seems to lie, so no grant for a path covers it.
  var hasParentReference = false
  /// Marks that components of this path leave on the folders around them: (length of the folder's key, mark).
  var marks: [Mark] = []

  struct Mark: Sendable, Hashable {
    var keyLength: Int
    var mark: FolderMarks
  }

  /// - Parameter key: as written by `FolderKey`.
  init(key: [UInt8]) {
    var start = 0
    var previousWasSite = false
    while start < key.count {
      var end = start
      while end < key.count, key[end] != 0x2F { end += 1 }
      let isContainer = end > start && key[end - 1] == 0
      let component = key[start..<(isContainer ? end - 1 : end)]
      if !component.isEmpty {
        let folderLength = start == 0 ? 0 : (start >= 2 && key[start - 2] == 0 ? start : start - 1)
        read(component, isContainer: isContainer, folderLength: folderLength, previousWasSite: &previousWasSite)
      }
      start = end + 1
    }
    layout = ExportLayout.folder(key)
  }

  private mutating func read(
    _ component: ArraySlice<UInt8>, isContainer: Bool, folderLength: Int, previousWasSite: inout Bool
  ) {
    let reading = PathWords.read(component)
    let meaning = reading.meaning
    // The outermost component that names a kind of storage says where the copy really lies.
    if media == .unknown { media = Self.media(meaning) }
    if meaning.contains(.ticket) { hasTicket = true }
    if meaning.contains(.lane) { hasLane = true }
    if meaning.contains(.training) { hasTrainingWord = true }
    if meaning.contains(.cloudFace) { hasCloudFaceWord = true }
    if meaning.contains(.scraped) { hasScrapeWord = true }
    agencies.formUnion(reading.agencies)
    if meaning.contains(.site) || previousWasSite {
      hasSite = true
      siteToken = PathWords.key(component)
    }
    previousWasSite = meaning.contains(.site) && reading.isSingleWord
    if isContainer {
      let kind = FileNames.embedding(ofContainer: component)
      if kind != .none { embedding = kind }
      return
    }
    if component.elementsEqual([0x2E, 0x2E]) { hasParentReference = true }
    if reading.isSingleWord {
      if meaning.contains(.trainSplit) { marks.append(Mark(keyLength: folderLength, mark: .trainSplit)) }
      if meaning.contains(.validationSplit) { marks.append(Mark(keyLength: folderLength, mark: .validationSplit)) }
    }
    let mark = FileNames.mark(ofFolder: component)
    if !mark.isEmpty { marks.append(Mark(keyLength: folderLength, mark: mark)) }
  }

  static func media(_ meaning: PathWords.Meaning) -> MediaClass {
    if meaning.contains(.removable) { return .removable }
    if meaning.contains(.fieldDevice) { return .fieldDevice }
    if meaning.contains(.cloudCache) { return .cloudCache }
    if meaning.contains(.backup) { return .backup }
    if meaning.contains(.share) { return .share }
    if meaning.contains(.workstation) { return .workstation }
    return .unknown
  }
}

/// What entries leave on the folder they lie in; decided on only when the whole snapshot has been seen.
struct FolderMarks: OptionSet, Sendable, Hashable {
  let rawValue: UInt16
  /// A sidecar that operating systems write on removable volumes.
  static let removable = FolderMarks(rawValue: 1)
  /// A folder or file only a fixed system volume has.
  static let fixedVolume = FolderMarks(rawValue: 2)
  /// Weights, pair lists, labels, notebooks.
  static let training = FolderMarks(rawValue: 4)
  static let trainSplit = FolderMarks(rawValue: 8)
  static let validationSplit = FolderMarks(rawValue: 16)
  /// Keys, password files.
  static let secrets = FolderMarks(rawValue: 32)
  /// Output of a cloud face service.
  static let cloudFace = FolderMarks(rawValue: 64)
  /// An encrypted file.
  static let encrypted = FolderMarks(rawValue: 128)
  /// Lists of addresses pictures were fetched from, web archives.
  static let scraped = FolderMarks(rawValue: 256)
}
