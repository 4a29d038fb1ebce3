import CLibFuzzer
internal import Detection
internal import Foundation

/// Where the program begins; see fuzz-cel for why it is not libFuzzer's own `main`.
///
/// `FUZZ_DETECTOR` names the detector to ask, all of them when it is not set. With `FUZZ_SEEDS` the detector's examples
/// are written to that folder and nothing is fuzzed; `FUZZ_SEEDS=-` prints the names of all detectors.
@_cdecl("fuzz_detect_main")
public func begin(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
  if let folder = ProcessInfo.processInfo.environment["FUZZ_SEEDS"] { return writeSeeds(folder) }
  guard !Trial.detectors.isEmpty else {
    FileHandle.standardError.write(Data("fuzz-detect: no detector of that name\n".utf8))
    return 2
  }
  var count = count
  var arguments = arguments
  return LLVMFuzzerRunDriver(&count, &arguments, oneInput)
}

@_cdecl("LLVMFuzzerTestOneInput")
public func oneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  Trial([UInt8](UnsafeBufferPointer(start: data, count: size))).run()
  return 0
}

private func writeSeeds(_ folder: String) -> CInt {
  if folder == "-" {
    for detector in DetectorCatalog.all { print(detector.descriptor.name) }
    return 0
  }
  for detector in Trial.detectors {
    for (i, example) in (detector.descriptor.positives + detector.descriptor.negatives).enumerated() {
      let file = URL(fileURLWithPath: folder).appendingPathComponent("\(detector.descriptor.name)-\(i)")
      guard (try? Data(example.bytes()).write(to: file)) != nil else { return 2 }
    }
  }
  return 0
}
