internal import CSandbox
internal import CustodyCore
import Foundation

/// What the examining process gives up before it reads the snapshot.
enum Sandbox {
  /// Bytes of address space; the resident part is far smaller.
  private static let addressSpace: UInt64 = 8 << 30

  /// For a task that reads no folder.
  static var options: csandbox_options {
    var options = csandbox_options()
    options.filter = Int32(CSANDBOX_EXAMINER)
    options.limits = csandbox_no_limits()
    options.limits.address_space = addressSpace
    options.landlock = 1
    return options
  }

  /// Enters the sandbox for `task`: the folders among its inputs stay readable, nothing else can be opened.
  ///
  /// - Throws: `sandbox.unavailable` when the kernel refuses, unless the task allows to go on without.
  static func enter(_ task: ExamineTask) throws(Complaint) {
    var folders: [Int32] = []
    for input in task.inputs where !input.isStream {
      var status = stat()
      if fstat(input.descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { folders.append(input.descriptor) }
    }
    var report = csandbox_report()
    var reason = [CChar](repeating: 0, count: 256)
    let result = folders.withUnsafeBufferPointer { folders in
      var options = Self.options
      options.open_for_reading = folders.isEmpty ? 0 : 1
      options.readable = folders.baseAddress
      options.readable_count = folders.count
      return csandbox_enter(&options, &report, &reason, reason.count)
    }
    guard result != 0, !task.allowUnsandboxed else { return }
    throw Complaint(
      code: "sandbox.unavailable", "the process that reads the snapshot cannot be sandboxed: \(text(reason))",
      hint: "see `custody doctor`; --allow-unsandboxed goes on all the same")
  }

  static func text(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// What is in force, a line each.
  static func describe(_ report: csandbox_report) -> [String] {
    func amount(_ n: UInt64) -> String { n == UInt64.max ? "unlimited" : String(n) }
    return [
      "no new privileges   " + (report.no_new_privileges == 1 ? "in force" : "NOT IN FORCE"),
      "not dumpable        " + (report.not_dumpable == 1 ? "in force" : "NOT IN FORCE"),
      "system call filter  " + (report.filter != 0 ? "in force" : "NOT IN FORCE"),
      "Landlock            "
        + (report.landlock > 0
          ? "in force, ABI \(report.landlock)" + (report.landlock_network == 1 ? ", TCP refused" : "")
            + (report.landlock_scope == 1 ? ", signals and abstract sockets kept in" : "") : "not in force"),
      "address space       " + amount(report.limits.address_space) + " bytes",
      "core dumps          none",
    ]
  }
}
