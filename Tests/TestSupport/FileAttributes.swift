import Foundation

/// Extended attributes of files, for tests to set.
public enum FileAttributes {
  private typealias Set =
    @convention(c) (
      UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafeRawPointer?, Int, Int32
    ) -> Int32

  /// setxattr(2), which the overlay of the C library leaves out.
  ///
  /// - Returns: false where the file system has no such attributes, or none so large, which is said aloud.
  public static func set(_ path: String, _ name: [UInt8], _ value: [UInt8]) -> Bool {
    // RTLD_DEFAULT
    let symbol = dlsym(nil, "setxattr")
    let isSet = value.withUnsafeBytes { bytes in
      guard let symbol else { return false }
      let call = unsafeBitCast(symbol, to: Set.self)
      return call(path, name.map { CChar(bitPattern: $0) } + [0], bytes.baseAddress, bytes.count, 0) == 0
    }
    if !isSet {
      FileHandle.standardError.write(Data("SKIPPED: the file system of \(path) takes no extended attributes\n".utf8))
    }
    return isSet
  }
}
