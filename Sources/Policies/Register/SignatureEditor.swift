public import CustodyCore
import Yams

/// Puts a signature into the text of a register, and leaves every other byte as it is: comments, order, spacing.
///
/// What comes out is read again, and is refused unless it says the same rows with this one signature more.
public struct SignatureEditor {
  public struct Signature: Sendable {
    /// 64 hexadecimal digits.
    public var keyId: String
    /// Base64.
    public var text: String
    public init(keyId: String, text: String) {
      self.keyId = keyId
      self.text = text
    }
  }

  private let source: PolicySource
  private let rows: [AuthorizationRow]
  private let index: Int
  private let signatory: Int
  public var row: AuthorizationRow { rows[index] }

  /// Finds the entry that is to be signed.
  ///
  /// - Parameters:
  ///   - row: `ID` or `ID@VERSION`.
  ///   - name: of the signatory; nil when the role is there only once.
  ///   - replace: whether a signature that is there already may be replaced.
  /// - Throws: what loading the register throws; `register.no-row`, `.no-signatory`, `.ambiguous-signatory`,
  ///   `.already-signed`, `.no-issue-date`.
  public init(
    _ source: PolicySource, row: String, role: AuthorizationRow.SignatoryRole, name: String?, replace: Bool
  ) throws(Complaints) {
    func refuse(_ code: String, _ message: String, _ hint: String) -> Complaints {
      Complaints([
        Complaint(code: "register." + code, message, at: Printable.escape(source.name, limit: 300), hint: hint)
      ])
    }
    self.source = source
    let register = try Self.load(source)
    rows = register.rows
    do throws(Complaint) { index = try register.row(named: row) } catch { throw Complaints([error]) }
    let found = rows[index]
    let label = "row `\(Printable.escape(found.label, limit: 120))` "
    let matching = found.signatories.indices.filter {
      found.signatories[$0].role == role && (name ?? found.signatories[$0].name) == found.signatories[$0].name
    }
    guard let first = matching.first else {
      throw refuse(
        "no-signatory", label + "names no such signatory", "add the entry to `signatories` first: it is signed too")
    }
    guard matching.count == 1 else {
      throw refuse("ambiguous-signatory", label + "names more than one such signatory", "give --name")
    }
    let entry = found.signatories[first]
    guard replace || entry.signature == nil else {
      throw refuse(
        "already-signed", label + "has a signature of this signatory", "give --replace to put another in its place")
    }
    guard found.issuedAt != nil else {
      throw refuse(
        "no-issue-date", label + "has no `issued_at`, and no signature on it would be accepted",
        "add `issued_at`: it tells whether the key was valid then")
    }
    signatory = first
  }

  private static func load(_ source: PolicySource) throws(Complaints) -> Register {
    try PolicySet.load(packs: [], registers: [source]).register ?? Register(rows: [])
  }

  /// The text with the signature in it.
  ///
  /// - Throws: `register.not-editable` when the entry is written in a way that this cannot extend.
  public func text(with signature: Signature) throws(Complaints) -> [UInt8] {
    let notEditable = Complaints([
      Complaint(
        code: "register.not-editable", "the signatory's entry is written in a way that cannot be extended",
        at: Printable.escape(source.name, limit: 300),
        hint: "add by hand: key_id: \(signature.keyId), sig: \(signature.text)")
    ])
    guard let bytes = edited(signature) else { throw notEditable }
    var wanted = rows
    wanted[index].signatories[signatory].keyId = signature.keyId
    wanted[index].signatories[signatory].signature = signature.text
    guard let read = try? Self.load(PolicySource(name: source.name, bytes: bytes)), read.rows == wanted else {
      throw notEditable
    }
    return bytes
  }

