internal import COpenSSL
public import CustodyCore
internal import Glibc

/// Bytes that must not outlive their use: wiped when the value goes away, never copied by Swift.
public struct SecretBytes: ~Copyable, @unchecked Sendable {
  let buffer: UnsafeMutableRawBufferPointer
  /// How many of the buffer's bytes are in use.
  public private(set) var count: Int

  /// - Parameter capacity: bytes that can be held.
  init(capacity: Int) {
    buffer = .allocate(byteCount: max(capacity, 1), alignment: 16)
    count = 0
  }
  deinit {
    OPENSSL_cleanse(buffer.baseAddress, buffer.count)
    buffer.deallocate()
  }

  /// A copy of `bytes`, which the caller wipes.
  public init(copying bytes: UnsafeRawBufferPointer) {
    self.init(capacity: bytes.count)
    buffer.copyMemory(from: bytes)
    count = bytes.count
  }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer[..<count]) }

  /// All bytes of a file, a pipe or a descriptor.
  ///
  /// - Parameter limit: more than that is refused.
  static func read(_ descriptor: Int32, limit: Int, place: String) throws(Complaint) -> SecretBytes {
    var secret = SecretBytes(capacity: limit + 1)
    while secret.count <= limit {
      let n = Glibc.read(descriptor, secret.buffer.baseAddress.map { $0 + secret.count }, limit + 1 - secret.count)
      if n < 0, errno == EINTR { continue }
      guard n >= 0 else {
        throw Complaint(code: "file.unreadable", "cannot be read: " + FileError.text(errno), at: place)
      }
      if n == 0 { return secret }
      secret.count += n
    }
    throw Complaint(code: "file.too-large", "holds more than \(limit) bytes", at: place)
  }

  /// The first line of a passphrase file, without its end (`\n` or `\r\n`); other bytes are taken as they are.
  ///
  /// - Parameter path: a file, or `/dev/fd/N` for a descriptor.
  /// - Throws: `passphrase.empty` when there is none, `file.too-large` beyond 1 KiB, `file.unreadable`.
  public static func passphrase(from path: String) throws(Complaint) -> SecretBytes {
    let place = Printable.escape(path, limit: 300)
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw Complaint(code: "file.unreadable", "cannot be read: " + FileError.text(errno), at: place)
    }
    defer { close(descriptor) }
    var secret = try read(descriptor, limit: 1024, place: place)
    if let end = secret.bytes.firstIndex(of: 0x0A) { secret.count = end }
    if secret.count > 0, secret.bytes[secret.count - 1] == 0x0D { secret.count -= 1 }
    guard secret.count > 0 else {
      throw Complaint(code: "passphrase.empty", "the first line holds no passphrase", at: place)
    }
    return secret
  }
}

enum FileError {
  /// What the system says, e.g. `No such file or directory`.
  static func text(_ number: Int32) -> String { strerror(number).map { String(cString: $0) } ?? "error \(number)" }
}
