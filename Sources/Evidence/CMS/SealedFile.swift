public import CustodyCore
internal import Glibc

/// A file that only the holders of certificates can read, written piece by piece.
///
/// ```swift
/// var file = try SealedFile("list.cms", to: recipients)
/// try file.write(bytes)
/// let digest = try file.publish()
/// ```
///
/// Nothing but ciphertext reaches the disk. It lies under a temporary name, mode 0600, until it is whole; what is not
/// published is removed with the value. For the form see `SealedStream`.
public struct SealedFile: ~Copyable {
  private var stream: SealedStream
  private let output: Output

  /// Where ciphertext goes; a class so that the stream can be changed while it is handed over.
  private final class Output {
    let descriptor: Int32
    let temporary: String
    let target: String
    var digester = Digester()
    var isPublished = false

    init(_ target: String) throws(Complaint) {
      self.target = target
      temporary = target + ".partial-\(getpid())"
      var status = stat()
      guard lstat(target, &status) != 0 else { throw FileWriter.complaint("", target, EEXIST) }
      descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
      guard descriptor >= 0 else {
        isPublished = true
        throw FileWriter.complaint("cannot be created", temporary, errno)
      }
    }
    deinit {
      if descriptor >= 0 { close(descriptor) }
      if !isPublished { unlink(temporary) }
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws(Complaint) {
      guard FileWriter.writeAll(descriptor, bytes) else {
        throw FileWriter.complaint("cannot be written", target, errno)
      }
      digester.update(bytes)
    }

    func publish() throws(Complaint) {
      guard fsync(descriptor) == 0 || errno == EINVAL, rename(temporary, target) == 0 else {
        throw FileWriter.complaint("cannot be written", target, errno)
      }
      isPublished = true
      let folder = target.lastIndex(of: "/").map { $0 == target.startIndex ? "/" : String(target[..<$0]) } ?? "."
      try FileWriter.syncFolder(folder)
    }
  }

  /// - Parameter target: the name it gets; must not exist.
  /// - Throws: `output.exists`, `output.write`, `cms.failed`.
  public init(_ target: String, to recipients: [RecipientCertificate]) throws(Complaint) {
    let output = try Output(target)
    let stream = try SealedStream(to: recipients)
    self.output = output
    self.stream = stream
  }

  /// Encrypts and writes the next bytes.
  ///
  /// - Throws: `output.write`, `cms.failed`, `cms.too-long`.
  public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(Complaint) {
    let output = output
    try stream.write(bytes) { (b) throws(Complaint) in try output.append(b) }
  }

  /// Ends the message, brings it to disk and gives the file its name.
  ///
  /// - Returns: SHA-256 of the file.
  /// - Throws: `output.write`, `cms.failed`.
  public consuming func publish() throws(Complaint) -> Digest {
    let output = output
    try stream.finish { (b) throws(Complaint) in try output.append(b) }
    try output.publish()
    return output.digester.finishContent()
  }
}
