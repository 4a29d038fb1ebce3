/// What a Python pickle holds, read from its opcodes: none is executed, no object is built (PEP 3154, pickletools).
///
/// Kept are places of byte strings and runs of floats that could be vectors, names, and whether the stream makes arrays,
/// tensors or models. Work and memory are bounded by the bytes: an opcode takes at least one, and nothing is stored
/// beyond `limit` items.
struct PickleReader {
  /// A byte string, or a protocol 2 one that UTF-8 inflated.
  struct Blob {
    var start: Int
    var count: Int
    var isInflated = false
  }

  static let limit = 4096

  var names: VectorNames = []
  /// Which pictures strings name: keys of dictionaries, lists of files.
  var pictures = NamesTally()
  var blobs: [Blob] = []
  /// Lists of Python floats, per dimension of a face model.
  var runs: [VectorTally] = VectorTally.dimensions.map(VectorTally.init)
  var runRows = [0, 0, 0, 0]
  /// Tuples of integers with a face model's dimension last, as tensors have: rows and dimension.
  var shapes: [(rows: Int, dimension: Int)] = []
  var makesArrays = false
  var makesTensors = false
  var opcodes = 0
  /// Streams that ended with their STOP.
  var complete = 0
  /// Where the last complete stream ends.
  var end = 0
  /// A byte that is no opcode ended it.
  private var isForeign = false
  /// The bytes ended before the first stream did.
  var isCut: Bool { complete == 0 && !isForeign }

  private var at = 0
  private var run: [Int] = []
  private var integers: [Int] = []
  /// The last tuple was kept as a shape, and only memo opcodes have followed.
  private var isShapeLast = false

  /// Nil when no stream begins at `from`. Several that follow each other are read as one, as legacy PyTorch files need.
  static func read(_ b: RawSpan, from: Int) -> PickleReader? {
    guard b.u8(from) == 0x80, let version = b.u8(from + 1), (2...5).contains(version) else { return nil }
    var reader = PickleReader()
    reader.end = from
    reader.at = from
    while reader.at < b.byteCount, reader.step(b) {}
    return reader.opcodes > 2 || reader.isCut ? reader : nil
  }

  /// Reads one opcode; false at the end of the streams, at the end of the bytes or where it is no pickle.
  private mutating func step(_ b: RawSpan) -> Bool {
    guard let opcode = b.u8(at) else { return false }
    opcodes += 1
    if opcode == 0x47 {
      guard at + 9 <= b.byteCount else { return false }
      // Longer runs are no rows of a face model, only their length matters then.
      if run.count <= 4096 { run.append(at + 1) }
      at += 9
      return true
    }
    // Long lists come in batches: APPENDS, then MARK; a frame may begin anywhere.
    if opcode != 0x65, opcode != 0x28, opcode != 0x94, opcode != 0x95 { closeRun(b) }
    // What a persistent id is made of is a storage and its size, no shape.
    if opcode == 0x51, isShapeLast { shapes.removeLast() }
    if ![0x71, 0x72, 0x94].contains(opcode) { isShapeLast = false }
    return take(opcode, b)
  }

