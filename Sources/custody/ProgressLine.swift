import CustodyKit
import Foundation

/// Progress on standard error: a line that renews itself on a terminal, a line every ten seconds otherwise, or nothing.
final class ProgressLine: @unchecked Sendable {
  private let progress: ScanProgress
  private let style: ProgressStyle
  private let lock = NSLock()
  private var stopped = false
  private let started = DispatchTime.now().uptimeNanoseconds
  private let done = DispatchSemaphore(value: 0)

  init?(_ progress: ScanProgress, style: ProgressStyle) {
    self.progress = progress
    let terminal = isatty(2) == 1
    switch style {
    case .none: return nil
    case .auto where !terminal: return nil
    default: self.style = style
    }
    let thread = Thread { [self] in loop() }
    thread.start()
  }

  func stop() {
    lock.lock()
    stopped = true
    lock.unlock()
    done.wait()
  }

  private func loop() {
    let renewing = style == .auto
    var tick = 0
    while true {
      lock.lock()
      let end = stopped
      lock.unlock()
      if end { break }
      tick += 1
      if renewing ? tick % 3 == 0 : tick % 100 == 0 {
        let line = text()
        Terminal.raw(renewing ? "\r\u{1B}[K" + line : line + "\n")
      }
      usleep(100_000)
    }
    if renewing { Terminal.raw("\r\u{1B}[K") }
    done.signal()
  }

  private func text() -> String {
    let entries = progress.entries
    let read = progress.bytesRead
    let total = progress.totalSize
    let seconds = Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9
    let rate = seconds > 0 ? Double(read) / seconds : 0
    var line = "examining: \(entries) entries, \(Self.size(Double(read)))"
    if total > 0 { line += " of \(Self.size(Double(total)))" }
    line += ", \(Self.size(rate))/s"
    if total > read, rate > 0 {
      let left = Int(Double(total - read) / rate)
      line +=
        ", "
        + (left >= 3600
          ? "\(left / 3600) h \(left % 3600 / 60) min" : left >= 60 ? "\(left / 60) min \(left % 60) s" : "\(left) s")
        + " left"
    }
    return line
  }

  static func size(_ bytes: Double) -> String {
    var value = bytes
    for unit in ["B", "KiB", "MiB", "GiB"] {
      if value < 1024 { return unit == "B" ? "\(Int(value)) B" : String(format: "%.1f %@", value, unit) }
      value /= 1024
    }
    return String(format: "%.1f TiB", value)
  }
}
