import CustodyCore

/// The walk over the images of a face image record.
struct FaceWalk: Sendable {
  let head: FaceHead
  var found: FaceRecord
  var evidence = ImageRecordEvidence()
  private var end: Int

  init(_ head: FaceHead) {
    self.head = head
    end = head.size
    found = FaceRecord(edition: head.edition, declaredLength: head.declared)
  }

  mutating func run(_ record: RawSpan, room: RecordRoom) {
    evidence.lengthMeetsWhole = room.isWhole && Tolerance.meets(head.declared, room.available)
    var stopped = false
    for _ in 0..<min(head.images, 501) where !stopped {
      stopped = head.edition == .iso2005 ? !block2005(record) : !representation2011(record)
    }
    evidence.walk =
      stopped
      ? WalkEnd(stoppedAt: end, part: 1, declared: head.declared, room: room)
      : WalkEnd(walked: end, declared: head.declared, room: room)
    evidence.judge(record)
    found.strength = evidence.strength
    found.images = max(1, evidence.images)
    found.length = evidence.length(end: end, declared: head.declared, room: room)
  }

  /// ISO/IEC 19794-5:2005, 5.5-5.7: 20 bytes of facial information, 8 for each feature point, 12 of image
  /// information, then the image to the end of the block.
  private mutating func block2005(_ record: RawSpan) -> Bool {
    guard let length = record.u32(end), let points = record.u16(end + 4), length >= 32 + 8 * points else {
      return false
    }
    let info = end + 20 + 8 * points
    guard let width = record.u16(info + 2), let height = record.u16(info + 4) else { return false }
    let whole = add(record, at: info + 12, count: length - 32 - 8 * points, width: width, height: height)
    if whole { end += length }
    return whole
  }

  /// ISO/IEC 19794-5:2011, 8.4: the common head, 17 bytes of facial information, 8 for each landmark, 11 of image
  /// information, the image with its length, and perhaps a three-dimensional block.
  private mutating func representation2011(_ record: RawSpan) -> Bool {
    let start = end
    guard let common = RepresentationHead2011(record, at: start, hasCertifications: head.hasCertifications),
      let landmarks = record.u16(common.end)
    else { return false }
    let info = common.end + 17 + 8 * landmarks
    guard let dataType = record.u8(info + 1), dataType <= 3, let width = record.u16(info + 2),
      let height = record.u16(info + 4), let count = record.u32(info + 11),
      let next = common.next(start: start, walked: info + 15 + count)
    else { return false }
    if evidence.images == 0 { found.capturedAt = common.date }
    let whole = add(record, at: info + 15, count: count, width: width, height: height)
    if whole { end = next }
    return whole
  }

  /// Counts the image of `count` bytes at `at`; false when it reaches beyond the room.
  private mutating func add(_ record: RawSpan, at: Int, count: Int, width: Int, height: Int) -> Bool {
    guard at < record.byteCount else { return false }
    if evidence.images == 0 {
      let own = ImageSize.of(record, at: at, count: count)
      found.width = width > 0 ? width : own?.width ?? 0
      found.height = height > 0 ? height : own?.height ?? 0
      found.encoding = ImageSignature.of(record, at: at)
    }
    evidence.add(DeclaredImage(at: at, count: count, width: width, height: height, bitsPerPixel: 0))
    return at + count <= record.byteCount + Tolerance.slack
  }
}
