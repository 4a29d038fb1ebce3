public import CustodyCore

/// What one entry holds of one data class, counted as reports count it.
///
/// For whoever lists entries one by one: the sums over a list are the numbers of the report's exposure.
public struct ObservedClass: Sendable, Hashable {
  public var dataClass: DataClass
  /// Of the strongest observation.
  public var strength: Strength
  /// Items inside the entry. A picture is one, however many faces or plates it shows.
  public var items: Int
  /// Faces, plates … counted in the pixels of pictures. They are not people: one person can be in many pictures.
  public var seenInPictures: Int
  /// Capture time by the best clock: RFC 3339, without the final `Z` when no zone is known; nil when nothing tells.
  public var capturedAt: String?
  /// `record`, `database`, `exif`, `name`, `mtime` or `none`.
  public var clock: String

  /// One value for each data class that was observed, in order of data class; empty when nothing was.
  public static func read(_ examination: Examination) -> [ObservedClass] {
    guard !examination.observations.isEmpty else { return [] }
    var folder: [UInt8] = []
    FolderKey.write(examination.locator, into: &folder)
    let layout = ExportLayout.read(
      FolderKey.fileName(examination.locator), in: ExportLayout.folder(folder))
    let nameTime = layout.time.map { CaptureTime(local: $0, clock: .name) }
    return ItemReader.read(examination, nameTime: nameTime).map { reading in
      ObservedClass(
        dataClass: reading.dataClass, strength: reading.strength, items: reading.count.items,
        seenInPictures: reading.seen, capturedAt: reading.captured?.shown,
        clock: (reading.captured?.clock ?? .none).rawValue)
    }
  }
}
