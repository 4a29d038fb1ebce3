import CLibFuzzer
internal import Foundation
internal import FuzzSupport

/// Where the program begins; see fuzz-cel for why it is not libFuzzer's own `main`.
///
/// `FUZZ_PARSER` names the reader that takes the input. With `FUZZ_SEEDS` its seeds are written to that folder and nothing
/// is fuzzed; `FUZZ_SEEDS=-` prints the names of all readers.
@_cdecl("fuzz_records_main")
public func begin(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
  let environment = ProcessInfo.processInfo.environment
  if environment["FUZZ_SEEDS"] == "-" {
    for subject in all { print(subject.name) }
    return 0
  }
  guard let subject = chosen else { return refuse("FUZZ_PARSER names no reader") }
  if let folder = environment["FUZZ_SEEDS"] {
    do {
      let seeds = try subject.seeds()
      guard !seeds.isEmpty else { return refuse("\(subject.name) has no seeds") }
      for (i, seed) in seeds.enumerated() {
        try Data(seed).write(to: URL(fileURLWithPath: folder).appendingPathComponent("\(subject.name)-\(i)"))
      }
      return 0
    } catch {
      return refuse("the seeds of \(subject.name) could not be built: \(error)")
    }
  }
  var count = count
  var arguments = arguments
  return LLVMFuzzerRunDriver(&count, &arguments, oneInput)
}

@_cdecl("LLVMFuzzerTestOneInput")
public func oneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  chosen?.trial([UInt8](UnsafeBufferPointer(start: data, count: size)))
  return 0
}

private func refuse(_ text: String) -> CInt {
  FileHandle.standardError.write(Data("fuzz-records: \(text)\n".utf8))
  return 2
}

private let all = Documents.subjects + Policy.subjects + Messages.subjects
private let chosen: Subject? = {
  let name = ProcessInfo.processInfo.environment["FUZZ_PARSER"]
  return all.first { $0.name == name }
}()
