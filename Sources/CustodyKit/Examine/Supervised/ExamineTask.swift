package import CustodyCore
internal import Detection
package import Records
internal import Snapshots

/// What the supervisor asks of the examining process.
package struct ExamineTask: Sendable {
  /// An input that is open already: its descriptor's number in the examining process.
  struct Input: Sendable {
    var descriptor: Int32
    var path: String
    /// Read from front to back only.
    var isStream: Bool
  }

  var inputs: [Input]
  var options: ExamineOptions
  /// Go on when the sandbox is not whole.
  var allowUnsandboxed: Bool
  /// What earlier attempts died of.
  var quarantine = Quarantine()
  /// See `ReadConditions`.
  var isStepwise = false

  package var json: JSONValue {
    var o = JSONObject()
    o.add(
      "inputs",
      .array(
        inputs.map { input in
          [
            "descriptor": .int(Int64(input.descriptor)), "path": .string(input.path), "stream": .bool(input.isStream),
          ]
        }))
    o.add(
      "limits",
      .object(JSONObject(options.limits.named.map { (key: $0.0, value: JSONNumber.of($0.1)) })))
    o.add("jobs", .int(Int64(options.jobs)))
    o.add("vision", options.vision?.json)
    o.add("allowUnsandboxed", .bool(allowUnsandboxed))
    o.add("measuresDetectors", .bool(options.measuresDetectors))
    o.add(
      "yara",
      options.yara.isEmpty
        ? nil : .array(options.yara.map { ["name": .string($0.name), "text": .string($0.text)] }))
    o.add("quarantine", quarantine.isEmpty ? nil : quarantine.json)
    o.add("stepwise", isStepwise ? .bool(true) : nil)
    return .object(o)
  }

  init(inputs: [Input], options: ExamineOptions, allowUnsandboxed: Bool) {
    self.inputs = inputs
    self.options = options
    self.allowUnsandboxed = allowUnsandboxed
  }

  package init(json: JSONValue) throws(Complaint) {
    var f = try JSONFields(json, path: "task")
    inputs = try f.objects("inputs") { (i) throws(Complaint) in
      let descriptor = try i.count("descriptor")
      return Input(
        descriptor: Int32(clamping: descriptor), path: try i.string("path"),
        isStream: try i.required("stream").bool ?? false)
    }
    var limits = SnapshotLimits()
    var named = try f.fields("limits")
    try limits.read(&named)
    try named.end()
    let jobs = try f.count("jobs")
    let vision = try f.optional("vision").map { (v) throws(Complaint) in try VisionOptions(json: v) }
    options = ExamineOptions(limits: limits, jobs: jobs, vision: vision)
    allowUnsandboxed = try f.required("allowUnsandboxed").bool ?? false
    options.measuresDetectors = try f.required("measuresDetectors").bool ?? false
    if f.optional("yara") != nil {
      options.yara = try f.objects("yara") { (y) throws(Complaint) in
        YaraRules.Source(name: try y.string("name"), text: try y.string("text"))
      }
    }
    if let q = f.optional("quarantine") { quarantine = try Quarantine(json: q) }
    if let s = f.optional("stepwise") {
      guard case .bool(let value) = s else { throw f.complaint("true or false was expected", "stepwise") }
      isStepwise = value
    }
    try f.end()
  }
}

extension Quarantine {
  /// Sorted, so that the same places are the same text.
  var json: JSONValue {
    func numbers(_ all: some Sequence<UInt64>) -> JSONValue { .array(all.sorted().map { JSONNumber.of($0) }) }
    return [
      "listedFrom": listedFrom.map { JSONNumber.of($0) } ?? .null,
      "stops": .array(
        stops.sorted { $0.key < $1.key }.map {
          ["container": JSONNumber.of($0.key), "entries": JSONNumber.of($0.value)]
        }),
      "unread": numbers(unread), "unexamined": numbers(unexamined),
      "contents": .array(
        contents.sorted { ($0.high, $0.low) < ($1.high, $1.low) }.map {
          ["high": JSONNumber.of($0.high), "low": JSONNumber.of($0.low)]
        }),
    ]
  }

