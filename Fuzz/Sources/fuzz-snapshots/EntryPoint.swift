import CLibFuzzer
internal import Foundation

/// Where the program begins; see fuzz-cel for why it is not libFuzzer's own `main`.
///
/// `FUZZ_PARSER` names the group of forms whose seeds are meant, all when it is not set: whatever the bytes are, they are
/// read as an audit reads them. With `FUZZ_SEEDS` the seeds are written to that folder and nothing is fuzzed;
/// `FUZZ_SEEDS=-` prints the names of all groups.
@_cdecl("fuzz_snapshots_main")
public func begin(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
  if let folder = ProcessInfo.processInfo.environment["FUZZ_SEEDS"] { return Seeds.write(to: folder) }
  var count = count
  var arguments = arguments
  return LLVMFuzzerRunDriver(&count, &arguments, oneInput)
}

@_cdecl("LLVMFuzzerTestOneInput")
public func oneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  // What is no container any more, or slow, teaches nothing: it stays out of the corpus.
  let start = ContinuousClock.now
  let isContainer = Trial(SparseInput.bytes(UnsafeBufferPointer(start: data, count: size))).run()
  return isContainer && ContinuousClock.now - start < .milliseconds(300) ? 0 : -1
}
