public import CustodyCore

/// Recognizes one family of content and says what it means for custody.
///
/// A detector is one file and one line in `Catalog.swift`, with its positive and negative examples inside: tests run
/// them, `custody detectors NAME` prints them. It is synchronous, keeps no state and must survive any bytes: every
/// size read from input is bounded before it is used, nothing is force-unwrapped.
public protocol Detector: Sendable {
  var descriptor: DetectorDescriptor { get }

  /// Looks at the bytes at `start`, where one of the descriptor's triggers matched.
  ///
  /// - Parameters:
  ///   - bytes: the window: everything of the entry that is in memory around the match.
  ///   - start: offset of the match in `bytes` (0 for a whole-entry trigger).
  ///   - context: what is known of the entry and of the window.
  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection
}

/// What a detector says.
public enum Detection: Sendable {
  /// Not this.
  case nothing
  /// The record declares `total` bytes from `start`, more than the window holds. Asked again with more when that is
  /// within the window limit, otherwise with `context.windowIsFinal` set. Never returned when that is set.
  case needsMore(total: Int)
  /// Seen. `length` bytes from `start` belong to it: hits inside them are not reported again.
  case found([Observation], length: Int, kind: ContentKind?)
  /// As the answer inside says, which is `nothing`, `found`, `containing` or `naming` one of them, but not all could be looked at: the entry ends `limited`,
  /// so that nothing is missed silently.
  indirect case limited(Detection, [DetectionLimit])
  /// As the answer inside says, `nothing` or `found`, and pictures were put together that lie in the entry in pieces or behind a header: each
  /// is an entry of its own.
  indirect case containing(Detection, [DerivedContent])
  /// As the answer inside says, which is `nothing`, `found` or `containing` one of them, and the rows name pictures.
  indirect case naming(Detection, PictureNames)
  /// As the answer inside says, whichever it is, and so many bytes were unpacked for it: what the entry cost beside its
  /// own.
  indirect case unpacking(Detection, Int)
}

public struct DetectionContext: Sendable {
  /// Offset of the window's first byte in the entry.
  public var windowOffset: UInt64
  /// True when the window ends where the entry ends.
  public var windowReachesEnd: Bool
  /// True when no larger window can be had: decide with what is here.
  public var windowIsFinal: Bool
  /// What the identifier made of the entry.
  public var kind: ContentKind
  /// True when the match is at offset 0 of the entry: a whole file rather than a carved record.
  public func isWholeEntry(at start: Int) -> Bool { windowOffset == 0 && start == 0 }

  public init(windowOffset: UInt64, windowReachesEnd: Bool, windowIsFinal: Bool, kind: ContentKind) {
    self.windowOffset = windowOffset
    self.windowReachesEnd = windowReachesEnd
    self.windowIsFinal = windowIsFinal
    self.kind = kind
  }
}

/// When a detector is asked.
public enum Trigger: Sendable, Hashable {
  /// These bytes stand at the start of the entry (after nothing at all).
  case head([UInt8])
  /// These bytes (2 to 8) stand anywhere in the entry. `lookBehind` bytes before the match stay in the window when
  /// they exist.
  ///
  /// A pattern of one repeated byte (`<<`) matches once per run of that byte; a pattern of `A-Z`, `0-9` and at least
  /// one `<` matches only inside 16 or more such characters, so that `a << b` in source text costs nothing.
  case anywhere([UInt8], lookBehind: Int = 0)
  /// The whole entry, once, when it is of this kind and fits the window (16 MiB). `text/plain` stands for every kind
  /// of text.
  case kind(ContentKind)
  /// The start of an entry of this kind, once, however large the entry: 64 KiB at first, up to 16 MiB on request.
  case opening(ContentKind)
  /// Every text entry, from its first byte to its last, through the reading that all rules of text share: the detector
  /// is a `TextRule` and is asked by `judge`, not by `detect`.
  case text
  /// The whole entry, once, whatever its kind, when it fits the window. For formats without any magic; must be cheap.
  case whole
}

/// What users and policies know of a detector.
public struct DetectorDescriptor: Sendable {
  /// Stable dotted name, `modality.format`, e.g. `finger.iso19794-2`.
  public var name: String
  /// Rises whenever answers can change.
  public var version: Int
  public var dataClasses: [DataClass]
  /// Strengths it can give.
  public var strengths: [Strength]
  /// One line.
  public var summary: String
  /// Standards with clause, or the public reader the layout was checked against.
  public var sources: [String]
  /// What it cannot see, said plainly.
  public var limits: [String]
  public var triggers: [Trigger]
  public var positives: [DetectorExample]
  public var negatives: [DetectorExample]

  public init(
    name: String, version: Int, dataClasses: [DataClass], strengths: [Strength], summary: String,
    sources: [String], limits: [String] = [], triggers: [Trigger], positives: [DetectorExample],
    negatives: [DetectorExample]
  ) {
    self.name = name
    self.version = version
    self.dataClasses = dataClasses
    self.strengths = strengths
    self.summary = summary
    self.sources = sources
    self.limits = limits
    self.triggers = triggers
    self.positives = positives
    self.negatives = negatives
  }
}

/// A synthetic example built by code, with what the detector must say about it.
public struct DetectorExample: Sendable {
  public var name: String
  /// Builds the bytes.
  public var bytes: @Sendable () -> [UInt8]
  /// Expected observations as `class strength xcount`, e.g. `finger.template proof x2`; empty for a negative. A
  /// negative of a damaged record may expect `weak` ones.
  public var expected: [String]

  public init(_ name: String, expected: [String] = [], bytes: @escaping @Sendable () -> [UInt8]) {
    self.name = name
    self.expected = expected
    self.bytes = bytes
  }
}
