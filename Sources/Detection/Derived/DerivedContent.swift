public import CustodyCore

/// How bytes were written down inside other bytes.
public enum DerivedEncoding: String, Sendable, Hashable, CaseIterable {
  /// RFC 4648 section 4, in one piece or folded into lines; escapes of JSON and of form data for `+`, `/` and `=`
  /// are undone.
  case base64
  /// RFC 4648 section 5: `-` and `_` for the last two characters.
  case base64url = "base64url"
  /// Two digits a byte, as in `X'…'`, `0x…`, `\x…` (SQL) or with `\x` before every byte.
  case hex
  /// Two digits a byte with something between them: `FF D8 FF`, `0xFF, 0xD8`.
  case hexBytes = "hex bytes"
  /// The layout of `xxd` and `hexdump -C`: offset, bytes, text.
  case hexDump = "hex dump"
  /// `%` and two digits for what may not stand in a URI (RFC 3986 section 2.1).
  case percent
  /// As they are where they can be printed, else by a backslash and what stands for them: `\377`, `\xff`, `\u00ff`, `\0`.
  case escapes
  /// Bare samples of a picture, made a file: PNG or PNM.
  case samples
  /// As it is, at its place.
  case carved
  /// As it is, but in pieces or behind a header: a value of a database.
  case pieces
}

/// Bytes that an examiner made from a part of an entry, to be examined as an entry of their own.
public struct DerivedContent: Sendable, Hashable {
  /// The encoded bytes in the entry around them.
  public var place: Place
  public var encoding: DerivedEncoding
  /// Decoded; at most `DerivedLimits.maxBytes`.
  public var bytes: [UInt8]
  /// False when there was more than may be decoded.
  public var isWhole: Bool

  public init(place: Place, encoding: DerivedEncoding, bytes: [UInt8], isWhole: Bool) {
    self.place = place
    self.encoding = encoding
    self.bytes = bytes
    self.isWhole = isWhole
  }
}

/// How far derived content is followed. Every limit that is reached becomes the disposition of the entry concerned.
public struct DerivedLimits: Sendable, Hashable {
  /// Decoded bytes of one content: the window of the detectors.
  public var maxBytes = EntryExaminer.windowLimit
  /// Contents of one entry that are listed, those inside them not counted.
  public var maxChildren = 20_000
  /// Content in content in content.
  public var maxDepth = 4
  /// Bytes that all contents of an entry, whatever their depth, may take and unpack to: encodings make bytes fewer, but
  /// compressed streams of documents in documents multiply. And as many more for every byte of the entry passed.
  public var freeWork = 512 << 20
  public var workPerByte = 64
  /// Fewest bytes of content that does not say what it is: the digests that texts are full of are shorter.
  public static let leastBytes = 40
  /// Fewest bytes of content that does: the list of contents of a passport's chip has some twenty.
  public static let leastLiteral = 20

  public init() {}
}
