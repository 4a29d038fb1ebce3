import CLibFuzzer
internal import Detection
internal import Foundation
internal import TestSupport

/// Where the program begins; see fuzz-cel for why it is not libFuzzer's own `main`.
///
/// `FUZZ_DETECTOR` names the detector to ask, all of them when it is not set; `derived` stands for what is decoded from text. With `FUZZ_SEEDS` the detector's examples
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
    print(Trial.derived)
    return 0
  }
  if Trial.name == nil || Trial.name == Trial.derived, !writeEncoded(folder) { return 2 }
  for detector in Trial.detectors {
    for (i, example) in (detector.descriptor.positives + detector.descriptor.negatives).enumerated() {
      let file = URL(fileURLWithPath: folder).appendingPathComponent("\(detector.descriptor.name)-\(i)")
      guard (try? Data(example.bytes()).write(to: file)) != nil else { return 2 }
    }
  }
  return 0
}

/// Examples of all detectors, each in one of the encodings.
private func writeEncoded(_ folder: String) -> Bool {
  for (i, detector) in DetectorCatalog.all.enumerated() {
    let examples = detector.descriptor.positives.lazy.map { $0.bytes() }
    guard let example = examples.first(where: { (20...4096).contains($0.count) }) else { continue }
    let file = URL(fileURLWithPath: folder).appendingPathComponent("\(Trial.derived)-\(i)")
    guard (try? Data(encoded(example, i)).write(to: file)) != nil else { return false }
  }
  return true
}

private func encoded(_ bytes: [UInt8], _ form: Int) -> [UInt8] {
  let base64 = Data(bytes).base64EncodedString()
  switch form % 12 {
  case 0: return Array(base64.utf8)
  case 1:
    let folded = Data(bytes).base64EncodedString(options: [.lineLength76Characters, .endLineWithLineFeed])
    return Array(folded.utf8)
  case 2: return Array("{\"face\":\"\(base64)\",".utf8)
  case 3: return Array("X'".utf8) + hex(bytes) + [0x27]
  case 4: return hex(bytes, before: "\\x")
  case 5: return hex(bytes, before: "0x", after: ", ")
  case 6: return hex(bytes, before: "%")
  case 7:
    // UTF-16 with its mark.
    var units: [UInt8] = [0xFF, 0xFE]
    for byte in base64.utf8 { units += [byte, 0] }
    return units
  case 8: return Array("INSERT INTO t VALUES (1,'".utf8) + EscapedBytes.mysql(bytes) + Array("');\n".utf8)
  case 9: return Array("COPY t (id, data) FROM stdin;\n1\t".utf8) + EscapedBytes.copy(bytes) + [0x0A]
  case 10: return Array("{\"data\":\"".utf8) + EscapedBytes.json(bytes) + Array("\"}".utf8)
  default:
    var dump: [UInt8] = []
    for at in stride(from: 0, to: bytes.count, by: 16) {
      let offset = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: at >> $0) }
      dump += hex(offset) + [0x20, 0x20] + hex(Array(bytes[at..<min(at + 16, bytes.count)]), after: " ")
      dump += Array(" |................|\n".utf8)
    }
    return dump
  }
}

private func hex(_ bytes: [UInt8], before: String = "", after: String = "") -> [UInt8] {
  let digits = Array("0123456789abcdef".utf8)
  var out: [UInt8] = []
  for byte in bytes {
    out += Array(before.utf8)
    out += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    out += Array(after.utf8)
  }
  return out
}
