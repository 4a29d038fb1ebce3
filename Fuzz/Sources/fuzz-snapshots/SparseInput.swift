/// Disk images are large and nearly empty: an input can be a list of their lines that hold something.
///
/// `Sprs`, the size of the snapshot (4 bytes, little endian), then for every line its number (4 bytes) and 64 bytes.
/// Anything else is the snapshot itself.
enum SparseInput {
  static let largest = 5 << 19
  private static let line = 64
  private static let mark = Array("Sprs".utf8)

  static func bytes(_ input: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    guard input.count >= 8, input.prefix(4).elementsEqual(mark) else { return Array(input) }
    func number(_ at: Int) -> Int { (0..<4).reduce(0) { $0 | Int(input[at + $1]) << (8 * $1) } }
    let size = number(4) % (largest + 1)
    var out = [UInt8](repeating: 0, count: size)
    guard size > line else { return out }
    var at = 8
    while at + 4 < input.count {
      let start = number(at) * line % size
      let count = min(line, input.count - at - 4, size - start)
      for i in 0..<count { out[start + i] = input[at + 4 + i] }
      at += 4 + line
    }
    return out
  }

  /// The shorter of both forms.
  static func input(_ snapshot: [UInt8]) -> [UInt8] {
    func number(_ v: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: v >> (8 * $0)) } }
    var out = mark + number(snapshot.count)
    for start in stride(from: 0, to: snapshot.count, by: line) {
      let part = snapshot[start..<min(start + line, snapshot.count)]
      guard part.contains(where: { $0 != 0 }) else { continue }
      out += number(start / line) + part + [UInt8](repeating: 0, count: line - part.count)
    }
    return out.count < snapshot.count ? out : snapshot
  }
}
