public import CustodyCore

/// What can be seen in an entry only by decoding it, which is the image worker's task.
public enum Sight: Sendable, Hashable { case picture, video }

/// What the examination of one entry's bytes gave.
public struct EntryFacts: Sendable, Hashable {
  public var kind: ContentKind
  /// In order of place, then class, then detector.
  public var observations: [Observation]
  public var disposition: Disposition
  /// Present unless `disposition` is `examined`.
  public var reason: Reason?
  public var notes: [String]
  /// Facts about the entry itself, which are no observation: `width`, `height` (pixels), `capturedAt` with `clock`
  /// `exif`, `gps` and `camera` (presence only), `encoding` of text that is neither ASCII nor UTF-8.
  public var attributes: Attributes
  /// Which pictures the rows of the entry name, as hashes.
  public var names: PictureNames?
  /// Set when there is more to see than bytes; `disposition` then speaks of the bytes alone.
  public var sight: Sight?
  /// Pictures that detectors put together from the entry, in order of place: to be examined as entries of their own.
  public var contents: [DerivedContent] = []
  /// Bytes that were unpacked from the entry to examine it.
  public var unpacked = 0

  /// Hands out the contents, which are large: whoever keeps the facts does not keep them.
  public mutating func takeContents() -> [DerivedContent] {
    defer { contents = [] }
    return contents
  }

  public init(
    kind: ContentKind, observations: [Observation] = [], disposition: Disposition = .examined, reason: Reason? = nil,
    notes: [String] = [], attributes: Attributes = [:]
  ) {
    self.kind = kind
    self.observations = observations
    self.disposition = disposition
    self.reason = reason
    self.notes = notes
    self.attributes = attributes
  }
}
