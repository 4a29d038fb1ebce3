internal import COpenSSL
internal import CustodyCore

/// Textual encodings of RFC 7468.
enum PEM {
  /// What the first `-----BEGIN …-----` line says; nil when there is none in the first 64 KiB.
  static func label(of bytes: some Collection<UInt8>) -> String? {
    for line in bytes.prefix(1 << 16).split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
      let text = String(decoding: line.prefix(128), as: UTF8.self)
      guard text.hasPrefix("-----BEGIN "), let end = text.dropFirst(11).range(of: "-----") else { continue }
      return String(text.dropFirst(11)[..<end.lowerBound])
    }
    return nil
  }

  /// What every `-----BEGIN …-----` line says, in order; at most 64.
  static func labels(of bytes: [UInt8]) -> [String] {
    var labels: [String] = []
    for line in bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) where labels.count < 64 {
      if let label = label(of: line) { labels.append(label) }
    }
    return labels
  }

  static func encode(_ der: [UInt8], label: String) -> String {
    var text = "-----BEGIN \(label)-----\n"
    var rest = Substring(Base64.encode(der))
    while !rest.isEmpty {
      text += rest.prefix(64) + "\n"
      rest = rest.dropFirst(64)
    }
    return text + "-----END \(label)-----\n"
  }

  /// Lets OpenSSL read from memory.
  static func withBIO<R>(_ bytes: [UInt8], _ body: (OpaquePointer) -> R?) -> R? {
    bytes.withUnsafeBytes { withBIO($0, body) }
  }
  static func withBIO<R>(_ bytes: UnsafeRawBufferPointer, _ body: (OpaquePointer) -> R?) -> R? {
    guard let size = Int32(exactly: bytes.count), let bio = BIO_new_mem_buf(bytes.baseAddress, size) else { return nil }
    defer { BIO_free(bio) }
    return body(bio)
  }
}

extension Substring {
  /// Where `text` stands first.
  fileprivate func range(of text: String) -> Range<Index>? {
    var i = startIndex
    while i < endIndex {
      if self[i...].hasPrefix(text) { return i..<index(i, offsetBy: text.count) }
      i = index(after: i)
    }
    return nil
  }
}
