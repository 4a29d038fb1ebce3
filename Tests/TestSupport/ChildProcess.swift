import CDescriptors
public import Foundation

/// A program started by a test: spawned with exactly three open descriptors and waited for by its number.
///
/// Tests run side by side and start hundreds of programs. `Foundation.Process` learns of an end through a socket that
/// other children may hold, and then waits for ever; here nothing but the system's own wait is asked.
public struct ChildProcess: ~Copyable {
  public let id: Int32

  /// - Parameters:
  ///   - descriptors: standard input, output and error of the child; nil is `/dev/null`.
  ///   - folder: its working folder; nil is that of the tests.
  public init(
    _ executable: String, _ arguments: [String], in folder: String? = nil, environment: [String: String],
    descriptors: [Int32?] = [nil, nil, nil]
  ) throws {
    // `env` changes the folder: the spawn of the system's library does so only behind names Swift does not see.
    let words = folder.map { ["/usr/bin/env", "-C", $0, executable] } ?? [executable]
    let argv = (words + arguments).map { strdup($0) }
    let envp = environment.map { strdup("\($0.key)=\($0.value)") }
    defer { for string in argv + envp { free(string) } }
    var pid: pid_t = 0
    let code = cd_spawn(words[0], argv + [nil], envp + [nil], descriptors.map { $0 ?? -1 }, descriptors.count, &pid)
    guard code == 0 else { throw Failure(text: "\(executable) does not start: \(String(cString: strerror(code)))") }
    id = pid
  }

  public struct Failure: Error, CustomStringConvertible {
    let text: String
    public var description: String { text }
  }

  /// Waits for the end, or until `deadline`, then kills.
  /// - Returns: the exit status, 128 + the signal that ended it, or 124 when it was late.
  public consuming func wait(until deadline: Date) -> Int32 {
    var status: Int32 = 0
    var late = false
    while true {
      let ended = waitpid(id, &status, late ? 0 : WNOHANG)
      if ended == id { break }
      if ended < 0 && errno != EINTR { return 127 }
      if ended == 0 && Date() >= deadline {
        late = true
        kill(id, SIGKILL)
      } else if ended == 0 {
        usleep(2000)
      }
    }
    if late { return 124 }
    let signal = status & 0x7F
    return signal != 0 ? 128 + signal : (status >> 8) & 0xFF
  }
}

/// A pipe whose ends no other child inherits.
public struct ChildPipe: ~Copyable {
  public private(set) var read: Int32
  public private(set) var write: Int32
  public init() throws {
    var ends: [Int32] = [-1, -1]
    let code = cd_pipe(64 << 10, &ends)
    guard code == 0 else { throw ChildProcess.Failure(text: "no pipe: \(String(cString: strerror(code)))") }
    (read, write) = (ends[0], ends[1])
  }
  deinit {
    if read >= 0 { close(read) }
    if write >= 0 { close(write) }
  }
  public mutating func closeRead() {
    if read >= 0 { close(read) }
    read = -1
  }
  public mutating func closeWrite() {
    if write >= 0 { close(write) }
    write = -1
  }

  /// Reads to the end of all pipes and writes `input` to another, in one thread, until `deadline`.
  static func exchange(
    _ input: [UInt8], to stdin: inout ChildPipe, from out: borrowing ChildPipe, and err: borrowing ChildPipe,
    until deadline: Date
  ) -> (out: [UInt8], err: [UInt8]) {
    _ = signal(SIGPIPE, SIG_IGN)
    _ = fcntl(stdin.write, F_SETFL, O_NONBLOCK)
    var written = 0
    var bytes: [[UInt8]] = [[], []]
    var ended = [false, false]
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while ended.contains(false), Date() < deadline {
      if written == input.count { stdin.closeWrite() }
      var polled = [
        pollfd(fd: ended[0] ? -1 : out.read, events: Int16(POLLIN), revents: 0),
        pollfd(fd: ended[1] ? -1 : err.read, events: Int16(POLLIN), revents: 0),
        pollfd(fd: stdin.write, events: Int16(POLLOUT), revents: 0),
      ]
      guard poll(&polled, 3, 100) > 0 else { continue }
      for i in 0...1 where polled[i].revents != 0 {
        let count = Glibc.read(polled[i].fd, &buffer, buffer.count)
        if count > 0 { bytes[i] += buffer.prefix(count) }
        if count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN) { ended[i] = true }
      }
      if polled[2].revents != 0 {
        let count = input.withUnsafeBytes { all in
          Glibc.write(stdin.write, all.baseAddress.map { $0 + written }, all.count - written)
        }
        if count > 0 { written += count }
        if count < 0 && errno != EINTR && errno != EAGAIN { stdin.closeWrite() }
      }
    }
    return (bytes[0], bytes[1])
  }
}
