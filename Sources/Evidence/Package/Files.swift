internal import CustodyCore
internal import Glibc

/// Reading files this target is given.
enum FileReader {
  /// All bytes of a regular file.
  ///
  /// - Throws: `file.unreadable`, or `file.too-large` beyond `limit`.
  static func small(_ path: String, limit: Int) throws(Complaint) -> [UInt8] {
    var out: [UInt8] = []
    try stream(path) { (bytes) throws(Complaint) in
      guard out.count + bytes.count <= limit else {
        throw Complaint(
          code: "file.too-large", "holds more than \(limit) bytes", at: Printable.escape(path, limit: 300))
      }
      out.append(contentsOf: bytes)
    }
    return out
  }

  /// Hands out the bytes of a regular file piece by piece, at most 1 MiB each.
  static func stream(
    _ path: String, _ body: (UnsafeRawBufferPointer) throws(Complaint) -> Void
  ) throws(Complaint) {
    let place = Printable.escape(path, limit: 300)
    // A named pipe must not block the open.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw Complaint(code: "file.unreadable", "cannot be read: " + FileError.text(errno), at: place)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Complaint(code: "file.unreadable", "not a regular file", at: place)
    }
    try stream(descriptor, place: place, body)
  }

  static func stream(
    _ descriptor: Int32, place: String, _ body: (UnsafeRawBufferPointer) throws(Complaint) -> Void
  ) throws(Complaint) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { buffer.deallocate() }
    while true {
      let n = read(descriptor, buffer.baseAddress, buffer.count)
      if n < 0, errno == EINTR { continue }
      guard n >= 0 else {
        throw Complaint(code: "file.unreadable", "cannot be read: " + FileError.text(errno), at: place)
      }
      if n == 0 { return }
      try body(UnsafeRawBufferPointer(rebasing: buffer[..<n]))
    }
  }

  static func digest(_ path: String) throws(Complaint) -> Digest {
    let hasher = StreamHasher()
    try stream(path) { (bytes) throws(Complaint) in hasher.update(bytes) }
    return hasher.finish()
  }

  /// A digester that closures can share.
  final class StreamHasher {
    private var digester = Digester()
    func update(_ bytes: UnsafeRawBufferPointer) { digester.update(bytes) }
    func finish() -> Digest { digester.finishContent() }
  }
}

/// Writing files that must be whole.
enum FileWriter {
  static func complaint(_ what: String, _ path: String, _ number: Int32) -> Complaint {
    let place = Printable.escape(path, limit: 300)
    if number == EEXIST {
      return Complaint(
        code: "output.exists", "exists already and is never replaced", at: place,
        hint: "name another place, or move the old one away")
    }
    return Complaint(
      code: "output.write", what + ": " + FileError.text(number), at: place,
      hint: "check the folder, its permissions and the free space")
  }

  /// A file that did not exist, with its bytes on disk. Nothing is left behind when it fails.
  static func writeNew(_ path: String, _ bytes: UnsafeRawBufferPointer, mode: mode_t) throws(Complaint) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
    guard descriptor >= 0 else { throw complaint("cannot be created", path, errno) }
    var number: Int32 = 0
    if !writeAll(descriptor, bytes) || fsync(descriptor) != 0 { number = errno }
    if close(descriptor) != 0, number == 0 { number = errno }
    guard number == 0 else {
      unlink(path)
      throw complaint("cannot be written", path, number)
    }
  }
  static func writeNew(_ path: String, _ bytes: [UInt8], mode: mode_t) throws(Complaint) {
    try bytes.withUnsafeBytes { b in Result { () throws(Complaint) in try writeNew(path, b, mode: mode) } }.get()
  }

  /// - Returns: false with `errno` set when not all could be written.
  static func writeAll(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Bool {
    var done = 0
    while done < bytes.count {
      let n = write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
      if n < 0, errno == EINTR { continue }
      guard n > 0 else { return false }
      done += n
    }
    return true
  }

  /// Brings the names inside a folder to disk.
  static func syncFolder(_ path: String) throws(Complaint) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw complaint("cannot be opened", path, errno) }
    defer { close(descriptor) }
    // Some file systems have no such thing for folders.
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw complaint("cannot be written", path, errno) }
  }
}
