internal import CDescriptors
internal import CSandbox
internal import CustodyCore
import Foundation

/// What protects a machine while it reads hostile data, found out by trying.
public struct Doctor: Sendable {
  public var text: String
  /// False when something is missing that the default settings need.
  public var isWell: Bool

  /// - Parameter vision: nil when pictures are not to be looked at.
  public static func examine(vision: VisionOptions?) -> Doctor {
    var lines: [String] = []
    var isWell = true
    let abi = csandbox_landlock_abi()
    lines.append("kernel")
    lines.append("  system call filter  " + (csandbox_filter_available() == 1 ? "available" : "MISSING"))
    lines.append("  Landlock            " + (abi > 0 ? "available, ABI \(abi)" : "not in this kernel"))
    var options = Sandbox.options
    var report = csandbox_report()
    var reason = [CChar](repeating: 0, count: 256)
    lines.append("examiner (reads the snapshot)")
    if csandbox_try(&options, &report, &reason, reason.count) == 0 {
      lines += Sandbox.describe(report).map { "  " + $0 }
    } else {
      isWell = false
      lines.append("  CANNOT BE SANDBOXED: " + Sandbox.text(reason))
    }
    var refused: [String] = []
    for probe in 0..<Int32(CSANDBOX_PROBE_COUNT) {
      let result = csandbox_probe(&options, probe)
      let name = csandbox_probe_name(probe).map { String(cString: $0) } ?? "?"
      if result == 0 || result == Int32.min {
        isWell = false
        lines.append("  \(name): \(result == 0 ? "NOT REFUSED" : "could not be tried")")
      } else {
        refused.append(name)
      }
    }
    lines.append("  refused when tried  " + refused.joined(separator: ", "))
    lines.append("image worker")
    if let vision {
      let (status, said) = run(vision.worker, ["--report"])
      lines += said.split(separator: "\n").prefix(64).map { "  " + Printable.escape(String($0), limit: 200) }
      if status != 0 {
        isWell = false
        lines.append("  CANNOT BE USED: it ended with status \(status)")
      }
    } else {
      lines.append("  not asked for")
    }
    lines.append(isWell ? "all is well" : "something is missing, see the lines in capitals")
    return Doctor(text: lines.joined(separator: "\n") + "\n", isWell: isWell)
  }

  /// Runs a program to its end and takes at most 64 KiB of what it says.
  private static func run(_ path: String, _ arguments: [String]) -> (status: Int32, output: String) {
    var pipe: [Int32] = [-1, -1]
    guard cd_pipe(1 << 16, &pipe) == 0 else { return (-1, "") }
    defer { close(pipe[0]) }
    let words = ([path] + arguments).map { strdup($0) }
    let environment = (["PATH=/usr/bin:/bin", "LANG=C.UTF-8"] as [String]).map { strdup($0) }
    defer { (words + environment).forEach { free($0) } }
    var pid: pid_t = 0
    let descriptors: [Int32] = [-1, pipe[1], -1]
    let error = cd_spawn(path, words + [nil], environment + [nil], descriptors, descriptors.count, &pid)
    close(pipe[1])
    guard error == 0 else { return (error, "") }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 4096)
    while bytes.count < 1 << 16 {
      let n = read(pipe[0], &part, part.count)
      if n < 0, errno == EINTR { continue }
      guard n > 0 else { break }
      bytes += part[..<n]
    }
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    return (status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F, String(decoding: bytes, as: UTF8.self))
  }
}
