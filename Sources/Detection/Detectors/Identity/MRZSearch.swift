import CustodyCore

/// Finds the zone around two fillers: runs of zone characters of full line length, and their neighbours.
struct MRZSearch {
  /// What the caller needs of a zone, whole or a lone name line.
  struct Summary {
    var strength: Strength
    var kind: String?
    var issuer: String?
    var format: String?
    var isSpecimen: Bool
  }
  struct Found {
    var start: Int
    var end: Int
    var reading: Summary
  }
  private struct Line {
    var start: Int
    var end: Int
    var characters: [UInt8]
  }

  let form: MRZForm
  /// The window ended where more characters were wanted.
  private(set) var touchedEnd = false

  private static let lengths: Set<Int> = [30, 36, 44, 72, 88, 90]
  /// Longest zone without separators.
  private static let longest = 90
  /// Bytes that may stand between two lines: line breaks, written escapes, quotes, the name of a key.
  private static let gap = 64

  init(form: MRZForm) { self.form = form }

  mutating func zone(_ bytes: RawSpan, around hit: Int) -> Found? {
    guard let run = run(bytes, around: hit) else { return nil }
    switch run.characters.count {
    case 30: return lines(bytes, run, count: 3)
    case 36, 44: return lines(bytes, run, count: 2)
    case 72, 88, 90:
      if let reading = MRZ.read(run.characters) {
        return Found(start: run.start, end: run.end, reading: Summary(reading))
      }
    default: break
    }
    return run.characters.count > 72 ? embedded(run, hit) : nil
  }

  /// The run of zone characters around `hit`, cut to 90 characters on either side.
  private mutating func run(_ bytes: RawSpan, around hit: Int) -> Line? {
    var start = hit
    var before: [UInt8] = []
    while before.count <= Self.longest, let c = form.previous(bytes, start), MRZ.isMember(c.character) {
      before.append(c.character)
      start -= c.width
    }
    var line = Line(start: start, end: hit, characters: before.reversed())
    extend(bytes, &line, most: before.count + Self.longest + 1)
    guard line.characters.count >= 30 else { return nil }
    return line
  }

  /// Takes characters into a line until one does not belong.
  private mutating func extend(_ bytes: RawSpan, _ line: inout Line, most: Int) {
    while line.characters.count < most {
      guard let c = form.next(bytes, line.end) else {
        touchedEnd = true
        return
      }
      guard MRZ.isMember(c.character) else {
        // `<br>` or `</td>`: the last filler opens a mark-up tag.
        let count = line.characters.count
        if form != .entity, line.characters.last == MRZ.filler, !Self.lengths.contains(count),
          Self.lengths.contains(count - 1), (0x61...0x7A).contains(c.character) || c.character == 0x2F
        {
          line.characters.removeLast()
          line.end -= form.previous(bytes, line.end)?.width ?? 1
        }
        return
      }
      line.characters.append(c.character)
      line.end += c.width
    }
  }

  /// A zone of `count` lines like this one, of which this may be any.
  private mutating func lines(_ bytes: RawSpan, _ line: Line, count: Int) -> Found? {
    var all = [line]
    var best: Found?
    func consider(_ group: ArraySlice<Line>) {
      guard group.count == count, let first = group.first, let last = group.last,
        let reading = MRZ.read(lines: group.map(\.characters)),
        reading.strength > best?.reading.strength ?? .weak
          || best == nil
      else { return }
      best = Found(start: first.start, end: last.end, reading: Summary(reading))
    }
    while all.count < count, let last = all.last, let next = neighbour(bytes, after: last) { all.append(next) }
    consider(all[...])
    if let best, best.reading.strength == .proof { return best }
    for _ in 1..<count {
      guard let first = all.first, let previous = neighbour(bytes, before: first) else { break }
      all.insert(previous, at: 0)
      if all.count > count { all.removeLast() }
      consider(all[...])
      if let best, best.reading.strength == .proof { return best }
    }
    if best == nil, count == 2, MRZ.isNameLine(line.characters) {
      let c = line.characters
      let kind = c[0] == 0x50 ? "passport" : c[0] == 0x56 ? "visa" : "id"
      let issuer = String(decoding: c[2..<5].prefix { $0 != MRZ.filler }, as: UTF8.self)
      return Found(
        start: line.start, end: line.end,
        reading: Summary(strength: .weak, kind: kind, issuer: issuer, format: nil, isSpecimen: issuer == "UTO"))
    }
    return best
  }

  /// The next run of the same length, at most `gap` bytes after the line.
  private mutating func neighbour(_ bytes: RawSpan, after line: Line) -> Line? {
    var at = line.end
    while at - line.end <= Self.gap {
      guard let c = form.next(bytes, at) else {
        touchedEnd = true
        return nil
      }
      if MRZ.isMember(c.character), c.character != MRZ.filler {
        var next = Line(start: at, end: at, characters: [])
        extend(bytes, &next, most: line.characters.count + 2)
        if next.characters.count == line.characters.count { return next }
        if next.characters.count > line.characters.count { return nil }
        at = max(next.end, at + c.width)
      } else {
        at += c.width
      }
    }
    return nil
  }

  /// The run of the same length before the line.
  private func neighbour(_ bytes: RawSpan, before line: Line) -> Line? {
    var end = line.start
    while line.start - end <= Self.gap, let c = form.previous(bytes, end) {
      guard MRZ.isMember(c.character) else {
        end -= c.width
        continue
      }
      var start = end
      var reversed: [UInt8] = []
      while reversed.count <= line.characters.count + 1, let c = form.previous(bytes, start), MRZ.isMember(c.character)
      {
        reversed.append(c.character)
        start -= c.width
      }
      // A filler that opens a mark-up tag does not belong to the line.
      if reversed.count == line.characters.count + 1, reversed.first == MRZ.filler, form == .plain {
        return Line(start: start, end: end - 1, characters: reversed.dropFirst().reversed())
      }
      if reversed.count == line.characters.count {
        return Line(start: start, end: end, characters: reversed.reversed())
      }
      if reversed.count > line.characters.count { return nil }
      end = start
    }
    return nil
  }

  /// Lengths of joined zones, and where the date of birth begins in each.
  private static let embeddable = [(88, 57), (90, 30), (72, 49)]

  /// Six digits: the test that all but zones fail.
  private static func isDigits(_ c: [UInt8], _ at: Int) -> Bool {
    for i in at..<at + 6 where !(0x30...0x39).contains(c[i]) { return false }
    return true
  }

  /// A zone inside a longer run, as in records of fixed width: only one without any fault counts.
  private func embedded(_ run: Line, _ hit: Int) -> Found? {
    guard form == .plain else { return nil }
    let c = run.characters
    for first in 0..<c.count {
      if run.start + first > hit { break }
      guard [0x50, 0x56, 0x49, 0x41, 0x43].contains(c[first]) else { continue }
      for (count, birth) in Self.embeddable
      where first + count <= c.count && run.start + first + count > hit && Self.isDigits(c, first + birth) {
        guard let reading = MRZ.read(Array(c[first..<first + count]), correcting: false), reading.strength == .proof
        else { continue }
        return Found(start: run.start + first, end: run.start + first + count, reading: Summary(reading))
      }
    }
    return nil
  }
}

extension MRZSearch.Summary {
  init(_ reading: MRZ.Reading) {
    self.init(
      strength: reading.strength, kind: reading.documentKind, issuer: reading.issuer, format: reading.format.rawValue,
      isSpecimen: reading.isSpecimen)
  }
}
