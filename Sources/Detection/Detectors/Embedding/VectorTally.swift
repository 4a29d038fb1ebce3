/// What rows of equal length look like as numbers.
enum VectorShape: Sendable {
  /// Norm 1.30 to 1.50 with 128 numbers: dlib's face network. `alike` when neighbours also point the same way, as its
  /// faces do (distance below 1.0 of 1.39) and weights or noise of the same norm do not.
  case dlib(alike: Bool)
  /// Norm 1: any normalized model, of faces or of anything else.
  case unit
  /// Signs and magnitudes of an embedding, another norm.
  case raw
}

/// Judges rows of numbers, one number at a time; holds two rows, never more.
struct VectorTally: Sendable {
  /// Dimensions of face models: dlib, FaceNet, OpenFace, SFace 128; DeepID 160; ArcFace, FaceNet 512; VGG-Face,
  /// DeepFace 4096.
  static let dimensions = [128, 160, 512, 4096]
  /// Rows that are looked at; more do not change a judgement.
  static let rowLimit = 4096

  let dimension: Int
  /// Rows that were complete.
  private(set) var rows = 0
  private var shaped = 0
  private var unit = 0
  private var dlib = 0
  private var alike = 0
  private var pairs = 0
  private var current: [Double] = []
  private var previous: [Double] = []

  /// - Parameter dimension: numbers of a row, one of `dimensions`.
  init(dimension: Int) {
    self.dimension = dimension
  }

  /// Takes the next number; after `dimension` of them a row is complete.
  mutating func add(_ value: Double) {
    current.append(value)
    if current.count >= dimension { closeRow() }
  }

  private mutating func closeRow() {
    rows += 1
    var (square, total, product, before) = (0.0, 0.0, 0.0, 0.0)
    var (positive, negative, whole) = (0, 0, 0)
    for i in current.indices {
      let x = current[i]
      square += x * x
      total += x.magnitude
      if x > 0 { positive += 1 } else if x < 0 { negative += 1 }
      if x == x.rounded() { whole += 1 }
      if i < previous.count {
        product += x * previous[i]
        before += previous[i] * previous[i]
      }
    }
    let norm = square.squareRoot()
    let count = Double(dimension)
    // Of one magnitude throughout: 0.8 for a normal distribution, near 0 for histograms and sparse rows.
    let evenness = total / (norm * count.squareRoot())
    let isShaped =
      norm.isFinite && norm > 1e-6 && positive * 10 >= dimension * 3 && negative * 10 >= dimension * 3
      && whole * 20 <= dimension && evenness > 0.5
    if isShaped {
      shaped += 1
      if (norm - 1).magnitude < 0.01 { unit += 1 }
      if dimension == 128, (1.30...1.50).contains(norm) { dlib += 1 }
    }
    if previous.count == dimension, before > 0, norm > 0 {
      pairs += 1
      if product / (norm * before.squareRoot()) > 0.5 { alike += 1 }
    }
    swap(&current, &previous)
    current.removeAll(keepingCapacity: true)
  }

  /// Nil when the rows are no embeddings: at least 95 % of them must agree.
  var shape: VectorShape? {
    let most = { (n: Int, of: Int) in n > 0 && n * 100 >= of * 95 }
    guard rows > 0, most(shaped, rows) else { return nil }
    if most(dlib, rows) { return .dlib(alike: most(alike, pairs)) }
    return most(unit, rows) ? .unit : .raw
  }
}
