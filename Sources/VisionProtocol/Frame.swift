/// The unit of the conversation with an image worker: a header of 12 bytes and a payload.
///
/// The header is: length of the payload (4 bytes), version of the protocol (1), kind (1), zero (2), number of the job
/// (4); all numbers big endian. See `docs/vision-protocol.md`.
package struct FrameHeader: Sendable, Hashable {
  package static let size = 12
  package static let version: UInt8 = 1

  package var length: UInt32
  package var kind: FrameKind
  package var job: UInt32

  package init(_ kind: FrameKind, job: UInt32 = 0, length: Int) {
    self.kind = kind
    self.job = job
    self.length = UInt32(clamping: length)
  }

  /// - Parameter bytes: at least `size` of them.
  /// - Throws: when version or reserved bytes are not those of this protocol, or the payload is longer than its kind
  ///   may be. An unknown kind is no fault.
  package init(_ bytes: [UInt8]) throws(ProtocolFault) {
    guard bytes.count >= Self.size else { throw ProtocolFault("a header was cut short") }
    func number(_ at: Int) -> UInt32 { bytes[at..<at + 4].reduce(0) { $0 << 8 | UInt32($1) } }
    guard bytes[4] == Self.version else { throw ProtocolFault("a version other than \(Self.version)") }
    guard bytes[6] == 0, bytes[7] == 0 else { throw ProtocolFault("reserved bytes that are not zero") }
    length = number(0)
    kind = FrameKind(rawValue: bytes[5])
    job = number(8)
    guard Int(length) <= kind.longestPayload else { throw ProtocolFault("a payload longer than its kind may have") }
  }

  package func write(to out: UnsafeMutableRawBufferPointer) {
    out.storeBytes(of: length.bigEndian, toByteOffset: 0, as: UInt32.self)
    out[4] = Self.version
    out[5] = kind.rawValue
    out[6] = 0
    out[7] = 0
    out.storeBytes(of: job.bigEndian, toByteOffset: 8, as: UInt32.self)
  }
}

/// What a frame says. Kinds nobody knows are skipped by both sides; 128 to 255 will never get a meaning.
package struct FrameKind: RawRepresentable, Sendable, Hashable {
  package var rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Client: how to look, JSON.
  package static let hello = FrameKind(rawValue: 1)
  /// Worker: who answers and what it can do, JSON.
  package static let ready = FrameKind(rawValue: 2)
  /// Client: the bytes of one picture.
  package static let picture = FrameKind(rawValue: 3)
  /// Client: the size of one video, 8 bytes.
  package static let video = FrameKind(rawValue: 4)
  /// Worker: asks for bytes of the video; offset (8 bytes), length (4).
  package static let need = FrameKind(rawValue: 5)
  /// Client: those bytes; fewer at the end, none beyond.
  package static let bytes = FrameKind(rawValue: 6)
  /// Worker: what was seen, JSON.
  package static let verdict = FrameKind(rawValue: 7)
  /// Worker: cannot go on at all; UTF-8 text.
  package static let error = FrameKind(rawValue: 8)

  package var isKnown: Bool { (1...8).contains(rawValue) }

  /// Bytes.
  package var longestPayload: Int {
    switch self {
    case .picture: FrameLimits.picture
    case .bytes: FrameLimits.piece
    case .video: 8
    case .need: 12
    case .error: FrameLimits.error
    default: FrameLimits.document
    }
  }
}

/// Bounds every side may rely on.
package enum FrameLimits {
  /// Of one picture, in bytes.
  package static let picture = 256 << 20
  /// Of one answer to `need`.
  package static let piece = 4 << 20
  /// Of JSON, and of kinds nobody knows.
  package static let document = 1 << 20
  package static let error = 4096
}

/// The other side does not keep to the protocol.
package struct ProtocolFault: Error, Sendable, Hashable {
  package var message: String
  package init(_ message: String) { self.message = message }
}

/// Payload of `need`.
package struct ByteRequest: Sendable, Hashable {
  package var offset: UInt64
  package var length: UInt32
  package init(offset: UInt64, length: UInt32) {
    self.offset = offset
    self.length = length
  }
  package init?(_ payload: [UInt8]) {
    guard payload.count == 12 else { return nil }
    offset = payload[0..<8].reduce(0) { $0 << 8 | UInt64($1) }
    length = payload[8..<12].reduce(0) { $0 << 8 | UInt32($1) }
  }
  package var payload: [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: offset >> (56 - 8 * UInt64($0))) }
      + (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * UInt32($0))) }
  }
}

/// Payload of `video`.
package enum VideoSize {
  package static func payload(_ size: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: size >> (56 - 8 * UInt64($0))) }
  }
  package static func read(_ payload: [UInt8]) -> UInt64? {
    payload.count == 8 ? payload.reduce(0) { $0 << 8 | UInt64($1) } : nil
  }
}
