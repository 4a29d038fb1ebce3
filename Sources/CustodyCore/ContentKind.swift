/// What an entry's bytes are, decided from the bytes and never from the name alone: a media type.
public struct ContentKind: RawRepresentable, Sendable, Hashable {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }

  public static let unknown = ContentKind(rawValue: "application/octet-stream")
  public static let empty = ContentKind(rawValue: "application/x-empty")
  public static let text = ContentKind(rawValue: "text/plain")
  /// What of a message is in none of its parts.
  public static let messageText = ContentKind(rawValue: "text/rfc822-headers")
  public static let directory = ContentKind(rawValue: "inode/directory")
  public static let symlink = ContentKind(rawValue: "inode/symlink")
  public static let hardlink = ContentKind(rawValue: "inode/hardlink")
  public static let device = ContentKind(rawValue: "inode/device")
  public static let fifo = ContentKind(rawValue: "inode/fifo")
  public static let socket = ContentKind(rawValue: "inode/socket")

  /// The part before the slash: `image`, `video`, `application` …
  public var family: Substring { rawValue.prefix { $0 != "/" } }
}
