/// Tells mail (RFC 5322) and mailboxes (RFC 4155) by their first header fields, never by their name.
enum MailHead {
  private static let known: Set<String> = [
    "from", "to", "cc", "subject", "date", "received", "mime-version", "message-id", "return-path", "delivered-to",
    "content-type", "reply-to", "x-mailer", "user-agent", "dkim-signature", "sender", "content-transfer-encoding",
    "x-original-to", "arc-seal", "authentication-results", "x-gmail-labels", "x-gm-thrid", "status", "x-status",
    "content-disposition",
  ]
  private static let telling: Set<String> = [
    "received", "message-id", "mime-version", "return-path", "delivered-to", "dkim-signature", "x-gm-thrid",
  ]
  private static let address: Set<String> = ["to", "subject", "date", "cc", "sender"]
  private static let mostLines = 200

  static func kind(_ h: UnsafeRawBufferPointer) -> ContainerKind? {
    var at = 0
    let isBox = h.has("From ")
    if isBox {
      guard let end = h.prefix(1024).firstIndex(of: 0x0A), isPostmark(UnsafeRawBufferPointer(rebasing: h[..<end]))
      else {
        return nil
      }
      at = end + 1
    }
    let names = fieldNames(h, from: at)
    let count = names.filter { known.contains($0) }.count
    if isBox { return count >= 1 ? .mbox : nil }
    let tells = names.contains { telling.contains($0) }
    let addressed = names.contains("from") && names.contains { address.contains($0) }
    return count >= 2 && (tells || addressed) ? .mail : nil
  }

  /// True when a part that is said to be a message begins like one.
  static func isPlausible(_ h: UnsafeRawBufferPointer) -> Bool {
    fieldNames(h, from: 0).contains { known.contains($0) }
  }

  /// Names of the header fields from `start` on, in small letters.
  private static func fieldNames(_ h: UnsafeRawBufferPointer, from start: Int) -> [String] {
    var names: [String] = []
    var at = start
    for _ in 0..<mostLines {
      guard at < h.count, h[at] != 0x0A, h[at] != 0x0D else { break }
      let end = h[at...].firstIndex(of: 0x0A) ?? h.count
      if h[at] != 0x20, h[at] != 0x09 {
        guard let colon = fieldColon(UnsafeRawBufferPointer(rebasing: h[at..<end])) else { break }
        names.append(String(decoding: h[at..<(at + colon)], as: UTF8.self).lowercased())
      } else if names.isEmpty {
        break
      }
      at = end + 1
    }
    return names
  }

  /// Index of the colon behind the name of a field, when the line begins with one (RFC 5322 section 2.2).
  static func fieldColon(_ line: UnsafeRawBufferPointer) -> Int? {
    var i = 0
    while i < min(line.count, 256) {
      if line[i] == 0x3A { return i > 0 ? i : nil }
      guard (0x21...0x7E).contains(line[i]) else { return nil }
      i += 1
    }
    return nil
  }

  /// A line `From `, sender, date (RFC 4155): it holds the time of day and a year.
  static func isPostmark(_ line: UnsafeRawBufferPointer) -> Bool {
    guard line.has("From "), line.count <= 1024 else { return false }
    func digit(_ i: Int) -> Bool { i < line.count && (0x30...0x39).contains(line[i]) }
    var hasTime = false
    var hasYear = false
    var i = 5
    while i < line.count {
      if line[i] == 0x3A, digit(i - 1), digit(i + 1), digit(i + 2) { hasTime = true }
      if line[i] == 0x20, digit(i + 1), digit(i + 2), digit(i + 3), digit(i + 4), !digit(i + 5) {
        hasYear = hasYear || line[i + 1] == 0x31 || line[i + 1] == 0x32
      }
      i += 1
    }
    return hasTime && hasYear
  }
}
