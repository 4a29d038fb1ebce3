internal import CustodyCore

/// Records in streams of OLE2 files (Office 97, MSG, Thumbs.db) whose sectors do not lie side by side.
struct CompoundFileDetector: Detector {
  let descriptor = DetectorDescriptor(
    name: "container.ole2", version: 1, dataClasses: DataClass.allCases.filter { $0 != .videoUnexamined },
    strengths: [.proof, .strong, .weak], summary: "Streams of OLE2 compound files, put together and examined",
    sources: ["[MS-CFB] Compound File Binary File Format, sections 2.1 to 2.6"],
    limits: [
      "files beyond 16 MiB are read up to there", "pictures in streams that lie in pieces are not decoded",
      "what a stream compresses or encrypts",
    ],
    triggers: Self.kinds.map { .opening(ContentKind(rawValue: $0)) },
    positives: [
      DetectorExample("a minutiae record in a scattered stream", expected: ["finger.template proof x1"]) {
        CompoundExample.file(stream: CompoundExample.padded(FMRExamples.iso2005()), scattered: true)
      }
    ],
    negatives: [
      DetectorExample("a text in a scattered stream") {
        CompoundExample.file(stream: [UInt8](repeating: 0x61, count: 6000), scattered: true)
      },
      DetectorExample("a header and nothing else") { CompoundFile.magic + [UInt8](repeating: 0, count: 1600) },
    ])

  static let kinds = [
    "application/x-ole-storage", "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
    "application/vnd.ms-outlook",
  ]

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    guard start == 0, context.windowOffset == 0, bytes.has(CompoundFile.magic, at: 0) else { return .nothing }
    if !context.windowReachesEnd, !context.windowIsFinal { return .needsMore(total: EntryExaminer.windowLimit) }
    guard let file = CompoundFile(bytes) else { return .nothing }
    var seen = Reassembled.Seen()
    if !context.windowReachesEnd { seen.limits.insert(.beginning(of: "a compound file")) }
    var budget = 2 * bytes.byteCount
    for stream in file.streams {
      guard budget > 0 else {
        seen.limits.insert(
          DetectionLimit(.expandedBytesLimit, "streams of more bytes than the file has: not all were read"))
        break
      }
      let content = file.content(of: stream)
      // An empty stream is work too.
      budget -= max(content.bytes.count, 64)
      guard content.bytes.count >= 24 else { continue }
      // What lies in one piece is found by carving, at its place, but for what only a whole file shows.
      seen += content.looked(base: context.windowOffset, by: descriptor, isCarved: content.isContiguous)
    }
    return seen.detection
  }
}
