/// The header of a `.npy` array (NumPy Enhancement Proposal 1): magic, version, length, a Python dictionary as text.
struct NumPyHeader {
  /// Nil when the numbers are no floats of 2, 4 or 8 bytes.
  var element: VectorElement?
  var isBigEndian = false
  /// Python objects follow, as a pickle.
  var holdsObjects = false
  /// Strings follow; nil for everything else.
  var strings: Text?
  var isColumnMajor = false
  /// At most four; empty for a single number.
  var shape: [Int] = []
  /// Where the numbers begin, from the magic.
  var dataOffset = 0

  static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]
  /// Longer headers describe records with many fields, not vectors.
  private static let longest = 4096

  /// Nil when it is no header, or goes on beyond the bytes.
  init?(_ b: RawSpan, at start: Int) {
    guard b.has(Self.magic, at: start), let major = b.u8(start + 6), (1...3).contains(major), b.u8(start + 7) == 0,
      let length = major == 1 ? b.u16le(start + 8) : b.u32le(start + 8), (16...Self.longest).contains(length)
    else { return nil }
    let text = start + (major == 1 ? 10 : 12)
    let end = text + length
    guard b.u8(text) == UInt8(ascii: "{"), b.u8(end - 1) == 0x0A else { return nil }
    dataOffset = end - start
    guard let descr = Self.value(b, of: "'descr':", from: text, to: end), let order = b.u8(descr + 1),
      let shapeAt = Self.value(b, of: "'shape':", from: text, to: end),
      let fortran = Self.value(b, of: "'fortran_order':", from: text, to: end)
    else { return nil }
    isBigEndian = order == UInt8(ascii: ">")
    holdsObjects = b.has("'|O'", at: descr) || b.has("'O'", at: descr)
    if b.has("f8'", at: descr + 2) {
      element = .float64
    } else if b.has("f4'", at: descr + 2) {
      element = .float32
    } else if b.has("f2'", at: descr + 2) {
      element = .float16
    }
    if let kind = b.u8(descr + 2), kind == UInt8(ascii: "U") || kind == UInt8(ascii: "S"),
      let length = b.decimal(descr + 3, most: 6), (1...Text.longest).contains(length.value)
    {
      strings = Text(characters: length.value, width: kind == UInt8(ascii: "U") ? 4 : 1)
    }
    isColumnMajor = b.has("True", at: fortran)
    guard b.u8(shapeAt) == UInt8(ascii: "(") else { return nil }
    var at = shapeAt + 1
    while at < end, let c = b.u8(at), c != UInt8(ascii: ")") {
      if let number = b.decimal(at, most: 12) {
        guard shape.count < 4 else { return nil }
        shape.append(number.value)
        at = number.end
      } else {
        guard c == 0x20 || c == UInt8(ascii: ",") else { return nil }
        at += 1
      }
    }
  }

  /// Strings of a fixed size, filled up with zeros.
  struct Text {
    /// Longer ones are no names of files.
    static let longest = 4096
    var characters: Int
    /// Bytes of a character: 4 for `U` (UTF-32), 1 for `S`.
    var width: Int

    /// The string at `start` in UTF-8; what is no character ends it.
    func value(_ b: RawSpan, _ start: Int, isBigEndian: Bool) -> [UInt8] {
      var out: [UInt8] = []
      for i in 0..<characters {
        let at = start + i * width
        guard width == 4 else {
          guard let c = b.u8(at), c != 0 else { break }
          out.append(c)
          continue
        }
        let unit = isBigEndian ? b.u32(at) : b.u32le(at)
        guard let unit, unit != 0, let scalar = UInt32(exactly: unit).flatMap(Unicode.Scalar.init) else { break }
        out += Array(String(Character(scalar)).utf8)
      }
      return out
    }
  }

  private static func value(_ b: RawSpan, of key: String, from: Int, to: Int) -> Int? {
    guard var at = b.find(Array(key.utf8), from: from, within: to) else { return nil }
    at += key.utf8.count
    while at < to, b.u8(at) == 0x20 { at += 1 }
    return at
  }

  /// Rows and numbers per row of a matrix, or of one vector.
  var matrix: (rows: Int, dimension: Int)? {
    switch shape.count {
    case 1: (1, shape[0])
    case 2: isColumnMajor ? nil : (shape[0], shape[1])
    case 3: shape[1] == 1 && !isColumnMajor ? (shape[0], shape[2]) : nil
    default: nil
    }
  }
}
