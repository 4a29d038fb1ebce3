internal import CustodyCore
import Foundation
internal import Snapshots

/// Where the inventory goes, and how it can be begun anew.
///
/// A file is cut back. What went into a pipe cannot be taken back: there the lines wait in a temporary file.
final class InventoryOutput {
  /// Where lines are written to.
  let descriptor: Int32
  /// True when `renew` can be called.
  let isRenewable: Bool
  private let target: Int32
  private let start: off_t
  /// Nothing that is written is kept.
  private let isNull: Bool
  private var owns: Bool { descriptor != target }

  /// - Parameters:
  ///   - output: open for writing; not closed here.
  ///   - renews: false when nobody will call `renew`: lines then go straight to the output.
  init(_ output: Int32, renews: Bool) {
    target = output
    var status = stat()
    let stands = lseek(output, 0, SEEK_CUR)
    let isFile = fstat(output, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    let appends = fcntl(output, F_GETFL) & O_APPEND != 0
    // Nothing that is not ours may stand behind the place we write to.
    // Device 1, 3 is /dev/null (Linux, admin-guide/devices.txt).
    isNull = status.st_mode & S_IFMT == S_IFCHR && status.st_rdev == 0x103
    let isOwnEnd = isFile && (appends || stands == status.st_size)
    start = isOwnEnd ? status.st_size : 0
    let spare = renews && !isOwnEnd && !isNull ? SpoolSupply.own.make() : -1
    descriptor = spare >= 0 ? spare : output
    isRenewable = renews && (isOwnEnd || isNull || spare >= 0)
  }
  deinit { if owns { close(descriptor) } }

  /// Takes back everything written so far.
  func renew() throws(Complaint) {
    guard !isNull else { return }
    guard ftruncate(descriptor, start) == 0, lseek(descriptor, start, SEEK_SET) == start else { throw Self.failure() }
  }

  /// Hands over what waited, if any.
  func deliver() throws(Complaint) {
    guard owns else { return }
    guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw Self.failure() }
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Self.failure() }
      guard count > 0 else { return }
      var done = 0
      while done < count {
        let n = buffer.withUnsafeBytes { write(target, $0.baseAddress.map { $0 + done }, count - done) }
        if n < 0, errno == EINTR { continue }
        guard n > 0 else { throw Self.failure() }
        done += n
      }
    }
  }

  private static func failure() -> Complaint {
    Complaint(
      code: "inventory.write", "the inventory could not be written: \(String(cString: strerror(errno)))",
      hint: "free space, or name another place with --output or --report")
  }
}
