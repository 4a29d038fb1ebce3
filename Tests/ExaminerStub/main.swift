import CCrash
import CustodyCore
import CustodyKit
import Detection
import Foundation

/// Dies at any content that says so: `CRASH-NOW:` and how.
struct CrashDetector: Detector {
  let descriptor = DetectorDescriptor(
    name: "test.crash", version: 1, dataClasses: [.faceImage], strengths: [.weak], summary: "dies", sources: ["none"],
    triggers: [.anywhere(Array("CRASH-NO".utf8))], positives: [], negatives: [])

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    bytes.withUnsafeBytes { bytes in
      let text = String(decoding: bytes[start...].prefix(32), as: UTF8.self)
      let word = text.split(separator: ":").dropFirst().first.map(String.init) ?? ""
      if word == "swift" {
        let none: [Int] = []
        _ = none[start]
      }
      // In a picture inside another one the words stand near the start; the outer one is examined elsewhere.
      ccrash_now(word == "inside" && context.windowOffset + UInt64(start) < 100 ? "segv" : word)
    }
    return .nothing
  }
}

ccrash_arm()
exit(ExamineChild.run(detectors: [CrashDetector()]))
