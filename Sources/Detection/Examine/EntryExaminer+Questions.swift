internal import CustodyCore

/// Asking one detector about one place, with as large a window as it needs and the budget allows.
extension EntryExaminer {
  enum Reply {
    case nothing
    /// Ask again when the entry has more bytes than this, or has ended.
    case wait(Int)
    case answer(ObservationCollector.Answer)
    /// A file was cut out.
    case file(DerivedContent)
  }

  mutating func ask(
    _ detector: Int, start: Int, lookBehind: Int, window: Int, finished: Bool
  ) -> Reply {
    var request = requests[detector] ?? Request(window: window)
    while true {
      let end = start + min(request.window, Self.windowLimit)
      if !finished, tape.end <= end { return .wait(end) }
      let from = max(0, start - lookBehind)
      let reachesEnd = finished && end >= tape.end
      let isFinal = reachesEnd || request.refused || request.window >= Self.windowLimit
      let bytes = tape.view(from, end)
      let context = DetectionContext(
        windowOffset: UInt64(from), windowReachesEnd: reachesEnd, windowIsFinal: isFinal, kind: identity.kind)
      let asked = DetectorCosts.now()
      var detection = catalog.detectors[detector].detect(bytes.bytes, at: start - from, context: context)
      DetectorCosts.note(catalog.names[detector], since: asked)
      if case .unpacking(let answer, let count) = detection {
        unpacked += count
        detection = answer
      }
      var isSaid = false
      if case .limited(let answer, let met) = detection {
        limits.formUnion(met)
        isSaid = met.contains { $0.reason != nil }
        detection = answer
      }
      if case .naming(let answer, let names) = detection {
        named.merge(names)
        detection = answer
      }
      if case .containing(let answer, let inside) = detection {
        if catalog.carvers.contains(detector), let file = inside.first { return .file(file) }
        contents += inside
        ground.exclude(inside)
        detection = answer
      }
      switch detection {
      case .nothing, .limited, .containing, .naming, .unpacking: return .nothing
      case .found(let observations, let length, let kind):
        guard !observations.isEmpty || kind != nil else { return .nothing }
        if request.refused, !isSaid, !reachesEnd, request.window >= Self.windowLimit { limits.insert(.window) }
        return .answer(
          .init(detector: detector, start: start, length: length, observations: observations, kind: kind))
      case .needsMore(let total):
        guard !isFinal else {
          if !reachesEnd { limits.insert(.window) }
          return .nothing
        }
        if enlarged > Self.enlargedBudget + start &* 8 {
          request.refused = true
          limits.insert(.windowBudget)
        } else {
          request.refused = total > Self.windowLimit
          // At least twice as much each time, so that a record is read few times however it grows.
          request.window = min(max(total, request.window * 2), Self.windowLimit)
        }
        requests[detector] = request
      }
    }
  }

  /// Called when every question at one start is answered.
  mutating func settleRequests(at start: Int) {
    guard !requests.isEmpty else { return }
    // What the entry does not hold was never shown.
    for request in requests.values { enlarged += min(request.window, max(0, tape.end - start)) }
    requests = [:]
  }
}
