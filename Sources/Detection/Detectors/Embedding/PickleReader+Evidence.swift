extension PickleReader {
  /// The strongest thing that the byte strings and runs of floats say; nil when they say nothing.
  func evidence(_ b: RawSpan, format: String) -> VectorEvidence? {
    var best: VectorEvidence?
    let consider = { (seen: VectorEvidence?) in
      guard let seen, best.map({ ($0.strength, $0.rows) < (seen.strength, seen.rows) }) ?? true else { return }
      best = seen
    }
    for (which, tally) in runs.enumerated() where tally.rows > 0 {
      consider(VectorEvidence(tally, rows: runRows[which], names: names, format: format))
    }
    guard makesArrays || makesTensors else { return best }
    for dimension in VectorTally.dimensions {
      for element in VectorElement.allCases {
        let (tally, rows) = tally(b, dimension: dimension, element)
        consider(VectorEvidence(tally, rows: rows, names: names, format: format))
      }
    }
    return best
  }

  /// All byte strings that are rows of `dimension` such numbers, taken together when their numbers agree. The size of
  /// one row is needed first: a wrong reading of the bytes has no norm that repeats.
  private func tally(_ b: RawSpan, dimension: Int, _ element: VectorElement) -> (VectorTally, rows: Int) {
    let size = dimension * element.size
    var all = VectorTally(dimension: dimension)
    var rows = 0
    for blob in blobs {
      if blob.isInflated {
        guard blob.count >= size, blob.count <= size * 2, let raw = deflated(b, blob), raw.count == size else {
          continue
        }
        let span = raw.span.bytes
        guard span.vectorTally(at: 0, rows: 1, dimension: dimension, element).shape != nil else { continue }
        add(span, at: 0, 1, element, to: &all)
        rows += 1
      } else {
        guard blob.count % size == 0 else { continue }
        let count = blob.count / size
        let first = b.vectorTally(at: blob.start, rows: min(count, 8), dimension: dimension, element)
        guard let shape = first.shape, shape.isModelled || !names.isDisjoint(with: .face) else { continue }
        add(b, at: blob.start, count, element, to: &all)
        rows += count
      }
    }
    return (all, rows)
  }

  private func add(
    _ b: RawSpan, at start: Int, _ count: Int, _ element: VectorElement, to tally: inout VectorTally
  ) {
    let room = max(0, VectorTally.rowLimit - tally.rows)
    for i in 0..<(min(count, room) * tally.dimension) {
      tally.add(b.vectorElement(start + i * element.size, element) ?? .nan)
    }
  }

  /// Bytes that protocol 2 wrote as Latin-1 characters in UTF-8; nil when other characters are among them.
  private func deflated(_ b: RawSpan, _ blob: Blob) -> [UInt8]? {
    var out: [UInt8] = []
    var at = blob.start
    let end = min(blob.start + blob.count, b.byteCount)
    while at < end, let c = b.u8(at) {
      if c < 0x80 {
        out.append(c)
        at += 1
      } else {
        guard c == 0xC2 || c == 0xC3, at + 1 < end, let d = b.u8(at + 1), d & 0xC0 == 0x80 else { return nil }
        out.append((c & 3) << 6 | d & 0x3F)
        at += 2
      }
    }
    return out
  }
}

extension VectorShape {
  /// The norm is one that models are known for.
  var isModelled: Bool {
    if case .raw = self { return false }
    return true
  }
}