  init(json: JSONValue) throws(Complaint) {
    self.init()
    var f = try JSONFields(json, path: "quarantine")
    func numbers(_ key: String) throws(Complaint) -> Set<UInt64> {
      var all: Set<UInt64> = []
      for value in try f.array(key) {
        guard let n = JSONNumber.unsigned(value) else { throw f.complaint("whole numbers were expected", key) }
        all.insert(n)
      }
      return all
    }
    for (container, entries) in try f.objects(
      "stops", { (s) throws(Complaint) in (try s.unsigned("container"), try s.unsigned("entries")) })
    {
      stops[container] = entries
    }
    let limit = try f.required("listedFrom")
    if limit != .null {
      guard let n = JSONNumber.unsigned(limit) else { throw f.complaint("a whole number was expected", "listedFrom") }
      listedFrom = n
    }
    unread = try numbers("unread")
    unexamined = try numbers("unexamined")
    contents = Set(
      try f.objects("contents") { (c) throws(Complaint) in
        Content(high: try c.unsigned("high"), low: try c.unsigned("low"))
      })
    try f.end()
    guard count <= Self.most else { throw f.complaint("at most \(Self.most) places were expected", "stops") }
  }
}

extension SnapshotLimits {
  fileprivate mutating func read(_ f: inout JSONFields) throws(Complaint) {
    maxDepth = try f.count("maxDepth")
    maxEntries = try f.unsigned("maxEntries")
    maxExpandedBytes = try f.unsigned("maxExpandedBytes")
    maxExpansionRatio = try f.unsigned("maxExpansionRatio")
    maxEntrySize = try f.unsigned("maxEntrySize")
    entryTime = try f.unsigned("maxEntrySeconds")
    maxSpoolBytes = try f.unsigned("maxSpoolBytes")
    maxPathBytes = try f.count("maxPathBytes")
  }
}

/// What the examining process knows at the end, beside the lines.
package struct ExamineAnswer: Sendable {
  var snapshots: [SnapshotSummary]
  var detectors: [String]
  var vision: VisionSummary?
  var costs: [DetectorCost] = []

  package var json: JSONValue {
    var o = JSONObject()
    o.add("snapshots", .array(snapshots.map { ReportDocument.snapshot($0, discloseName: true) }))
    o.add("detectors", .array(detectors.map(JSONValue.string)))
    o.add("vision", vision?.json)
    o.add(
      "costs",
      costs.isEmpty
        ? nil
        : .array(
          costs.map { cost in
            [
              "name": .string(cost.name), "nanoseconds": .string(String(cost.nanoseconds)),
              "calls": .string(String(cost.calls)),
            ]
          }))
    return .object(o)
  }

  private static let mostDetectors = 256
  private static func isDetector(_ text: String) -> Bool {
    (1...256).contains(text.utf8.count)
      && text.utf8.allSatisfy { b in
        switch b {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "._-/;=+".utf8.contains(b)
        }
      }
  }

  init(snapshots: [SnapshotSummary], detectors: [String], vision: VisionSummary?, costs: [DetectorCost] = []) {
    self.costs = costs
    self.snapshots = snapshots
    self.detectors = detectors
    self.vision = vision
  }

  package init(json: JSONValue) throws(Complaint) {
    var f = try JSONFields(json, path: "answer")
    snapshots = try f.objects("snapshots", ReportDocument.snapshot)
    detectors = try f.strings("detectors")
    // They go into what is signed: words of the program, nothing that a snapshot could have dictated.
    guard detectors.count <= Self.mostDetectors, detectors.allSatisfy(Self.isDetector) else {
      throw f.complaint("names and versions of detectors were expected", "detectors")
    }
    vision = try f.optional("vision").map { (v) throws(Complaint) in try VisionSummary(json: v) }
    if f.optional("costs") != nil {
      costs = try f.objects("costs") { (c) throws(Complaint) in
        DetectorCost(
          name: try c.string("name"), nanoseconds: try c.unsigned("nanoseconds"), calls: try c.unsigned("calls"))
      }
      guard costs.count <= Self.mostDetectors, costs.map(\.name).allSatisfy(Self.isDetector) else {
        throw f.complaint("names of detectors were expected", "costs")
      }
    }
    try f.end()
  }
}
