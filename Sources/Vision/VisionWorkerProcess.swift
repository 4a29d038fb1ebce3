internal import CSandbox
public import CustodyCore
import Foundation
import Glibc

/// Starts image workers as child processes.
public enum VisionWorkerProcess {
  /// Starts one worker with a socket as its standard input and output, no other descriptor and next to no environment.
  ///
  /// The thread that calls this must outlive the worker: `custody-vision` asks the kernel to be ended with it.
  ///
  /// - Parameters:
  ///   - executable: a path; it is not searched for.
  ///   - diagnostics: leave standard error open, for looking into a worker that will not start.
  public static func start(
    _ executable: String, arguments: [String] = [], diagnostics: Bool = false
  ) throws(Complaint) -> VisionConnection {
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
      throw failure("socketpair", errno, executable)
    }
    defer { close(ends[1]) }
    do throws(Complaint) {
      let pid = try spawn(executable, arguments, socket: ends[1], diagnostics: diagnostics)
      return VisionConnection(
        descriptor: ends[0], kill: { Glibc.kill(pid, SIGKILL) },
        reap: { while waitpid(pid, nil, 0) < 0 && errno == EINTR {} })
    } catch {
      close(ends[0])
      throw error
    }
  }

  private static func failure(_ call: String, _ number: Int32, _ executable: String) -> Complaint {
    Complaint(
      code: "vision.start", "the image worker could not be started (\(call)): \(String(cString: strerror(number)))",
      at: Printable.escape(executable))
  }

  private static func spawn(
    _ executable: String, _ arguments: [String], socket: Int32, diagnostics: Bool
  ) throws(Complaint) -> pid_t {
    var words = ([executable] + arguments).map { strdup($0) }
    var settings = environment().map { strdup($0) }
    defer { (words + settings).forEach { free($0) } }
    words.append(nil)
    settings.append(nil)
    var pid: pid_t = 0
    let result = csandbox_spawn(executable, words, settings, socket, diagnostics ? 1 : 0, &pid)
    guard result == 0 else { throw failure("spawn", result, executable) }
    return pid
  }

  /// Where programs, libraries and the data of character recognition are; one thread; no language of messages.
  private static func environment() -> [String] {
    // A crash must end the worker at once, not start a helper that prints where it was.
    var out = ["LANG=C", "OMP_THREAD_LIMIT=1", "OPENBLAS_NUM_THREADS=1", "SWIFT_BACKTRACE=enable=no"]
    for name in ["PATH", "LD_LIBRARY_PATH", "TESSDATA_PREFIX"] {
      if let value = getenv(name) { out.append(name + "=" + String(cString: value)) }
    }
    return out
  }
}
