import CLibFuzzer

/// Where the program begins. The package manager names the entry point of an executable `<module>_main` and binds
/// `main` to it when linking, so libFuzzer's own `main` never runs and its driver is called from here instead.
@_cdecl("fuzz_cel_main")
public func begin(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
  var count = count
  var arguments = arguments
  return LLVMFuzzerRunDriver(&count, &arguments, oneInput)
}

/// One input of the fuzzer. Never rejected: whatever the bytes are, they are a source.
@_cdecl("LLVMFuzzerTestOneInput")
public func oneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  Trial([UInt8](UnsafeBufferPointer(start: data, count: size))).run()
  return 0
}
