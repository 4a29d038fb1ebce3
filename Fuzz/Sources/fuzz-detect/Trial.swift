internal import CustodyCore
internal import Detection
internal import Foundation

/// One entry taken through the examiner with one detector, or with all, and the laws that must hold whatever it is.
struct Trial {
  /// What is written down in encodings, beside the detectors.
  static let derived = "derived"
  static let name = ProcessInfo.processInfo.environment["FUZZ_DETECTOR"]
  static let detectors: [any Detector] = {
    guard let name else { return DetectorCatalog.all }
    // Files that are cut out of what was decoded.
    return DetectorCatalog.all.filter { $0.descriptor.name == (name == derived ? "carved.file" : name) }
  }()
  private static let decodes = name == nil || name == derived
  private static let catalog = CompiledCatalog(detectors)
  private static let classes = Dictionary(
    detectors.map { ($0.descriptor.name, $0.descriptor) }, uniquingKeysWith: { first, _ in first })

  private let bytes: [UInt8]
  /// The bytes were handed out by the examination of others.
  private let isInner: Bool

  init(_ bytes: [UInt8], isInner: Bool = false) {
    self.bytes = bytes
    self.isInner = isInner
  }

  func run() {
    let whole = bytes.withUnsafeBytes { EntryExaminer.examineWhole($0, catalog: Self.catalog) }
    for o in whole.observations {
      if let place = o.place {
        law(
          place.offset <= UInt64(bytes.count) && place.length <= UInt64(bytes.count) - place.offset,
          "the place of \(o.detector) lies inside the entry")
      }
      law(o.count >= 1, "\(o.detector) counts at least one")
      if let descriptor = Self.classes[o.detector] {
        law(descriptor.dataClasses.contains(o.dataClass), "\(o.detector) names a class of its own")
        law(descriptor.strengths.contains(o.strength), "\(o.detector) gives a strength of its own")
      }
    }
    hold(whole.contents)
    let decoded = Self.decodes ? found(in: max(1, bytes.count)) : []
    hold(decoded)
    if Self.decodes {
      law(found(in: 4096) == decoded, "what is decoded does not depend on pieces of 4,096 bytes")
      law(found(in: 509) == decoded, "what is decoded does not depend on pieces of 509 bytes")
    }
    // One level deep, as many as take no longer than the entry itself.
    if !isInner {
      var left = max(64 << 10, 2 * bytes.count)
      for content in (whole.contents + decoded).prefix(40) {
        left -= content.bytes.count
        guard left >= 0 else { break }
        Trial(content.bytes, isInner: true).run()
      }
    }
    law(inPieces(of: 4096) == whole, "pieces of 4,096 bytes give the same answer")
    law(inPieces(of: 509) == whole, "pieces of 509 bytes give the same answer")
  }

  private func inPieces(of size: Int) -> EntryFacts {
    var examiner = EntryExaminer(catalog: Self.catalog)
    var at = 0
    while at < bytes.count {
      let end = min(at + size, bytes.count)
      // A copy that dies after the call, so that a stale pointer shows.
      Array(bytes[at..<end]).withUnsafeBytes { examiner.consume($0) }
      at = end
    }
    return examiner.finish()
  }

  /// What is decoded from the entry, which comes in pieces.
  private func found(in size: Int) -> [DerivedContent] {
    var finder = EntryFinder()
    var contents: [DerivedContent] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      Array(bytes[start..<min(start + size, bytes.count)]).withUnsafeBytes {
        finder.consume($0) { contents.append($0) }
      }
    }
    finder.finish { contents.append($0) }
    return contents.sorted {
      ($0.place.offset, $0.place.length, $0.encoding.rawValue) < (
        $1.place.offset, $1.place.length, $1.encoding.rawValue
      )
    }
  }

  /// Contents that are handed out to be examined as entries of their own.
  private func hold(_ contents: [DerivedContent]) {
    for content in contents {
      let place = content.place
      law(!content.bytes.isEmpty, "contents have bytes")
      law(content.bytes.count <= DerivedLimits().maxBytes, "contents are no larger than the limit")
      law(
        place.length > 0 && place.offset <= UInt64(bytes.count)
          && place.length <= UInt64(bytes.count) - place.offset, "contents lie inside the entry: \(place)")
      switch content.encoding {
      case .carved:
        law(
          bytes[Int(place.offset)...].prefix(Int(place.length)).elementsEqual(content.bytes), "what is cut out is there"
        )
      case .pieces: break
      default: law(UInt64(content.bytes.count) <= place.length, "an encoding makes bytes no more")
      }
    }
  }

  private func law(_ holds: Bool, _ text: @autoclosure () -> String) {
    guard !holds else { return }
    FileHandle.standardError.write(Data("fuzz-detect: broken: \(text())\n".utf8))
    abort()
  }
}
