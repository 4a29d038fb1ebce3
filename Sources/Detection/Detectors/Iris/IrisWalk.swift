import CustodyCore

/// The walk over the images of an iris image record under one reading of its header.
struct IrisWalk: Sendable {
  let head: IrisHead
  var found: IrisRecord
  var evidence = ImageRecordEvidence()
  private var end: Int

  init(_ head: IrisHead) {
    self.head = head
    end = head.size
    found = IrisRecord(edition: head.edition, declaredLength: head.declared)
  }

  mutating func run(_ record: RawSpan, room: RecordRoom) {
    evidence.lengthMeetsWhole = room.isWhole && Tolerance.meets(head.declared, room.available)
    var stopped = false
    for _ in 0..<head.count where !stopped {
      stopped = head.edition == .iso2011 ? !representation2011(record) : !eye2005(record)
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

  /// ISO/IEC 19794-6:2005, 6.3-6.4: the eye, the number of its images, and each image behind 11 bytes (15 in
  /// INCITS 379, the length first).
  private mutating func eye2005(_ record: RawSpan) -> Bool {
    guard let eye = record.u8(end), eye <= 2, let images = record.u16(end + 1) else { return false }
    end += 3
    let isISO = head.edition == .iso2005
    for _ in 0..<images {
      guard let count = record.u32(isISO ? end + 7 : end) else { return false }
      let header = isISO ? 11 : 15
      let image = DeclaredImage(
        at: end + header, count: count, width: head.width, height: head.height, bitsPerPixel: head.bitsPerPixel)
      guard evidence.images < 1000, add(record, eye: eye, image) else { return false }
      end += header + count
    }
    return true
  }

  /// ISO/IEC 19794-6:2011, 7.4: the common head, 29 bytes and the image.
  private mutating func representation2011(_ record: RawSpan) -> Bool {
    let start = end
    guard let common = RepresentationHead2011(record, at: start, hasCertifications: head.hasCertifications) else {
      return false
    }
    let at = common.end
    guard let eye = record.u8(at + 2), eye <= 2, let type = record.u8(at + 3), type <= 7,
      let format = record.u8(at + 4), format <= 0x10, let width = record.u16(at + 6),
      let height = record.u16(at + 8), let depth = record.u8(at + 10), let count = record.u32(at + 29),
      let next = common.next(start: start, walked: at + 33 + count)
    else { return false }
    if evidence.images == 0 { found.capturedAt = common.date }
    let raw = format == 2 || format == 4 ? Int(depth) : 0
    let image = DeclaredImage(at: at + 33, count: count, width: width, height: height, bitsPerPixel: raw)
    guard evidence.images < 1000, add(record, eye: eye, image) else { return false }
    end = next
    return true
  }

  /// Takes in an image; false when it reaches beyond the room.
  private mutating func add(_ record: RawSpan, eye: UInt8, _ image: DeclaredImage) -> Bool {
    guard image.at < record.byteCount else { return false }
    let shown = IrisRecord.Eye(code: eye)
    if evidence.images == 0 {
      let own = ImageSize.of(record, at: image.at, count: image.count)
      found.width = image.width > 0 ? image.width : own?.width ?? 0
      found.height = image.height > 0 ? image.height : own?.height ?? 0
      found.encoding = ImageSignature.of(record, at: image.at)
      found.eye = shown
    } else if found.eye != shown {
      found.eye = .both
    }
    evidence.add(image)
    return image.at + image.count <= record.byteCount + Tolerance.slack
  }
}
