/// Reads numbers from bytes the way a validator would; nil past the end. Independent of the builders.
struct Walker {
  let bytes: [UInt8]
  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func number(_ at: Int, _ size: Int) -> Int? {
    guard at >= 0, at + size <= bytes.count else { return nil }
    return bytes[at..<(at + size)].reduce(0) { $0 << 8 | Int($1) }
  }
  func text(_ at: Int, _ size: Int) -> String? {
    guard at >= 0, at + size <= bytes.count else { return nil }
    return String(decoding: bytes[at..<(at + size)], as: UTF8.self)
  }
}

/// One BER-TLV level: tags with the ranges of their values; nil when lengths do not add up.
func berWalk(_ bytes: ArraySlice<UInt8>) -> [(tag: Int, value: ArraySlice<UInt8>)]? {
  var out: [(tag: Int, value: ArraySlice<UInt8>)] = []
  var p = bytes.startIndex
  while p < bytes.endIndex {
    var tag = Int(bytes[p])
    p += 1
    if tag & 0x1F == 0x1F {
      guard p < bytes.endIndex else { return nil }
      tag = tag << 8 | Int(bytes[p])
      p += 1
    }
    guard p < bytes.endIndex else { return nil }
    var length = Int(bytes[p])
    p += 1
    if length >= 0x80 {
      let n = length & 0x7F
      guard (1...3).contains(n), p + n <= bytes.endIndex else { return nil }
      length = bytes[p..<(p + n)].reduce(0) { $0 << 8 | Int($1) }
      p += n
    }
    guard p + length <= bytes.endIndex else { return nil }
    out.append((tag, bytes[p..<(p + length)]))
    p += length
  }
  return out
}
