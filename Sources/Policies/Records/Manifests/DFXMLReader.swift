import CustodyCore

/// Digital Forensics XML (DFXML schema 1.1.0, `dfxml.xsd`; md5deep, fiwalk and others write it).
///
/// A file is a `fileobject` in the name space of the root `dfxml`; its SHA-256 is a `hashdigest` that is its direct child,
/// since those of a `byte_run` are of parts of the file. Images of disks hold several files of one name: here a name is
/// the same only within the same volume, partition and inode, where these are given.
struct DFXMLReader {
  private enum Kind { case root, volume, fileObject, filename, hashDigest, partition, inode, nameType, other }

  private struct FileObject {
    var names: [[UInt8]] = []
    var digest: Digest?
    var line = 0
    var partition: [UInt8] = []
    var inode: [UInt8] = []
    var isDirectory = false
    var hasOther = false
    var isRefused = false
  }

  /// Names one file may have: hard links, long and short names.
  private static let nameLimit = 64
  /// Digits of a 128-bit number fit.
  private static let placeLimit = 40

  private var xml: StrictXML
  private let page: ManifestPage
  private var kinds: [Kind] = []
  private var space = 0
  private var volumes = 0
  private var volume = 0
  private var file: FileObject?
  /// Text of the child that is open, as far as it matters.
  private var text: [UInt8] = []
  private var isSHA256 = false
  private var line = 1
  private var counted = 0

