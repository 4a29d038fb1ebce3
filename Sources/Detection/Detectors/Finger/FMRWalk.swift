import CustodyCore

/// The walk over the views of a minutiae record under one reading of its header.
struct FMRWalk: Sendable {
  let head: FMRHead
  /// Offset behind the last part that was walked.
  var end: Int
  var minutiae = 0
  /// Minutiae of a legal type, with zero reserved bits, inside the image.
  var legal = 0
  /// Minutiae that were looked at.
  private(set) var judged = 0
  var outcome: WalkEnd = .fails
  var date: RecordDate?
  /// Where the minutiae of each view stand.
  private var runs: [Run] = []
  /// A view's own header is out of the ranges of the standard.
  private var oddViews = 0

  private struct Run {
    var at: Int
    var count: Int
    var size: Int
    var width: Int
    var height: Int
  }

  init(_ head: FMRHead) {
    self.head = head
    end = head.size
  }

  mutating func run(_ record: RawSpan, room: RecordRoom) {
    for _ in 0..<min(head.views, 1000) {
      let complete =
        switch head.edition {
        case .incits2004, .iso2005: view2004(record)
        case .incits2009, .incits2009am1: view2009(record)
        case .iso2011: representation2011(record)
        }
      guard complete else {
        outcome = WalkEnd(stoppedAt: end, part: 1, declared: head.declared, room: room)
        return
      }
    }
    outcome = WalkEnd(walked: end, declared: head.declared, room: room)
    if outcome == .lands { judge(record) }
  }

  /// At least 95 % of the minutiae are legal.
  var minutiaeAgree: Bool { minutiae > 0 && legal * 100 >= minutiae * 95 && oddViews == 0 }

  /// Nil when not even the header would pass.
  var strength: Strength? {
    if outcome == .lands, head.views > 0 {
      if minutiaeAgree { return .proof }
      if head.isPlausible, minutiae == 0 || legal * 2 >= minutiae { return .strong }
    }
    return head.isPlausible ? .weak : nil
  }

  /// Better readings rank higher: by grade, then landing exactly, then landing at all.
  func rank(_ strength: Strength) -> Int {
    let graded =
      switch strength {
      case .proof: 200
      case .strong: 100
      case .weak: 0
      }
    return graded + (end == head.declared ? 20 : 0) + (outcome == .lands ? 10 : 0) + (head.isPlausible ? 5 : 0)
  }

  /// INCITS 378-2004, 6.5 and ISO/IEC 19794-2:2005, 7.4.
  private mutating func view2004(_ record: RawSpan) -> Bool {
    guard let position = record.u8(end), let quality = record.u8(end + 2), let count = record.u8(end + 3) else {
      return false
    }
    if position > 10 || quality > 100 && quality < 254 { oddViews += 1 }
    end += 4
    return points(record, count: Int(count), size: 6, box: head.box) && extensions(record)
  }

  /// INCITS 378-2009, 6.5.
  private mutating func view2009(_ record: RawSpan) -> Bool {
    guard let position = record.u8(end), let width = record.u16(end + 8), let height = record.u16(end + 10),
      let count = record.u8(end + 16)
    else { return false }
    let amended = head.edition == .incits2009am1
    if !(position <= 10 || amended && (13...15).contains(position) || amended && (40...50).contains(position)) {
      oddViews += 1
    }
    end += 17
    return points(record, count: Int(count), size: 6, box: (width, height)) && extensions(record)
  }

  /// ISO/IEC 19794-2:2011, 8.4.
  private mutating func representation2011(_ record: RawSpan) -> Bool {
    let start = end
    guard let common = RepresentationHead2011(record, at: start, hasCertifications: head.hasCertifications) else {
      return false
    }
    let at = common.end
    guard let position = record.u8(at), let width = record.u16(at + 7), let height = record.u16(at + 9),
      let format = record.u8(at + 11), let count = record.u8(at + 12)
    else { return false }
    if position > 10 { oddViews += 1 }
    let size = Int(format >> 4)
    guard size == 5 || size == 6 else { return false }
    end = at + 13
    if date == nil { date = common.date }
    guard points(record, count: Int(count), size: size, box: (width, height)), extensions(record),
      let next = common.next(start: start, walked: end), Tolerance.meets(next, end)
    else { return false }
    end = next
    return true
  }

  /// Steps over `count` minutiae of `size` bytes.
  private mutating func points(_ record: RawSpan, count: Int, size: Int, box: (width: Int, height: Int)?) -> Bool {
    guard count * size <= record.byteCount - end else { return false }
    if count > 0 {
      runs.append(Run(at: end, count: count, size: size, width: box?.width ?? 0, height: box?.height ?? 0))
    }
    minutiae += count
    end += count * size
    return true
  }

  /// Counts the legal minutiae: type and x, reserved bits and y. Gives up on what is mostly not, so that a file full
  /// of magics costs no more than its walks.
  private mutating func judge(_ record: RawSpan) {
    for run in runs {
      for i in 0..<run.count {
        guard let first = record.u16(run.at + i * run.size), let second = record.u16(run.at + i * run.size + 2) else {
          return
        }
        let inside = (run.width == 0 || first & 0x3FFF < run.width) && (run.height == 0 || second < run.height)
        if first >> 14 != 3, second >> 14 == 0, inside { legal += 1 }
      }
      judged += run.count
      if judged >= 64, legal * 2 < judged { return }
    }
  }

  /// The extension block behind a view. Its last bytes may be missing: a sample of ISO/IEC 19794-2:2005 is one byte
  /// shorter than its own walk.
  private mutating func extensions(_ record: RawSpan) -> Bool {
    guard let length = record.u16(end) else {
      guard end <= record.byteCount else { return false }
      end += 2
      return true
    }
    guard end + 2 + length <= record.byteCount + Tolerance.slack else { return false }
    end += 2 + length
    return true
  }
}
