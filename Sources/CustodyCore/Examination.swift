/// The record of one entry: one line, and one Merkle leaf, of the inventory.
public struct Examination: Sendable, Hashable {
  /// Position in the inventory, from 0. A container follows its members, because its digest is known only then.
  public var index: UInt64
  /// 16 bytes that blind the leaf hash; derived from the entry's content (see `docs/threat-model.md`).
  public var nonce: [UInt8]
  public var locator: Locator
  /// Logical size in bytes, as far as it was read.
  public var size: UInt64
  /// SHA-256 of the logical bytes; nil when the content was not read in full.
  public var sha256: Digest?
  public var kind: ContentKind
  /// Modification time recorded beside the entry, whole seconds.
  public var modified: Instant?
  public var disposition: Disposition
  /// Present unless `disposition` is `examined`.
  public var reason: Reason?
  /// Anything a reader of the inventory must know: archive warnings, duplicate names, differences. Program's own words.
  public var notes: [String]
  /// Target of a hard or symbolic link, which is recorded and never followed.
  public var link: [UInt8]?
  /// Facts about the entry itself that no data class carries: `width`, `height`, `capturedAt`, `clock`, `gps` …
  public var attributes: Attributes
  /// Which pictures its rows name, as hashes; nil for entries that name none.
  public var names: PictureNames?
  public var observations: [Observation]

  public init(
    index: UInt64, nonce: [UInt8], locator: Locator, size: UInt64, sha256: Digest? = nil,
    kind: ContentKind = .unknown, modified: Instant? = nil, disposition: Disposition = .examined,
    reason: Reason? = nil, notes: [String] = [], link: [UInt8]? = nil, attributes: Attributes = [:],
    names: PictureNames? = nil, observations: [Observation] = []
  ) {
    self.index = index
    self.nonce = nonce
    self.locator = locator
    self.size = size
    self.sha256 = sha256
    self.kind = kind
    self.modified = modified
    self.disposition = disposition
    self.reason = reason
    self.notes = notes
    self.link = link
    self.attributes = attributes
    self.names = names
    self.observations = observations
  }
}
