import CustodyCore
import Foundation

/// The one voice on standard error: lower case, the error first, then the hint. Standard output carries results only.
enum Terminal {
  /// `text` or `json`; set once, before anything is said.
  nonisolated(unsafe) static var format = LogFormat.text

  static func error(_ text: String) { write("error", text) }
  static func note(_ text: String) { write("note", text) }

  /// The closing message of a run, with its status.
  static func close(_ text: String, status: Int32) {
    write(status == 0 ? "note" : status == 2 ? "error" : "result", text, extra: [("status", "\(status)")])
  }

  static func complain(_ complaints: [Complaint], level: String = "error") {
    for c in complaints {
      switch format {
      case .text: write(level, level == "error" ? c.description : level + ": " + c.description)
      case .json:
        write(
          level, c.message,
          extra: [("code", c.code)]
            + [("location", c.location), ("hint", c.hint)].compactMap { k, v in v.map { (k, $0) } })
      }
    }
  }

  private static func write(_ level: String, _ text: String, extra: [(String, String)] = []) {
    var line: String
    switch format {
    case .text:
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      line = "custody: " + lines.map { Printable.escape(String($0), limit: 4096) }.joined(separator: "\n  ") + "\n"
    case .json:
      let members = [("level", level), ("message", text)] + extra
      line = "{" + members.map { quote($0.0) + ":" + quote($0.1) }.joined(separator: ",") + "}\n"
    }
    _ = line.withUTF8 { bytes in writeAll(2, UnsafeRawBufferPointer(bytes)) }
  }

  /// Text of our own making for standard error, as it is: the progress line.
  static func raw(_ text: String) {
    var text = text
    _ = text.withUTF8 { writeAll(2, UnsafeRawBufferPointer($0)) }
  }

  private static func quote(_ text: String) -> String {
    var out = "\""
    for s in text.unicodeScalars {
      switch s {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case _ where s.value < 0x20 || s.value == 0x7F:
        out += "\\u" + String(repeating: "0", count: s.value < 16 ? 3 : 2) + String(s.value, radix: 16)
      default: out.unicodeScalars.append(s)
      }
    }
    return out + "\""
  }

  /// Writes results to standard output.
  ///
  /// - Throws: when the reader went away or the disk is full: a cut result must not end with status 0.
  static func result(_ bytes: [UInt8]) throws(Complaint) {
    let ok = bytes.withUnsafeBytes { writeAll(1, $0) }
    if !ok {
      throw Complaint(code: "output.write", "standard output could not be written", hint: "was the pipe closed?")
    }
  }

  @discardableResult
  private static func writeAll(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Bool {
    var done = 0
    while done < bytes.count {
      let n = Foundation.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
      if n < 0, errno == EINTR { continue }
      if n <= 0 { return false }
      done += n
    }
    return true
  }
}
