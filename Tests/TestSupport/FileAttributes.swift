import Glibc

/// Extended attributes of files, for tests to set.
public enum FileAttributes {
  private typealias Set =
    @convention(c) (
      UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafeRawPointer?, Int, Int32
    ) -> Int32

  /// setxattr(2), which the overlay of the C library leaves out.
  ///
  /// - Returns: false where the file system has no such attributes, or none so large.
  public static func set(_ path: String, _ name: [UInt8], _ value: [UInt8]) -> Bool {
    // RTLD_DEFAULT
    guard let symbol = dlsym(nil, "setxattr") else { return false }
    let call = unsafeBitCast(symbol, to: Set.self)
    return value.withUnsafeBytes { bytes in
      call(path, name.map { CChar(bitPattern: $0) } + [0], bytes.baseAddress, bytes.count, 0) == 0
    }
  }
}