  static func read(_ bytes: [UInt8], _ page: ManifestPage, into draft: inout ManifestDraft) {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      page.refuse("encoding", "the document is not UTF-8", line: nil, hint: "save it as UTF-8")
      return
    }
    var reader = DFXMLReader(xml: StrictXML(bytes, tokenLimit: page.limits.line), page: page)
    do throws(StrictXML.Problem) {
      while !page.isFinished, try reader.step(&draft) {}
    } catch {
      page.refuse(error.code, error.message, line: reader.lineNumber(error.at), hint: error.hint)
    }
  }

  private init(xml: StrictXML, page: ManifestPage) {
    self.xml = xml
    self.page = page
  }

  /// False at the end of the document.
  private mutating func step(_ draft: inout ManifestDraft) throws(StrictXML.Problem) -> Bool {
    switch try xml.next() {
    case .finished: return false
    case .text(let range, let isLiteral): try take(range, isLiteral)
    case .start:
      let place = xml.element.qualified.lowerBound
      let kind = try kind(at: place)
      kinds.append(kind)
      try enter(kind, at: place)
    case .end:
      let kind = kinds.popLast() ?? .other
      if kind == .volume { volume = 0 }
      if kind == .fileObject { finish(&draft) } else { leave(kind) }
    }
    return true
  }

  private mutating func take(_ range: Range<Int>, _ isLiteral: Bool) throws(StrictXML.Problem) {
    switch kinds.last ?? .other {
    case .filename, .hashDigest, .partition, .inode, .nameType:
      guard range.count <= page.limits.line, text.count <= page.limits.line else {
        throw StrictXML.Problem(
          code: "long-line", message: "a value is longer than \(page.limits.line >> 10) KiB", at: range.lowerBound)
      }
      try XMLText.append(xml.bytes, range, isLiteral: isLiteral, to: &text)
    default: try XMLText.check(xml.bytes, range, isLiteral: isLiteral)
    }
  }

  private mutating func kind(at place: Int) throws(StrictXML.Problem) -> Kind {
    let name = String(decoding: xml.bytes[xml.element.local].prefix(32), as: UTF8.self)
    guard let parent = kinds.last else {
      guard name == "dfxml" else {
        throw StrictXML.Problem(
          code: "unrecognized", message: "the root element is not `dfxml`", at: place,
          hint: "of XML, only Digital Forensics XML is read")
      }
      space = xml.element.space
      return .root
    }
    switch parent {
    case .filename, .hashDigest, .partition, .inode, .nameType:
      throw StrictXML.Problem(code: "xml", message: "an element stands inside a value", at: place)
    default: break
    }
    guard xml.element.space == space else { return .other }
    switch (name, parent) {
    case ("filename", .fileObject): return .filename
    case ("hashdigest", .fileObject): return .hashDigest
    case ("partition", .fileObject): return .partition
    case ("inode", .fileObject): return .inode
    case ("name_type", .fileObject): return .nameType
    case ("volume", _) where file == nil: return .volume
    case ("fileobject", _):
      guard file == nil else {
        throw StrictXML.Problem(code: "xml", message: "a `fileobject` stands inside another", at: place)
      }
      return .fileObject
    default: return .other
    }
  }

  private mutating func enter(_ kind: Kind, at place: Int) throws(StrictXML.Problem) {
    text.removeAll(keepingCapacity: true)
    switch kind {
    case .volume:
      volumes += 1
      volume = volumes
    case .fileObject:
      file = FileObject(line: lineNumber(place))
    case .hashDigest:
      let type = xml.attributes.first { $0.name.elementsEqual("type".utf8) }?.value ?? []
      let algorithm = String(decoding: type, as: UTF8.self).lowercased().filter { $0 != "-" && $0 != " " }
      isSHA256 = algorithm == "sha256"
      if !isSHA256 { file?.hasOther = true }
      // The schema's `base` is 16 in all that is seen; another base, or a coding, would be misread as digits.
      for attribute in xml.attributes where isSHA256 && !attribute.name.elementsEqual("type".utf8) {
        guard attribute.name.elementsEqual("base".utf8), attribute.value.elementsEqual("16".utf8) else {
          if attribute.name.starts(with: "xmlns".utf8) { continue }
          throw StrictXML.Problem(
            code: "bad-digest", message: "a SHA-256 must be written in hexadecimal digits, without other attributes",
            at: place)
        }
      }
    default: break
    }
  }

  private mutating func leave(_ kind: Kind) {
    switch kind {
    case .filename: takeName()
    case .partition:
      let number = place("partition")
      file?.partition = number
    case .inode:
      let number = place("inode")
      file?.inode = number
    case .nameType:
      let isDirectory = trimmed.elementsEqual("d".utf8)
      file?.isDirectory = isDirectory
    case .hashDigest where isSHA256: takeDigest()
    default: break
    }
    text.removeAll(keepingCapacity: true)
  }

  private mutating func takeName() {
    guard let names = file?.names, names.count < Self.nameLimit else {
      page.refuse("too-many", "a file has more than \(Self.nameLimit) names", line: lineNumber(xml.at))
      return
    }
    file?.names.append(text)
  }

  /// The number of a partition or inode. It is kept with every name of the file, so it must not be long.
  private mutating func place(_ element: String) -> [UInt8] {
    if trimmed.count > Self.placeLimit {
      page.refuse("long-line", "`\(element)` is longer than \(Self.placeLimit) digits", line: lineNumber(xml.at))
    }
    return Array(trimmed.prefix(Self.placeLimit))
  }

  private mutating func takeDigest() {
    let place = lineNumber(xml.at)
    guard let digest = HexDigits.digest(Array(trimmed), 0..<trimmed.count) else {
      page.complain("bad-digest", "a SHA-256 has 64 hexadecimal digits", line: place)
      file?.isRefused = true
      return
    }
    if let other = file?.digest, other != digest {
      page.complain("conflict", "the file has two different SHA-256", line: place)
    }
    file?.digest = digest
  }

  private mutating func finish(_ draft: inout ManifestDraft) {
    guard let done = file else { return }
    file = nil
    guard !done.isRefused else { return }
    guard let digest = done.digest else {
      draft.skip(done.isDirectory ? .directory : done.hasOther ? .otherAlgorithm : .noDigest, line: done.line)
      return
    }
    // XML text holds no NUL, so it separates.
    let place = [0] + done.partition + [0] + done.inode + [0] + Array(String(volume).utf8)
    draft.add(digest, done.names.first.map { .resolved($0 + place) }, line: done.line)
    for name in done.names.dropFirst() { draft.addName(digest, .resolved(name + place), line: done.line) }
  }

  private var trimmed: ArraySlice<UInt8> {
    guard let from = text.firstIndex(where: { !StrictXML.isSpace($0) }),
      let to = text.lastIndex(where: { !StrictXML.isSpace($0) })
    else { return [] }
    return text[from...to]
  }

  /// Lines are counted once each, as places are asked for in order.
  private mutating func lineNumber(_ place: Int) -> Int {
    while counted < min(place, xml.bytes.count) {
      if xml.bytes[counted] == 0x0A { line += 1 }
      counted += 1
    }
    return line
  }
}
