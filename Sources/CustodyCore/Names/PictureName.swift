/// A file name reduced to what pictures and the rows that name them have in common: a hash, never the name.
///
/// `D:\lane3\000123.JPG`, `lane3/000123.jpg?size=2` and the key `000123` give the same hash.
public struct PictureName: Sendable, Hashable {
  /// 48 bits: FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv) of the stem in lower case, mixed so that the smallest
  /// of many are a fair sample.
  public let hash: UInt64
  /// The name ends in the extension of a picture.
  public let isPicture: Bool

  /// Bits of `hash`.
  public static let bits: UInt64 = 48

  /// Nil when nothing is left of the name: empty, a folder, only an extension.
  public init?(_ path: UnsafeBufferPointer<UInt8>) {
    var end = path.count
    if let query = path.firstIndex(of: 0x3F) { end = query }
    var start = end
    while start > 0, path[start - 1] != 0x2F, path[start - 1] != 0x5C { start -= 1 }
    let dot = Self.extensionStart(path, start, end)
    isPicture = dot != nil
    let name = UnsafeBufferPointer(rebasing: path[start..<(dot ?? end)])
    guard !name.isEmpty else { return nil }
    hash = Self.hash(name)
  }

  public init?(_ path: some Collection<UInt8>) {
    let found: PictureName??
    found = path.withContiguousStorageIfAvailable { PictureName($0) }
    guard let name = found ?? Array(path).withUnsafeBufferPointer({ PictureName($0) }) else { return nil }
    self = name
  }

  /// Where the dot of a picture's extension stands; nil without one.
  private static func extensionStart(_ path: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Int? {
    var word: UInt64 = 0
    var at = end
    var letters: UInt64 = 0
    while at > start, letters < 5 {
      let c = path[at - 1]
      if c == 0x2E { return isExtension(word) ? at - 1 : nil }
      word |= UInt64(c | 0x20) << (8 * letters)
      letters += 1
      at -= 1
    }
    return nil
  }

  /// Extensions of what is identified as `image/…` and of image records of ISO/IEC 19794, letters packed as `extensionStart` reads them: a table of open
  /// addressing, because every value of a column passes here.
  private static let extensions: [UInt64] = {
    var slots = [UInt64](repeating: 0, count: 128)
    for name in [
      "jpg", "jpeg", "jpe", "jfif", "png", "bmp", "dib", "tif", "tiff", "gif", "webp", "heic", "heif", "avif", "jp2",
      "j2k", "jpx", "jpf", "jxl", "wsq", "pgm", "ppm", "pbm", "pnm", "pcx", "tga", "cr2", "nef", "arw", "dng", "fac",
      "fir", "iir",
    ] {
      let word = name.utf8.reduce(0) { $0 << 8 | UInt64($1 | 0x20) }
      var at = slot(word)
      while slots[at] != 0 { at = (at + 1) & 127 }
      slots[at] = word
    }
    return slots
  }()

  private static func slot(_ word: UInt64) -> Int { Int(truncatingIfNeeded: (word &* 0x9E37_79B9_7F4A_7C15) >> 57) }

  private static func isExtension(_ word: UInt64) -> Bool {
    var at = slot(word)
    while extensions[at] != 0 {
      if extensions[at] == word { return true }
      at = (at + 1) & 127
    }
    return false
  }

  private static func hash(_ name: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    var others: UInt8 = 0
    for c in name {
      others |= c
      hash = (hash ^ UInt64(c &- 0x41 < 26 ? c | 0x20 : c)) &* 0x100_0000_01B3
    }
    if others >= 0x80, let text = String(validating: name, as: UTF8.self) {
      hash = 0xCBF2_9CE4_8422_2325
      for c in text.lowercased().utf8 { hash = (hash ^ UInt64(c)) &* 0x100_0000_01B3 }
    }
    return mixed(hash) >> (64 - bits)
  }

  /// The finalizer of MurmurHash3, 64 bits: every bit of the input moves half of the output.
  private static func mixed(_ value: UInt64) -> UInt64 {
    var v = value
    v = (v ^ (v >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    v = (v ^ (v >> 33)) &* 0xC4CE_B9FE_1A85_EC53
    return v ^ (v >> 33)
  }
}