  private mutating func take(_ opcode: UInt8, _ b: RawSpan) -> Bool {
    switch opcode {
    case 0x80: return skip(1, b)
    case 0x95: return skip(8, b)
    case 0x2E:  // STOP
      at += 1
      complete += 1
      end = at
      guard b.u8(at) == 0x80, let version = b.u8(at + 1) else { return false }
      return (2...5).contains(version)
    case 0x63: return global(b)
    case 0x69: return global(b)
    case 0x8C: return string(b, b.u8(at + 1).map(Int.init), head: 2)
    case 0x58: return string(b, b.u32le(at + 1), head: 5)
    case 0x8D: return string(b, b.u64le(at + 1), head: 9)
    case 0x54: return string(b, b.u32le(at + 1), head: 5)
    case 0x55: return string(b, b.u8(at + 1).map(Int.init), head: 2)
    case 0x43: return blob(b, b.u8(at + 1).map(Int.init), head: 2)
    case 0x42: return blob(b, b.u32le(at + 1), head: 5)
    case 0x8E, 0x96: return blob(b, b.u64le(at + 1), head: 9)
    case 0x4B: return integer(b.u8(at + 1).map(Int.init), 2)
    case 0x4D: return integer(b.u16le(at + 1), 3)
    case 0x4A: return integer(b.u32le(at + 1), 5)
    case 0x8A: return b.u8(at + 1).map { skip(1 + Int($0), b) } ?? false
    case 0x8B: return b.u32le(at + 1).map { skip(4 + $0, b) } ?? false
    case 0x68, 0x71, 0x82: return skip(1, b)  // BINGET, BINPUT, EXT1
    case 0x83: return skip(2, b)
    case 0x6A, 0x72, 0x84: return skip(4, b)
    case 0x46, 0x49, 0x4C, 0x53, 0x56, 0x50, 0x67, 0x70:  // text until the end of the line
      guard let line = b.firstIndex(of: 0x0A, from: at + 1, to: b.byteCount) else { return false }
      at = line + 1
      return true
    case 0x85, 0x86, 0x87, 0x74:
      closeTuple()
      return skip(0, b)
    case 0x28, 0x29, 0x5D, 0x61, 0x62, 0x64, 0x65, 0x6C, 0x6F, 0x7D, 0x73, 0x75, 0x30, 0x31, 0x32, 0x4E, 0x51, 0x52,
      0x81, 0x88, 0x89, 0x8F, 0x90, 0x91, 0x92, 0x93, 0x94, 0x97, 0x98:
      if opcode == 0x28 || opcode == 0x51 { integers = [] }
      return skip(0, b)
    default:
      isForeign = true
      return false
    }
  }

  private mutating func skip(_ count: Int, _ b: RawSpan) -> Bool {
    guard count <= b.byteCount - at - 1 else { return false }
    at += 1 + count
    return true
  }

  private mutating func integer(_ value: Int?, _ length: Int) -> Bool {
    guard let value else { return false }
    integers.append(value)
    if integers.count > 4 { integers.removeFirst() }
    at += length
    return true
  }

  private mutating func closeTuple() {
    if let dimension = integers.last, VectorTally.dimensions.contains(dimension), shapes.count < Self.limit {
      shapes.append((integers.count >= 2 ? integers[integers.count - 2] : 1, dimension))
      isShapeLast = true
    }
    integers = []
  }

  private mutating func string(_ b: RawSpan, _ count: Int?, head: Int) -> Bool {
    guard let count, count <= b.byteCount - at - head else { return false }
    let start = at + head
    if count <= 256 {
      let text = b.bytes(start..<start + count)
      name(text)
      text.withUnsafeBufferPointer { pictures.take($0, mayBeKey: true) }
    }
    if count >= 512, blobs.count < Self.limit { blobs.append(Blob(start: start, count: count, isInflated: true)) }
    at = start + count
    return true
  }

  private mutating func blob(_ b: RawSpan, _ count: Int?, head: Int) -> Bool {
    guard let count, count <= b.byteCount - at - head else { return false }
    if count >= 256, blobs.count < Self.limit { blobs.append(Blob(start: at + head, count: count)) }
    at += head + count
    return true
  }

  /// GLOBAL and INST: module and name, a line each.
  private mutating func global(_ b: RawSpan) -> Bool {
    guard let line = b.firstIndex(of: 0x0A, from: at + 1, to: min(b.byteCount, at + 512)),
      let next = b.firstIndex(of: 0x0A, from: line + 1, to: min(b.byteCount, line + 512))
    else { return false }
    note(String(decoding: b.bytes(at + 1..<line), as: UTF8.self))
    note(String(decoding: b.bytes(line + 1..<next), as: UTF8.self))
    at = next + 1
    return true
  }

  private mutating func name(_ bytes: [UInt8]) {
    names.formUnion(VectorNames(naming: bytes))
    note(String(decoding: bytes, as: UTF8.self))
  }

  /// Modules and types that say what is made.
  private mutating func note(_ word: String) {
    if word.hasPrefix("numpy") { makesArrays = true }
    if word.hasPrefix("torch") { makesTensors = true }
    if word.hasPrefix("torch.nn.modules") || word.hasPrefix("keras") || word.hasPrefix("sklearn") {
      names.insert(.model)
    }
  }

  private mutating func closeRun(_ b: RawSpan) {
    defer { run.removeAll(keepingCapacity: true) }
    guard run.count >= 128, let which = VectorTally.dimensions.firstIndex(of: run.count) else { return }
    runRows[which] += 1
    guard runs[which].rows < VectorTally.rowLimit else { return }
    for place in run { runs[which].add(b.vectorElement(place, .float64, bigEndian: true) ?? .nan) }
  }
}
