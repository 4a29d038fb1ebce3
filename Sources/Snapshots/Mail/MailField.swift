/// What a header block says of the body below it (RFC 2045, RFC 2183).
struct MailFields {
  enum Encoding: Equatable { case identity, base64, quotedPrintable }

  /// Bytes kept of one field.
  static let mostBytes = 64 << 10

  private(set) var encoding = Encoding.identity
  private(set) var boundary: [UInt8]?
  private(set) var isMultipart = false
  private(set) var isMessage = false
  private var disposedName: [UInt8]?
  private var typedName: [UInt8]?
  private var seen: Set<String> = []

  /// The file name of the body, decoded.
  var name: [UInt8]? { disposedName ?? typedName }

  static func isWanted(_ name: String) -> Bool {
    ["content-type", "content-transfer-encoding", "content-disposition"].contains(name)
  }

  /// Takes one field, unfolded; of fields that repeat the first counts.
  mutating func take(_ name: String, _ value: [UInt8]) {
    guard seen.insert(name).inserted else { return }
    switch name {
    case "content-transfer-encoding":
      switch MailValue.firstWord(value) {
      case "base64": encoding = .base64
      case "quoted-printable": encoding = .quotedPrintable
      default: break
      }
    case "content-type":
      let type = MailValue.firstWord(value)
      let parameters = MailValue.parameters(value)
      typedName = MailValue.text(of: "name", in: parameters)
      isMessage = type.hasPrefix("message/")
      isMultipart = type.hasPrefix("multipart/")
      if isMultipart, var text = MailValue.text(of: "boundary", in: parameters, decodingWords: false) {
        while let last = text.last, last == 0x20 || last == 0x09 { text.removeLast() }
        boundary = text.isEmpty || text.count > 1000 ? nil : text
      }
    case "content-disposition": disposedName = MailValue.text(of: "filename", in: MailValue.parameters(value))
    default: break
    }
  }
}

/// Values of header fields with parameters: RFC 2045, continued and encoded as in RFC 2231.
enum MailValue {
  private static let mostParameters = 256

  /// In small letters, up to a blank, a semicolon or a comment.
  static func firstWord(_ value: [UInt8]) -> String {
    let start = value.drop { $0 == 0x20 || $0 == 0x09 }
    let word = start.prefix { $0 > 0x20 && $0 != 0x3B && $0 != 0x28 }
    return String(decoding: word.prefix(128), as: UTF8.self).lowercased()
  }

  /// Names, in small letters, and values behind the first semicolon.
  static func parameters(_ value: [UInt8]) -> [(name: String, value: [UInt8])] {
    var found: [(name: String, value: [UInt8])] = []
    var i = value.firstIndex(of: 0x3B) ?? value.count
    while i < value.count, found.count < mostParameters {
      i += 1
      let start = i
      while i < value.count, value[i] != 0x3D, value[i] != 0x3B { i += 1 }
      guard i < value.count, value[i] == 0x3D else { continue }
      let name = String(decoding: trimmed(value[start..<i]), as: UTF8.self).lowercased()
      i += 1
      while i < value.count, value[i] == 0x20 || value[i] == 0x09 { i += 1 }
      var text: [UInt8] = []
      if i < value.count, value[i] == 0x22 {
        i += 1
        while i < value.count, value[i] != 0x22 {
          if value[i] == 0x5C, i + 1 < value.count { i += 1 }
          text.append(value[i])
          i += 1
        }
        while i < value.count, value[i] != 0x3B { i += 1 }
      } else {
        let from = i
        while i < value.count, value[i] != 0x3B { i += 1 }
        text = Array(trimmed(value[from..<i]))
      }
      found.append((name, text))
    }
    return found
  }

  private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var text = text.drop { $0 == 0x20 || $0 == 0x09 }
    while let last = text.last, last == 0x20 || last == 0x09 { text.removeLast() }
    return text
  }

  /// One parameter put together: `name*`, then `name*0`, `name*1*` and so on, then `name`; nil when missing or empty.
  static func text(
    of name: String, in parameters: [(name: String, value: [UInt8])], decodingWords: Bool = true
  ) -> [UInt8]? {
    var pieces: [(number: Int, isEncoded: Bool, value: [UInt8])] = []
    for parameter in parameters where parameter.name.hasPrefix(name + "*") {
      var rest = parameter.name.dropFirst(name.count + 1)
      let isEncoded = rest.isEmpty || rest.hasSuffix("*")
      if rest.hasSuffix("*") { rest = rest.dropLast() }
      guard let number = rest.isEmpty ? 0 : Int(rest), number >= 0 else { continue }
      pieces.append((number, isEncoded, parameter.value))
    }
    if !pieces.isEmpty {
      pieces.sort { $0.number < $1.number }
      var charset = ""
      var bytes: [UInt8] = []
      for (i, piece) in pieces.enumerated() {
        guard piece.isEncoded else {
          bytes += piece.value
          continue
        }
        var value = piece.value[...]
        if i == 0 {
          let marks = value.indices.filter { value[$0] == 0x27 }
          if marks.count >= 2 {
            charset = String(decoding: value[..<marks[0]], as: UTF8.self)
            value = value[(marks[1] + 1)...]
          }
        }
        bytes += unescaped(value)
      }
      if !bytes.isEmpty { return MailWords.inUTF8(bytes, charset: charset) }
    }
    guard let plain = parameters.first(where: { $0.name == name })?.value, !plain.isEmpty else { return nil }
    return decodingWords ? MailWords.decode(plain) : plain
  }

  private static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var out: [UInt8] = []
    var i = text.startIndex
    while i < text.endIndex {
      if text[i] == 0x25, i + 2 < text.endIndex, let high = MailWords.hex(text[i + 1]),
        let low = MailWords.hex(text[i + 2])
      {
        out.append(high << 4 | low)
        i += 3
      } else {
        out.append(text[i])
        i += 1
      }
    }
    return out
  }
}
