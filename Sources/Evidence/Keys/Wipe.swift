internal import COpenSSL

extension [UInt8] {
  /// Overwrites what is held, then forgets it; the room stays. The compiler cannot leave it out as a useless store.
  public mutating func wipe() {
    withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
    removeAll(keepingCapacity: true)
  }
}
