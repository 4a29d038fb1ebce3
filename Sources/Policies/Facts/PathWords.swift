/// Words in paths that say something about custody. A table of values; nothing of a path is ever kept from it.
///
/// A word is a run of letters in one path component (`lane` in `lane07`); case does not matter unless noted.
struct PathWords {
  struct Meaning: OptionSet, Sendable, Hashable {
    let rawValue: UInt32
    static let removable = Meaning(rawValue: 1 << 0)
    static let fieldDevice = Meaning(rawValue: 1 << 1)
    static let cloudCache = Meaning(rawValue: 1 << 2)
    static let backup = Meaning(rawValue: 1 << 3)
    static let share = Meaning(rawValue: 1 << 4)
    static let workstation = Meaning(rawValue: 1 << 5)
    /// Says "work order" when a number of three or more digits stands beside it.
    static let ticketWithNumber = Meaning(rawValue: 1 << 6)
    static let ticket = Meaning(rawValue: 1 << 7)
    /// Says "lane" when a number stands beside it.
    static let laneWithNumber = Meaning(rawValue: 1 << 8)
    static let site = Meaning(rawValue: 1 << 9)
    static let training = Meaning(rawValue: 1 << 10)
    static let trainSplit = Meaning(rawValue: 1 << 11)
    static let validationSplit = Meaning(rawValue: 1 << 12)
    static let cloudFace = Meaning(rawValue: 1 << 13)
    static let lane = Meaning(rawValue: 1 << 14)
    /// Says "ticket" when five or more digits follow without a gap (`INC0012345`, but not `Acme Inc 2019`).
    static let ticketPrefix = Meaning(rawValue: 1 << 15)
    /// Says "site" when something else stands in the component (`site-07`, but not the `sites` of a web server).
    static let siteWithMore = Meaning(rawValue: 1 << 16)
    /// Gathered from the web.
    static let scraped = Meaning(rawValue: 1 << 17)
  }

  static let table: [UInt64: Meaning] = {
    var table: [UInt64: Meaning] = [:]
    for (words, meaning) in vocabulary {
      for word in words { table[key(Array(word.utf8)[...]), default: []].formUnion(meaning) }
    }
    return table
  }()

  private static let vocabulary: [([String], Meaning)] = [
    (
      ["usb", "usbdrive", "usbstick", "usbkey", "thumbdrive", "flashdrive", "pendrive", "removable", "sdcard"],
      .removable
    ),
    (["nvr", "dvr", "dcim"], .fieldDevice),
    (["onedrive", "dropbox", "gdrive", "googledrive", "icloud", "nextcloud", "owncloud"], .cloudCache),
    (["backup", "backups", "bak", "bkp", "bkup"], .backup),
    (["share", "shares", "shared", "fileserver", "fileshare", "netshare", "nas", "smb", "cifs"], .share),
    (["workstation", "workstations", "desktop", "downloads", "appdata", "laptop"], .workstation),
    (["wo", "rma", "ticket", "tkt"], .ticketWithNumber),
    (["inc", "sr"], .ticketPrefix),
    (["workorder", "workorders"], .ticket),
    (["lane"], .laneWithNumber),
    (["lanes"], .lane),
    (["poe", "plaza", "crossing"], .site),
    (["site"], .siteWithMore),
    (
      ["training", "trainset", "trainingset", "dataset", "datasets", "embeddings", "finetune", "finetuning"], .training
    ),
    (["train"], .trainSplit),
    (["val", "valid", "validation", "test", "eval"], .validationSplit),
    (
      ["scrape", "scraped", "scraper", "scraping", "crawl", "crawled", "crawler", "flickr", "instagram", "vkontakte"],
      .scraped
    ),
    (["rekognition", "faceplusplus", "searchfaces", "indexfaces", "detectfaces", "comparefaces"], .cloudFace),
  ]

  /// FNV-1a over the letters in lower case: equal on every machine.
  @inline(__always)
  static func key(_ word: ArraySlice<UInt8>) -> UInt64 {
    var h: UInt64 = 0xCBF2_9CE4_8422_2325
    for b in word { h = (h ^ UInt64(b | 0x20)) &* 0x0000_0100_0000_01B3 }
    return h
  }

  /// What the words of one path component mean together.
  struct Reading {
    var meaning: Meaning = []
    var agencies = AgencySet()
    /// Exactly one word and no number in the component.
    var isSingleWord = false
  }

  static func read(_ component: ArraySlice<UInt8>) -> Reading {
    var reading = Reading()
    var words = 0
    var longestNumber = 0
    var i = component.startIndex
    let end = component.endIndex
    while i < end {
      let b = component[i]
      if isLetter(b) {
        var h: UInt64 = 0xCBF2_9CE4_8422_2325
        let start = i
        while i < end, isLetter(component[i]) {
          h = (h ^ UInt64(component[i] | 0x20)) &* 0x0000_0100_0000_01B3
          i += 1
        }
        words += 1
        if let meaning = table[h] {
          reading.meaning.formUnion(meaning)
          if meaning.contains(.ticketPrefix), component[i...].prefix(5).count(where: isDigit) == 5 {
            reading.meaning.insert(.ticket)
          }
        }
        if let agency = Agency.table[h], agency.accepts(component[start..<i]) { reading.agencies.insert(agency) }
      } else if isDigit(b) {
        let start = i
        while i < end, isDigit(component[i]) { i += 1 }
        longestNumber = max(longestNumber, i - start)
      } else {
        i += 1
      }
    }
    if reading.meaning.contains(.ticketWithNumber), longestNumber >= 3 { reading.meaning.insert(.ticket) }
    if reading.meaning.contains(.laneWithNumber), longestNumber >= 1 { reading.meaning.insert(.lane) }
    if reading.meaning.contains(.siteWithMore), words > 1 || longestNumber > 0 { reading.meaning.insert(.site) }
    reading.isSingleWord = words == 1 && longestNumber == 0
    return reading
  }

  @inline(__always) static func isLetter(_ b: UInt8) -> Bool { (0x61...0x7A).contains(b | 0x20) }
  @inline(__always) static func isDigit(_ b: UInt8) -> Bool { (0x30...0x39).contains(b) }
}
