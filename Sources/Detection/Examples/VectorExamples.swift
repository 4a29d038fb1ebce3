/// Vectors with the numbers of a face model, of other models and of none, for examples and tests.
enum VectorSample {
  /// `count` rows of `dimension` numbers and the given norm. `alike` rows share most of their direction.
  static func rows(_ count: Int, _ dimension: Int, norm: Double, alike: Bool = false) -> [[Double]] {
    var state: UInt64 = 0x2545_F491_4F6C_DD1D
    let noise = { () -> Double in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Double(state >> 11) / Double(1 << 53) * 2 - 1
    }
    let common = (0..<dimension).map { _ in noise() }
    return (0..<count).map { _ in
      let row = common.map { alike ? $0 + noise() / 2 : noise() }
      let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return row.map { $0 * norm / length }
    }
  }
  /// Rows as dlib's network gives them.
  static func dlib(_ count: Int) -> [[Double]] { rows(count, 128, norm: 1.39, alike: true) }

  /// Little-endian.
  static func f8(_ rows: [[Double]]) -> [UInt8] {
    rows.joined().flatMap { x in (0..<8).map { UInt8(truncatingIfNeeded: x.bitPattern >> (8 * UInt64($0))) } }
  }
  static func f4(_ rows: [[Double]]) -> [UInt8] {
    rows.joined().flatMap { x in (0..<4).map { UInt8(truncatingIfNeeded: Float(x).bitPattern >> (8 * UInt32($0))) } }
  }
  /// `value` in `size` bytes, little-endian.
  static func le(_ value: Int, _ size: Int) -> [UInt8] {
    LittleEndian.bytes(value, size)
  }
}
