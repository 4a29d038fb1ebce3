internal import COpenSSL
internal import CustodyCore

/// Translates failures of OpenSSL: the one place where its error queue is read.
enum OpenSSLError {
  /// Empties this thread's error queue, so that nothing is left to be blamed on the next call.
  ///
  /// - Returns: one line for each error, oldest first; at most 16. Function names and file names are left out.
  @discardableResult
  static func drain() -> [String] {
    var lines: [String] = []
    while true {
      let code = ERR_get_error()
      guard code != 0 else { return lines }
      guard lines.count < 16 else { continue }
      let reason = ERR_reason_error_string(code).map { String(cString: $0) }
      lines.append(reason ?? "OpenSSL error \(String(code, radix: 16))")
    }
  }

  /// A complaint with what OpenSSL had to say as its excerpt.
  static func complaint(_ code: String, _ message: String, at place: String? = nil, hint: String? = nil) -> Complaint {
    let lines = drain()
    return Complaint(
      code: code, message, at: place,
      excerpt: lines.isEmpty ? nil : lines.map { "  OpenSSL: " + $0 }.joined(separator: "\n"), hint: hint)
  }
}
