import CustodyCore

/// A form of encrypted content, recognized by its header.
///
/// A magic alone never makes content opaque: every form checks a second, independent fact of the header, and says what
/// the header tells in the clear. Keys, salts and verifiers are never read out.
struct OpaqueForm: Sendable {
  var kind: String
  var offset = 0
  var magic: [UInt8]
  /// Standard and clause, or the public description.
  var source: String
  /// What is known, as a note for people; nil when the second fact is missing.
  var describe: @Sendable (RawSpan) -> String?
  var positives: [DetectorExample]
  var negatives: [DetectorExample]

  var signature: Signature {
    let kind = ContentKind(rawValue: kind)
    return Signature(offset: offset, bytes: magic) { describe($0) == nil ? nil : kind }
  }
}

/// All forms, those of containers (`Families.ole`, `PDF`, archives) excepted. Adding one is an entry of a file here.
enum OpaqueCatalog {
  static let all: [OpaqueForm] = OpaqueVolumes.all + OpaqueFiles.all + OpaqueMessages.all

  /// What the start of an entry says of it; nil when there is nothing to say.
  static func note(_ identity: Identity, _ head: RawSpan) -> String? {
    guard identity.treatment == .encrypted else { return nil }
    for form in all where form.kind == identity.kind.rawValue && head.has(form.magic, at: form.offset) {
      if let note = form.describe(head) { return note }
    }
    return nil
  }

  /// The same, now that the end of the entry is known.
  ///
  /// - Parameter opening: what its start said.
  static func note(_ identity: Identity, opening: String?) -> String? {
    switch identity.kind.rawValue {
    case "application/x-ole-encrypted": "encrypted Office document"
    case "application/x-pdf-encrypted": "encrypted PDF"
    default: identity.treatment == .encrypted ? opening : nil
    }
  }
}

extension RawSpan {
  /// A word of letters, digits and `-_:.()` that ends at a zero or at the field's end: names of ciphers.
  func cipherWord(_ at: Int, field: Int) -> String? {
    var word: [UInt8] = []
    for i in 0..<field {
      guard let c = u8(at + i) else { return nil }
      if c == 0 { break }
      switch c {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F, 0x3A, 0x2E, 0x28, 0x29: word.append(c)
      default: return nil
      }
    }
    return word.isEmpty ? nil : String(decoding: word, as: UTF8.self)
  }
}

/// Headers for the examples, by code.
enum OpaqueBytes {
  /// `count` zeros with pieces put at their offsets.
  static func make(_ count: Int, _ pieces: [(Int, [UInt8])]) -> [UInt8] {
    var out = [UInt8](repeating: 0, count: count)
    for (at, bytes) in pieces where at >= 0 && at + bytes.count <= count {
      out.replaceSubrange(at..<(at + bytes.count), with: bytes)
    }
    return out
  }
  static func text(_ text: String) -> [UInt8] { Array(text.utf8) }
  /// Bytes without a pattern.
  static func noise(_ count: Int) -> [UInt8] {
    var state: UInt64 = 5
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
  }
}
