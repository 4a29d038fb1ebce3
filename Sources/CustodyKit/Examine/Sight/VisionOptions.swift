internal import CustodyCore
import Foundation
internal import Records
internal import Vision

/// How pictures and videos are looked at.
public struct VisionOptions: Sendable {
  /// The image worker: a program that speaks the protocol of `docs/vision-protocol.md`.
  public var worker: String
  /// The operating point: `audit` (recall first) or `ci` (precision first).
  public var profile: String
  /// Parameters that differ from the operating point's, by the names of `docs/vision-profiles.md`.
  public var overrides: [Override]
  public var limits: SightLimits
  /// Longest time for one picture, in seconds; a video may take that long without handing over a frame.
  public var pictureSeconds: Int
  /// Key for MACs of plate readings, up to 32 bytes; without one no reading leaves a trace.
  public var linkKey: [UInt8]?
  /// Let the worker run when its sandbox is not whole.
  public var allowUnsandboxed: Bool

  public struct Override: Sendable, Hashable {
    public var name: String
    public var value: Double
    public init(name: String, value: Double) {
      self.name = name
      self.value = value
    }
  }

  public init(
    worker: String, profile: String = "audit", overrides: [Override] = [], limits: SightLimits = SightLimits(),
    pictureSeconds: Int = 60, linkKey: [UInt8]? = nil, allowUnsandboxed: Bool = false
  ) {
    self.worker = worker
    self.profile = profile
    self.overrides = overrides
    self.limits = limits
    self.pictureSeconds = pictureSeconds
    self.linkKey = linkKey
    self.allowUnsandboxed = allowUnsandboxed
  }

  var json: JSONValue {
    var o = JSONObject()
    o.add("worker", .string(worker))
    o.add("profile", .string(profile))
    o.add("overrides", .object(JSONObject(overrides.map { (key: $0.name, value: .double($0.value)) })))
    o.add("maxPictureBytes", JSONNumber.of(limits.maxPictureBytes))
    o.add("maxVideoBytes", JSONNumber.of(limits.maxVideoBytes))
    o.add("pictureSeconds", .int(Int64(pictureSeconds)))
    o.add("linkKey", linkKey.map { .string(Hex.encode($0)) })
    o.add("allowUnsandboxed", .bool(allowUnsandboxed))
    return .object(o)
  }

  init(json: JSONValue) throws(Complaint) {
    var f = try JSONFields(json, path: "vision")
    worker = try f.string("worker")
    profile = try f.string("profile")
    overrides = []
    for (name, value) in try f.required("overrides").object?.members ?? [] {
      switch value {
      case .double(let v): overrides.append(Override(name: name, value: v))
      case .int(let v): overrides.append(Override(name: name, value: Double(v)))
      default: throw f.complaint("numbers were expected", "overrides")
      }
    }
    limits = SightLimits()
    limits.maxPictureBytes = try f.unsigned("maxPictureBytes")
    limits.maxVideoBytes = try f.unsigned("maxVideoBytes")
    pictureSeconds = try f.count("pictureSeconds")
    linkKey = try f.optionalString("linkKey").flatMap { Hex.decode($0) }
    allowUnsandboxed = try f.required("allowUnsandboxed").bool ?? false
    try f.end()
  }
}

/// What the image workers did.
public struct VisionSummary: Sendable, Hashable {
  /// Contents that were looked at.
  public var looked: UInt64
  /// Entries whose content had been looked at before.
  public var repeated: UInt64
  /// Image workers that died or were ended, and were replaced.
  public var restarts: UInt64
  /// Contents at which the time ran out, and contents that ended the worker twice or were answered with nonsense.
  public var timeouts: UInt64
  public var crashed: UInt64

  init(_ desk: SightDesk, _ pool: VisionPool) {
    looked = desk.looked
    repeated = desk.repeated
    let counters = pool.counters
    restarts = UInt64(counters.restarts)
    timeouts = UInt64(counters.timeouts)
    crashed = UInt64(counters.crashed)
  }

  var json: JSONValue {
    [
      "looked": JSONNumber.of(looked), "repeated": JSONNumber.of(repeated), "restarts": JSONNumber.of(restarts),
      "timeouts": JSONNumber.of(timeouts), "crashed": JSONNumber.of(crashed),
    ]
  }

  init(json: JSONValue) throws(Complaint) {
    var f = try JSONFields(json, path: "vision")
    looked = try f.unsigned("looked")
    repeated = try f.unsigned("repeated")
    restarts = try f.unsigned("restarts")
    timeouts = try f.unsigned("timeouts")
    crashed = try f.unsigned("crashed")
    try f.end()
  }
}
