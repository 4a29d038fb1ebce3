internal import CSandbox
internal import CustodyCore
internal import VisionProtocol

/// The worker's sandbox: the options it enters with, and the same as text and attributes.
enum Sandbox {
  static let memory: UInt64 = 512 << 20

  static func options(memory: UInt64) -> csandbox_options {
    var options = csandbox_options()
    options.filter = Int32(CSANDBOX_WORKER)
    options.limits = csandbox_worker_limits(memory)
    options.landlock = 1
    options.close_others = 1
    return options
  }

  static func attributes(_ r: csandbox_report) -> Attributes {
    var out: Attributes = [
      "noNewPrivileges": .bool(r.no_new_privileges != 0), "notDumpable": .bool(r.not_dumpable != 0),
      "seccomp": .string(r.filter == CSANDBOX_WORKER ? "worker" : "none"), "landlock": .int(Int64(r.landlock)),
      "landlockNetwork": .bool(r.landlock_network != 0), "landlockScope": .bool(r.landlock_scope != 0),
    ]
    let limits: [(String, UInt64)] = [
      ("limitData", r.limits.data), ("limitAddressSpace", r.limits.address_space), ("limitFiles", r.limits.files),
      ("limitFileSize", r.limits.file_size), ("limitProcesses", r.limits.processes),
      ("limitCPUSeconds", r.limits.cpu_seconds),
    ]
    for (name, value) in limits where value <= UInt64(Int64.max) { out[name] = .int(Int64(value)) }
    return out
  }

  /// Runs `body` with room for a message and gives the message back when it fails.
  static func complaint(_ body: (UnsafeMutablePointer<CChar>, Int) -> Int32) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      buffer.initialize(repeating: 0)
      guard let text = buffer.baseAddress, body(text, buffer.count) != 0 else { return nil }
      return String(cString: text)
    }
  }
}

/// What an administrator asks for.
enum SandboxText {
  static func report() -> Int32 {
    var options = Sandbox.options(memory: Sandbox.memory)
    var report = csandbox_report()
    if let why = Sandbox.complaint({ csandbox_try(&options, &report, $0, $1) }) {
      complain("custody-vision: no sandbox on this machine: " + (why.isEmpty ? "a child could not be started" : why))
      return 2
    }
    for (key, value) in Sandbox.attributes(report).entries {
      switch value {
      case .string(let s): say("\(key): \(s)")
      case .int(let n): say("\(key): \(n)")
      case .bool(let b): say("\(key): \(b ? "yes" : "no")")
      }
    }
    return 0
  }

  static func probe() -> Int32 {
    var options = Sandbox.options(memory: Sandbox.memory)
    var status: Int32 = 0
    for n in 0..<Int32(CSANDBOX_PROBE_COUNT) {
      guard let name = csandbox_probe_name(n) else { continue }
      let result = csandbox_probe(&options, n)
      let text: String
      switch result {
      case 0:
        text = "went through"
        status = max(status, 1)
      case Int32.min:
        text = "could not be tried"
        status = 2
      case ..<0: text = "ends the process (signal \(-result))"
      default: text = "refused (errno \(result))"
      }
      say("\(String(cString: name)): \(text)")
    }
    return status
  }
}
