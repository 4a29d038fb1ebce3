internal import CScan
internal import CustodyCore

/// The triggers of a list of detectors, arranged for speed. Immutable and shared by all threads.
public final class CompiledCatalog: @unchecked Sendable {
  /// A detector to ask at one place.
  struct Candidate: Hashable {
    /// Position in `detectors`.
    var detector: Int
    /// Bytes before the match that belong into the window.
    var lookBehind: Int
  }

  /// The catalogue the program ships.
  public static let standard = CompiledCatalog(DetectorCatalog.all)

  /// Bytes before a match that a detector can have at most.
  static let maximumLookBehind = 4096

  let detectors: [any Detector]
  let names: [String]
  /// Sorted `name/version`, joined by spaces.
  public let description: String
  /// Per pattern of the scanner: who asked for it.
  let patterns: [(bytes: [UInt8], candidates: [Candidate])]
  let heads: [(bytes: [UInt8], detector: Int)]
  let wholes: [Int]
  let kinds: [ContentKind: [Int]]
  let openings: [ContentKind: [Int]]
  /// Asked of every text entry, after its last byte.
  let rules: [any TextRule]
  /// Those that cut files out.
  let carvers: Set<Int>
  let lookBehind: Int
  /// Nil only when no detector has an `.anywhere` trigger. Never written after `init`, hence safe to share.
  let scanner: OpaquePointer?

  /// - Parameter detectors: in the order in which ties are settled. Patterns must be 2 to 8 bytes long and at most 256
  ///   in all: the list is part of the program, so a breach is a programming error and stops it at once.
  public init(_ detectors: [any Detector]) {
    self.detectors = detectors
    var patterns: [(bytes: [UInt8], candidates: [Candidate])] = []
    var index: [[UInt8]: Int] = [:]
    var heads: [(bytes: [UInt8], detector: Int)] = []
    var wholes: [Int] = []
    var kinds: [ContentKind: [Int]] = [:]
    var openings: [ContentKind: [Int]] = [:]
    var rules: [any TextRule] = []
    var names: [String] = []
    var described: [String] = []
    for (i, detector) in detectors.enumerated() {
      let descriptor = detector.descriptor
      names.append(descriptor.name)
      described.append("\(descriptor.name)/\(descriptor.version)")
      for trigger in descriptor.triggers {
        switch trigger {
        case .anywhere(let bytes, let lookBehind):
          let candidate = Candidate(detector: i, lookBehind: min(max(0, lookBehind), Self.maximumLookBehind))
          if let known = index[bytes] {
            patterns[known].candidates.append(candidate)
          } else {
            index[bytes] = patterns.count
            patterns.append((bytes, [candidate]))
          }
        case .head(let bytes): heads.append((bytes, i))
        case .kind(let kind): kinds[kind, default: []].append(i)
        case .opening(let kind): openings[kind, default: []].append(i)
        case .whole: wholes.append(i)
        case .text: if let rule = detector as? any TextRule { rules.append(rule) }
        }
      }
    }
    self.names = names
    self.description = described.sorted().joined(separator: " ")
    self.patterns = patterns
    self.heads = heads
    self.wholes = wholes
    self.kinds = kinds
    self.openings = openings
    self.rules = rules
    self.carvers = Set(detectors.indices.filter { detectors[$0] is any Carver })
    self.lookBehind = patterns.flatMap { $0.candidates.map(\.lookBehind) }.max() ?? 0
    self.scanner = patterns.isEmpty ? nil : Self.compile(patterns.map(\.bytes))
  }

  deinit { cscan_free(scanner) }

  private static func compile(_ patterns: [[UInt8]]) -> OpaquePointer {
    let width = Int(CSCAN_MAX_LENGTH)
    var bytes = [UInt8](repeating: 0, count: width * patterns.count)
    for (i, pattern) in patterns.enumerated() {
      for (k, byte) in pattern.prefix(width).enumerated() { bytes[i * width + k] = byte }
    }
    let lengths = patterns.map { UInt8(clamping: $0.count) }
    let scanner = cscan_create(bytes, lengths, patterns.map(conditions), UInt32(clamping: patterns.count))
    guard let scanner, patterns.allSatisfy({ $0.contains { $0 != 0 } }) else {
      preconditionFailure("a trigger pattern must have 2 to 8 bytes, not all zero, and there can be 256 of them")
    }
    return scanner
  }

  /// See `Trigger.anywhere`.
  private static func conditions(_ pattern: [UInt8]) -> UInt8 {
    var conditions = 0
    if Set(pattern).count == 1 { conditions |= Int(CSCAN_FIRST_OF_RUN) }
    let filler = UInt8(ascii: "<")
    if pattern.contains(filler), pattern.allSatisfy({ $0 == filler || (0x30...0x39 ~= $0) || (0x41...0x5A ~= $0) }) {
      conditions |= Int(CSCAN_IN_FIELD)
    }
    return UInt8(clamping: conditions)
  }
}
