/// How much may be spent on looking at pictures and videos.
public struct SightLimits: Sendable, Hashable {
  /// Bytes of one picture's file. Reason `picture-size-limit`.
  public var maxPictureBytes: UInt64 = 128 << 20
  /// Bytes of one video. Reason `picture-size-limit`.
  public var maxVideoBytes: UInt64 = 64 << 30
  /// Bytes of pictures that wait in memory for an image worker; above it reading pauses.
  public var maxWaitingBytes = 64 << 20
  /// Pictures that wait; above it reading pauses.
  public var maxWaitingJobs = 256
  /// Contents whose verdict is remembered, so that a copy is not looked at again.
  public var maxRemembered = 60_000
  /// Pictures inside one picture's file that are examined as entries of their own.
  public var maxChildren = 16
  /// Bytes of such a picture.
  public var maxChildBytes = 32 << 20
  /// Pictures inside pictures inside pictures.
  public var maxDepth = 3

  public init() {}
}
