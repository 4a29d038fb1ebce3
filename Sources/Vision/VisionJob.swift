/// One picture or video to be looked at.
public struct VisionJob: Sendable {
  public enum Kind: Sendable {
    case picture
    case video
  }

  /// Where the bytes are.
  public enum Source: Sendable {
    /// In memory; `withBytes` calls its argument once with all of them.
    case memory(
      size: Int, withBytes: @Sendable (_ body: (UnsafeRawBufferPointer) -> Void) -> Void)
    /// `size` bytes from `offset` on, read with `pread`; the descriptor stays open until the completion was called.
    case file(descriptor: Int32, offset: UInt64, size: UInt64)
  }

  public var kind: Kind
  public var source: Source

  public init(_ kind: Kind, _ source: Source) {
    self.kind = kind
    self.source = source
  }

  /// Bytes held in an array.
  public init(_ kind: Kind, bytes: [UInt8]) {
    self.init(kind, .memory(size: bytes.count, withBytes: { body in bytes.withUnsafeBytes { body($0) } }))
  }

  public var size: UInt64 {
    switch source {
    case .memory(let size, _): UInt64(max(size, 0))
    case .file(_, _, let size): size
    }
  }
}

/// How long a worker may take, in seconds.
public struct VisionDeadlines: Sendable, Hashable {
  /// From start to `ready`.
  public var start: Double
  public var picture: Double
  public var video: Double
  /// Of a video without a question or an answer.
  public var videoSilence: Double

  public init(start: Double = 30, picture: Double = 60, video: Double = 600, videoSilence: Double = 60) {
    self.start = start
    self.picture = picture
    self.video = video
    self.videoSilence = videoSilence
  }
}

/// What a pool has been through.
public struct VisionCounters: Sendable, Hashable {
  /// Workers started in place of one that ended.
  public var restarts = 0
  /// Jobs that ended as `timeout`.
  public var timeouts = 0
  /// Jobs that ended as `worker-crashed` or `worker-protocol`.
  public var crashed = 0
  /// Times a job was begun again with a fresh worker.
  public var retries = 0
  /// Jobs that got a verdict of a worker, by place in the pool.
  public var answered: [Int] = []
}
