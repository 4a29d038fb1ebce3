public import ArgumentParser
public import CustodyCore
import CustodyKit
import Foundation
import Snapshots

enum ProgressStyle: String, ExpressibleByArgument, CaseIterable, Sendable { case auto, plain, none }
enum LogFormat: String, ExpressibleByArgument, CaseIterable, Sendable { case text, json }
extension Severity: ExpressibleByArgument {}

/// What everything that talks shares.
struct VoiceOptions: ParsableArguments {
  @Option(help: "Progress on standard error: auto (on a terminal), plain (a line every ten seconds) or none.")
  var progress: ProgressStyle = .auto
  @Flag(help: "Results only: no progress, no default table, no closing words unless the status is not 0.")
  var quiet = false
  @Option(help: "Messages on standard error as text or as one JSON object a line.")
  var logFormat: LogFormat = .text
  @Option(help: "YAML file in which any flag of the command can be set; the command line wins.")
  var config: String?

  func apply() { Terminal.format = logFormat }
}

/// Limits of DESIGN section 5. Reaching one is a disposition, never a silent skip.
struct LimitOptions: ParsableArguments {
  @Option(help: "Deepest nesting of containers.")
  var maxDepth: Int?
  @Option(help: "Most entries.")
  var maxEntries: UInt64?
  @Option(help: "Most bytes that all containers together may expand to.")
  var maxExpandedBytes: UInt64?
  @Option(help: "Most bytes a container may expand to, as a multiple of its own size.")
  var maxExpansionRatio: UInt64?
  @Option(help: "Largest single entry, in bytes.")
  var maxEntrySize: UInt64?
  @Option(help: "Longest time for one entry, in seconds.")
  var maxEntrySeconds: UInt64?
  @Option(help: "Most bytes of temporary files at one time, for containers that must be read by seeking.")
  var maxSpoolBytes: UInt64?
  @Option(help: "Worker threads.")
  var jobs: Int = max(1, ProcessInfo.processInfo.activeProcessorCount)

  func validate() throws {
    guard (1...256).contains(jobs) else { throw ValidationError("--jobs takes 1 to 256") }
    if let maxDepth, !(1...100).contains(maxDepth) { throw ValidationError("--max-depth takes 1 to 100") }
    if let maxExpansionRatio, maxExpansionRatio == 0 { throw ValidationError("--max-expansion-ratio takes 1 or more") }
    if let maxEntrySeconds, maxEntrySeconds == 0 { throw ValidationError("--max-entry-seconds takes 1 or more") }
  }

  var examine: ExamineOptions {
    var limits = SnapshotLimits()
    if let maxDepth { limits.maxDepth = maxDepth }
    if let maxEntries { limits.maxEntries = maxEntries }
    if let maxExpandedBytes { limits.maxExpandedBytes = maxExpandedBytes }
    if let maxExpansionRatio { limits.maxExpansionRatio = maxExpansionRatio }
    if let maxEntrySize { limits.maxEntrySize = maxEntrySize }
    if let maxEntrySeconds { limits.entryTime = maxEntrySeconds }
    if let maxSpoolBytes { limits.maxSpoolBytes = maxSpoolBytes }
    return ExamineOptions(limits: limits, jobs: jobs)
  }
}

/// What judging needs.
struct PolicyOptions: ParsableArguments {
  @Option(
    name: [.customShort("p"), .long],
    help: "Policy pack: a name (see `custody policy list`), a file or a folder. Repeatable.")
  var policy: [String] = []
  @Option(name: [.customShort("r"), .long], help: "Register of authorizations, YAML. Repeatable.")
  var register: [String] = []
  @Option(help: "Trust file, YAML: the data owner's keys, and the states of registers that you know.")
  var trust: String?
  @Flag(help: "Only rows that a key of the trust file signed validly authorize anything; needs --trust.")
  var requireSignedRegister = false
  @Option(help: "Side records (certificates, incidents, consents, receipts …), YAML. Repeatable.")
  var records: [String] = []
  @Option(name: .customLong("set"), help: "PACK.NAME=VALUE: a parameter of a pack. Repeatable.")
  var settings: [String] = []
  @Option(help: "Waivers, YAML: contents somebody answers for until a day. Repeatable; needs --waiver-key.")
  var waivers: [String] = []
  @Option(help: "File with the key of the waivers' values.")
  var waiverKey: String?
  @Option(help: "Who holds the snapshot, as the register names them.")
  var holder: String?
  @Option(help: "The host the snapshot was taken from, as the register names it.")
  var system: String?
  @Option(help: "The time to judge at, RFC 3339; the start of the run when not given.")
  var asOf: String?

  func asOfInstant(default start: Instant) throws(Complaint) -> Instant {
    try Self.instant(asOf, default: start)
  }

  /// The time that `--as-of` names.
  static func instant(_ asOf: String?, default start: Instant) throws(Complaint) -> Instant {
    guard let asOf else { return start }
    guard let instant = Instant(rfc3339: asOf) else {
      throw Complaint(
        code: "usage.as-of", "not an RFC 3339 date and time: \(Printable.escape(asOf, limit: 60))", at: "--as-of",
        hint: "write it like 2019-06-01T00:00:00Z")
    }
    return instant
  }

  var sources: PolicySources {
    PolicySources(
      packs: policy.isEmpty ? ["core-authorization"] : policy, registers: register, records: records,
      settings: settings, trust: trust, requireSigned: requireSignedRegister, waivers: waivers, waiverKey: waiverKey)
  }
  var engagement: Engagement { Engagement(holder: holder, system: system) }
}

/// What decides the exit status.
struct VerdictOptions: ParsableArguments {
  @Option(help: "Least severity of a violation that gives status 1: critical, high, medium, low or info.")
  var failOn: Severity = .high
  @Flag(help: "Give status 0 instead of 3 when entries could not be examined; the report says so all the same.")
  var allowIncomplete = false
}

/// What is written, and where.
struct OutputOptions: ParsableArguments {
  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp(
      "FORMAT or FORMAT=FILE: \(Render.formatNames.joined(separator: ", ")); table when not given. Repeatable."))
  var output: [String] = []
  @Option(help: "What shareable output may show beyond counts and leaf numbers: nothing or paths.")
  var disclose: Disclosure = .nothing
}

enum Disclosure: String, ExpressibleByArgument, CaseIterable, Sendable { case nothing, paths }
