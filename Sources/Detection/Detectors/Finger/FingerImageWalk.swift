import CustodyCore

/// The walk over the views of a finger image record under one reading of its header.
struct FingerImageWalk: Sendable {
  let head: FingerImageHead
  var found: FingerImageRecord
  var evidence = ImageRecordEvidence()
  private var end: Int

  init(_ head: FingerImageHead) {
    self.head = head
    end = head.size
    found = FingerImageRecord(
      edition: head.edition, depth: head.depth, compression: head.compression, declaredLength: head.declared)
  }

  mutating func run(_ record: RawSpan, room: RecordRoom) {
    evidence.lengthMeetsWhole = room.isWhole && Tolerance.meets(head.declared, room.available)
    var stopped = false
    if head.edition == .iso2011 {
      for _ in 0..<min(head.count, 1000) where !stopped {
        stopped = !representation(record, room: room)
      }
    } else {
      // The header counts fingers, not views: views follow until the length is used up.
      var target = head.declared
      if room.isWhole, target > room.available + Tolerance.slack || target < head.size + 14 { target = room.available }
      while !stopped, end + Tolerance.slack < target, evidence.images < 1000 {
        stopped = !view(record, room: room)
      }
    }
    evidence.walk =
      stopped
      ? WalkEnd(stoppedAt: end, part: 1, declared: head.declared, room: room)
      : WalkEnd(walked: end, declared: head.declared, room: room)
    // A file that ends between two views ends with a view, but not with its last.
    if evidence.walk == .lands, evidence.images < head.count, !Tolerance.meets(end, head.declared) {
      evidence.walk = .truncated
    }
    evidence.judge(record)
    found.strength = evidence.strength
    if found.fingers + found.palms == 0 { found.fingers = 1 }
    found.length = evidence.length(end: end, declared: head.declared, room: room)
  }

  /// ISO/IEC 19794-4:2005, 7.2: 14 bytes and an image.
  private mutating func view(_ record: RawSpan, room: RecordRoom) -> Bool {
    guard let length = record.u32(end), let position = record.u8(end + 4), let impression = record.u8(end + 8),
      let width = record.u16(end + 9), let height = record.u16(end + 11), length > 14,
      position <= 15 || (20...36).contains(position), impression <= 29
    else { return false }
    let whole = add(
      record, position: Int(position), at: end + 14, count: length - 14, width: width, height: height,
      depth: head.depth, isRaw: head.compression <= 1, room: room)
    if whole { end += length }
    return whole
  }

  /// ISO/IEC 19794-4:2011, 8.4.
  private mutating func representation(_ record: RawSpan, room: RecordRoom) -> Bool {
    let start = end
    guard let common = RepresentationHead2011(record, at: start, hasCertifications: head.hasCertifications) else {
      return false
    }
    let at = common.end
    guard let position = record.u8(at), let depth = record.u8(at + 11), let compression = record.u8(at + 12),
      let width = record.u16(at + 14), let height = record.u16(at + 16), let count = record.u32(at + 18),
      position <= 15 || (20...36).contains(position), (1...16).contains(depth), compression <= 6,
      let next = common.next(start: start, walked: at + 22 + count)
    else { return false }
    if evidence.images == 0 {
      found.capturedAt = common.date
      found.depth = Int(depth)
      found.compression = Int(compression)
    }
    let whole = add(
      record, position: Int(position), at: at + 22, count: count, width: width, height: height, depth: Int(depth),
      isRaw: compression <= 1, room: room)
    if whole { end = next }
    return whole
  }

  /// Counts the image of `count` bytes at `at`; false when it reaches beyond the room.
  private mutating func add(
    _ record: RawSpan, position: Int, at: Int, count: Int, width: Int, height: Int, depth: Int, isRaw: Bool,
    room: RecordRoom
  ) -> Bool {
    guard at < record.byteCount else { return false }
    if evidence.images == 0 {
      found.width = width
      found.height = height
    }
    if (20...36).contains(position) { found.palms += 1 } else { found.fingers += 1 }
    evidence.add(
      DeclaredImage(at: at, count: count, width: width, height: height, bitsPerPixel: isRaw ? depth : 0))
    return at + count <= record.byteCount + Tolerance.slack
  }
}
