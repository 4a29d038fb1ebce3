import CustodyCore

/// File layouts that plate and lane cameras write when they export by themselves.
///
/// Sources: Vivotek ANPR export (`<camera>/YYYY/MM/DD/YYYYMMDD-hhmmss_<camera>_<plate>.jpg`), GeoVision FTP
/// (`<MAC>/VFD/YYYY-MM-DD/HH/VFD_YYYY-MM-DD-HH-MM-SS-mmm_nnn.jpg`, and `VEHICE` [sic]), CAMMRA AI FTP
/// (`<device>/YYYYMM/DD/YYYYMMDDHHMMSS_mmm_roi_…`), generic event snapshots (`<prefix>_YYYYMMDDHHMMSS_n_pre.jpg`).
enum ExportLayout {
  enum Folder: UInt8, Sendable, Hashable {
    case none
    /// `…/YYYY/MM/DD`
    case yearMonthDay
    /// `…/YYYYMM/DD`
    case monthDay
    /// `…/VFD/YYYY-MM-DD/HH`
    case event
  }

  /// What the last components of a folder look like.
  static func folder(_ key: [UInt8]) -> Folder {
    let parts = tail(key, 3)
    guard let last = parts.first, isNumber(last, 2) else { return .none }
    guard parts.count >= 2 else { return .none }
    if isNumber(parts[1], 6) { return .monthDay }
    guard parts.count >= 3 else { return .none }
    if isNumber(parts[1], 2), isNumber(parts[2], 4) { return .yearMonthDay }
    if isDate(parts[1]), isEventWord(parts[2]) { return .event }
    return .none
  }

  /// The last components, innermost first.
  private static func tail(_ key: [UInt8], _ count: Int) -> [ArraySlice<UInt8>] {
    var parts: [ArraySlice<UInt8>] = []
    var end = key.count
    while parts.count < count, end > 0 {
      var start = end
      while start > 0, key[start - 1] != 0x2F { start -= 1 }
      parts.append(key[start..<end])
      end = start - 1
    }
    return parts
  }

  private static func isNumber(_ s: ArraySlice<UInt8>, _ digits: Int) -> Bool {
    s.count == digits && s.allSatisfy(PathWords.isDigit)
  }

  private static func isDate(_ s: ArraySlice<UInt8>) -> Bool {
    s.count == 10 && s[s.startIndex + 4] == 0x2D && s[s.startIndex + 7] == 0x2D
  }

  private static func isEventWord(_ s: ArraySlice<UInt8>) -> Bool {
    s.elementsEqual("VFD".utf8) || s.elementsEqual("VEHICE".utf8)
  }

  /// Whether a file lies in one of the layouts, and the local time its name gives.
  static func read(_ name: ArraySlice<UInt8>, in folder: Folder) -> (isExport: Bool, time: CivilTime?) {
    switch folder {
    case .yearMonthDay:
      // YYYYMMDD-hhmmss_
      guard name.count > 16 else { break }
      let s = name.startIndex
      if isNumber(name[s..<(s + 8)], 8), name[s + 8] == 0x2D || name[s + 8] == 0x5F,
        isNumber(name[(s + 9)..<(s + 15)], 6), name[s + 15] == 0x5F
      {
        return (true, time(Array(name[s..<(s + 8)]) + Array(name[(s + 9)..<(s + 15)])))
      }
    case .monthDay:
      // YYYYMMDDHHMMSS_mmm_roi_
      guard name.count > 23 else { break }
      let s = name.startIndex
      if isNumber(name[s..<(s + 14)], 14), name[s + 14] == 0x5F, isNumber(name[(s + 15)..<(s + 18)], 3),
        name[(s + 18)..<(s + 23)].elementsEqual("_roi_".utf8)
      {
        return (true, time(Array(name[s..<(s + 14)])))
      }
    case .event:
      // VFD_YYYY-MM-DD-HH-MM-SS-
      guard let underscore = name.firstIndex(of: 0x5F), isEventWord(name[name.startIndex..<underscore]),
        name.endIndex - underscore > 20
      else { break }
      let digits = name[(underscore + 1)..<(underscore + 20)].filter(PathWords.isDigit)
      if digits.count == 14 { return (true, time(digits)) }
    case .none: break
    }
    return generic(name)
  }

  /// `<prefix>_YYYYMMDDHHMMSS_n_{pre,trg,pos}.jpg`
  private static func generic(_ name: ArraySlice<UInt8>) -> (isExport: Bool, time: CivilTime?) {
    guard name.count > 24, let dot = name.lastIndex(of: 0x2E), dot - name.startIndex >= 20 else { return (false, nil) }
    let word = name[(dot - 4)..<dot]
    guard word.elementsEqual("_pre".utf8) || word.elementsEqual("_trg".utf8) || word.elementsEqual("_pos".utf8) else {
      return (false, nil)
    }
    var i = dot - 5
    let least = name.startIndex + 16
    guard i > least, PathWords.isDigit(name[i]) else { return (false, nil) }
    while i > least, PathWords.isDigit(name[i]) { i -= 1 }
    guard name[i] == 0x5F, i - 15 >= name.startIndex, isNumber(name[(i - 14)..<i], 14), name[i - 15] == 0x5F else {
      return (false, nil)
    }
    return (true, time(Array(name[(i - 14)..<i])))
  }

  /// Fourteen digits as a local time between 1990 and 2099.
  private static func time(_ digits: [UInt8]) -> CivilTime? {
    guard digits.count == 14 else { return nil }
    func number(_ from: Int, _ count: Int) -> Int {
      digits[from..<(from + count)].reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
    guard (1990...2099).contains(number(0, 4)) else { return nil }
    return CivilTime(
      year: number(0, 4), month: number(4, 2), day: number(6, 2), hour: number(8, 2), minute: number(10, 2),
      second: number(12, 2))
  }
}