  private func edited(_ signature: Signature) -> [UInt8]? {
    let text = TextPlaces(source.bytes)
    // Loading has bounded the document before: size, depth, aliases.
    guard let root = try? Yams.compose(yaml: String(decoding: source.bytes, as: UTF8.self), Resolver.basic),
      let row = root.mapping?["rows"]?.sequence, row.indices.contains(index),
      let entries = row[index].mapping?["signatories"]?.sequence, entries.indices.contains(signatory),
      let entry = entries[signatory].mapping
    else { return nil }
    var edits: [(range: Range<Int>, text: String)] = []
    var added: [String] = []
    for (key, value) in [("key_id", signature.keyId), ("sig", signature.text)] {
      guard let old = entry[key] else {
        added.append(key + ": " + value)
        continue
      }
      guard let range = text.scalar(old) else { return nil }
      edits.append((range, value))
    }
    if !added.isEmpty {
      // The role is one word and always there: behind it stands the new text.
      guard let role = entry["role"], let range = text.scalar(role) else { return nil }
      if text.isFlow(entry) {
        edits.append((range.upperBound..<range.upperBound, added.map { ", " + $0 }.joined()))
      } else {
        guard let first = entry.keys.first?.mark, first.column >= 1 else { return nil }
        let indent = String(repeating: " ", count: first.column - 1)
        let end = text.endOfLine(range.upperBound)
        edits.append((end..<end, added.map { text.newline + indent + $0 }.joined()))
      }
    }
    var bytes = source.bytes
    for edit in edits.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
      bytes.replaceSubrange(edit.range, with: edit.text.utf8)
    }
    return bytes
  }
}

/// Finds the places in a text that YAML marks name.
private struct TextPlaces {
  private let bytes: [UInt8]
  /// Where lines begin, as YAML counts them (YAML 1.1 section 5.4: also NEL, LS and PS end a line).
  private let starts: [Int]
  /// What ends the first line.
  let newline: String

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    // A byte order mark is no column.
    var starts = [bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0]
    for i in bytes.indices {
      switch bytes[i] {
      case 0x0A: starts.append(i + 1)
      case 0x0D where !(i + 1 < bytes.count && bytes[i + 1] == 0x0A): starts.append(i + 1)
      case 0x85 where i > 0 && bytes[i - 1] == 0xC2: starts.append(i + 1)
      case 0xA8 where Self.isSeparator(bytes, i), 0xA9 where Self.isSeparator(bytes, i): starts.append(i + 1)
      default: break
      }
    }
    self.starts = starts
    let first = bytes.firstIndex(of: 0x0A)
    newline = first.map { $0 > 0 && bytes[$0 - 1] == 0x0D } ?? false ? "\r\n" : "\n"
  }

  /// The third byte of U+2028 or U+2029 in UTF-8.
  private static func isSeparator(_ bytes: [UInt8], _ i: Int) -> Bool {
    i > 1 && bytes[i - 1] == 0x80 && bytes[i - 2] == 0xE2
  }

  /// The byte that a mark names: columns count scalars.
  private func offset(_ mark: Mark) -> Int? {
    guard mark.line >= 1, mark.line <= starts.count else { return nil }
    var at = starts[mark.line - 1]
    for _ in 1..<max(1, mark.column) {
      guard at < bytes.count else { return nil }
      at += 1
      while at < bytes.count, bytes[at] & 0xC0 == 0x80 { at += 1 }
    }
    return at
  }

  /// Whether a mapping is written with braces. Asked of the text: Yams 6.2 reports the style of the event that ends the
  /// mapping, which has none.
  func isFlow(_ mapping: Node.Mapping) -> Bool {
    guard let at = mapping.mark.flatMap(offset), at < bytes.count else { return false }
    return bytes[at] == 0x7B
  }

  /// Bytes of a scalar on one line, with its quotes; nil when it is written in another way than its text.
  func scalar(_ node: Node) -> Range<Int>? {
    guard let value = node.scalar?.string, let at = node.mark.flatMap(offset) else { return nil }
    for quote in ["", "\"", "'"] {
      let spelled = Array((quote + value + quote).utf8)
      if bytes[at...].starts(with: spelled) { return at..<(at + spelled.count) }
    }
    return nil
  }

  /// Where the line of `place` ends, before its line break.
  func endOfLine(_ place: Int) -> Int {
    bytes[place...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? bytes.count
  }
}
