internal import CustodyCore
internal import Detection
internal import Foundation

/// One entry taken through the examiner with one detector, or with all, and the laws that must hold whatever it is.
struct Trial {
  static let detectors: [any Detector] = {
    guard let name = ProcessInfo.processInfo.environment["FUZZ_DETECTOR"] else { return DetectorCatalog.all }
    return DetectorCatalog.all.filter { $0.descriptor.name == name }
  }()
  private static let catalog = CompiledCatalog(detectors)
  private static let classes = Dictionary(
    detectors.map { ($0.descriptor.name, $0.descriptor) }, uniquingKeysWith: { first, _ in first })

  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

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

  private func law(_ holds: Bool, _ text: @autoclosure () -> String) {
    guard !holds else { return }
    FileHandle.standardError.write(Data("fuzz-detect: broken: \(text())\n".utf8))
    abort()
  }
}
