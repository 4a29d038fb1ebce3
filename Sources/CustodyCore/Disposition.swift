/// What became of an entry. Every entry has exactly one; all but `examined` carry a `Reason`.
public enum Disposition: String, CaseIterable, Sendable, Hashable {
  /// Every byte was read and everything the catalogue knows about its kind was looked at.
  case examined
  /// Read in full, but not everything in it could be interpreted (pixels, compressed document streams …).
  case partial
  /// Encrypted, or in a form that is recognized and cannot be opened.
  case opaque
  /// Corrupt, or the attempt to read it ended in a crash or a timeout.
  case failed
  /// A limit was reached before the end.
  case limited
}

/// Why an entry is not `examined`: a stable, lower-case, hyphenated code such as `encrypted`.
///
/// A struct with static values, so that new reasons can be added without breaking a switch.
public struct Reason: RawRepresentable, Sendable, Hashable, Comparable {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  public static func < (a: Reason, b: Reason) -> Bool { a.rawValue < b.rawValue }

  // partial
  public static let pixelsNotExamined = Reason(rawValue: "pixels-not-examined")
  public static let videoNotExamined = Reason(rawValue: "video-not-examined")
  public static let audioNotExamined = Reason(rawValue: "audio-not-examined")
  /// Of a video single pictures were looked at, which is all that is ever done.
  public static let videoSampled = Reason(rawValue: "video-sampled")
  /// A camera's raw file of which the preview was looked at, and not the sensor's data.
  public static let rawPreviewOnly = Reason(rawValue: "raw-preview-only")
  /// More pictures lie inside a picture's file than are examined, or the search for them was cut off.
  public static let childLimit = Reason(rawValue: "child-limit")
  /// A detector gave up on a picture.
  public static let detectorError = Reason(rawValue: "detector-error")
  /// A document, database or disk image that was not decoded in full: what was not was scanned as raw bytes.
  public static let contentNotDecoded = Reason(rawValue: "content-not-decoded")
  public static let appendedDataNotOpened = Reason(rawValue: "appended-archive-not-opened")
  /// Members of a container differ between its directory and its local headers.
  public static let directoryMismatch = Reason(rawValue: "directory-mismatch")
  // opaque
  public static let encrypted = Reason(rawValue: "encrypted")
  /// Of no known form, in whole sectors and without any structure: encrypted without a header, or compressed.
  public static let possiblyEncrypted = Reason(rawValue: "possibly-encrypted")
  public static let unsupportedFormat = Reason(rawValue: "unsupported-format")
  public static let unsupportedMethod = Reason(rawValue: "unsupported-method")
  // failed
  public static let corrupt = Reason(rawValue: "corrupt")
  public static let truncated = Reason(rawValue: "truncated")
  public static let unreadable = Reason(rawValue: "unreadable")
  public static let changedWhileReading = Reason(rawValue: "changed-while-reading")
  public static let timeout = Reason(rawValue: "timeout")
  /// The image worker died of this entry, twice.
  public static let workerCrashed = Reason(rawValue: "worker-crashed")
  /// The image worker answered this entry with what is no answer.
  public static let workerProtocol = Reason(rawValue: "worker-protocol")
  /// No image worker could be started.
  public static let workerUnavailable = Reason(rawValue: "worker-unavailable")
  /// The process that reads the snapshot died of this entry; it was left out, and the rest was read.
  public static let quarantined = Reason(rawValue: "quarantined")
  /// The process that reads the snapshot died; what follows this place was not seen.
  public static let examinerCrashed = Reason(rawValue: "examiner-crashed")
  // limited
  public static let depthLimit = Reason(rawValue: "depth-limit")
  public static let entriesLimit = Reason(rawValue: "entries-limit")
  public static let expandedBytesLimit = Reason(rawValue: "expanded-bytes-limit")
  public static let ratioLimit = Reason(rawValue: "expansion-ratio-limit")
  public static let entrySizeLimit = Reason(rawValue: "entry-size-limit")
  public static let timeLimit = Reason(rawValue: "entry-time-limit")
  public static let spoolLimit = Reason(rawValue: "spool-limit")
  /// The file of a picture or video is larger than may be handed to an image worker.
  public static let pictureSizeLimit = Reason(rawValue: "picture-size-limit")
  /// A frame has more pixels than may be decoded.
  public static let pixelLimit = Reason(rawValue: "pixel-limit")
  /// Decoding needs more memory than a worker may have.
  public static let memoryLimit = Reason(rawValue: "memory-limit")
  /// More frames or pages than are looked at in one file.
  public static let frameLimit = Reason(rawValue: "frame-limit")
  /// More scans than a progressive JPEG may have.
  public static let scanLimit = Reason(rawValue: "scan-limit")
  /// Encoded content inside an entry is larger, more or deeper than is decoded.
  public static let derivedLimit = Reason(rawValue: "derived-limit")
  /// More places than may be left out ended the process that reads the snapshot: behind the last of them entries were
  /// listed and hashed.
  public static let crashLimit = Reason(rawValue: "crash-limit")
  public static let pathLengthLimit = Reason(rawValue: "path-length-limit")
  /// A record was larger than the window in which records are validated.
  public static let recordWindowLimit = Reason(rawValue: "record-window-limit")
}
