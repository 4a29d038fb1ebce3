import CustodyCore
import CustodyKit
import Foundation
import Testing

/// A device, pipe or socket must never be replaced by a file.
@Suite struct OutputPlaceTests {
  @Test func pipesStayPipes() throws {
    let path = NSTemporaryDirectory() + "custody-pipe-\(UUID().uuidString)"
    #expect(mkfifo(path, 0o600) == 0)
    defer { unlink(path) }
    let reader = open(path, O_RDONLY | O_NONBLOCK)
    defer { close(reader) }
    try AtomicFile.write(Array("abc".utf8), to: path)
    var buffer = [UInt8](repeating: 0, count: 8)
    #expect(read(reader, &buffer, 8) == 3)
    var status = stat()
    #expect(lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
  }
}
