public import CustodyCore
import Foundation

/// Reading small files of the operator's own.
public enum FileBytes {
  /// - Throws: when the file cannot be read or is larger than `limit` bytes.
  public static func read(_ path: String, atMost limit: Int) throws(Complaint) -> [UInt8] {
    let place = Printable.escape(path, limit: 300)
    func unreadable() -> Complaint {
      Complaint(
        code: "file.unreadable", "cannot be read: \(String(cString: strerror(errno)))", at: place,
        hint: "check the name and the permissions")
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable() }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let n = Foundation.read(descriptor, &part, part.count)
      if n < 0, errno == EINTR { continue }
      guard n >= 0 else { throw unreadable() }
      if n == 0 { return bytes }
      bytes += part[..<n]
      guard bytes.count <= limit else {
        throw Complaint(code: "file.too-large", "larger than \(limit) bytes", at: place)
      }
    }
  }
}
