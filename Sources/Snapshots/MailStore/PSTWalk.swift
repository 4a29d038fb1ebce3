import CustodyCore

/// Every message of a mail store, by the folder its node names as its parent, and whatever no message holds.
///
/// Messages are found by counting all nodes, not by the tables of folders, so that one which no folder lists is found
/// like any other. Its place is then under `$orphans`.
final class PSTWalk {
  private let walker: Walker
  private let file: PSTFile
  private let locator: Locator
  private let level: Level
  var account = Account()
  private var claims = ClaimedRanges()
  private var folders: [UInt32: (parent: UInt32, name: [UInt8])] = [:]
  private var counts: [String: Int] = [:]
  /// Names inside the message that is being read.
  private var used: Set<[UInt8]> = []

  private static let mostFolders = 1 << 20
  private static let mostValue = 16 << 20
  private static let mostName = 4096
  /// All texts of one message are held in memory together.
  private static let mostText = 48 << 20

  /// Types of nodes ([MS-PST] 2.2.2.1).
  private enum NodeType {
    static let folder: UInt32 = 0x02
    static let message: UInt32 = 0x04
    static let attachment: UInt32 = 0x05
    static let associated: UInt32 = 0x08
  }
  /// Properties ([MS-OXPROPS]).
  private enum Tag {
    static let headers: UInt16 = 0x007D
    static let body: UInt16 = 0x1000
    static let rtf: UInt16 = 0x1009
    static let html: UInt16 = 0x1013
    static let delivered: UInt16 = 0x0E06
    static let submitted: UInt16 = 0x0039
    static let modified: UInt16 = 0x3008
    static let displayName: UInt16 = 0x3001
    static let data: UInt16 = 0x3701
    static let shortName: UInt16 = 0x3704
    static let method: UInt16 = 0x3705
    static let longName: UInt16 = 0x3707
  }

  init(_ walker: Walker, _ file: PSTFile, _ locator: Locator, _ level: Level) {
    self.walker = walker
    self.file = file
    self.locator = locator
    self.level = level
  }

  func run() {
    file.nodes { node in
      if node.type == NodeType.folder, folders.count < Self.mostFolders {
        let properties = PSTProperties(file, node, children: file.children(node.children))
        folders[node.identifier] = (node.parent, Self.component(properties?.name(Tag.displayName)) ?? [])
      }
      return !file.isExhausted
    }
    file.nodes { node in
      if node.type == NodeType.message || node.type == NodeType.associated {
        let folder = path(node)
        let place = String(decoding: folder, as: UTF8.self)
        counts[place, default: 0] += 1
        message(node, folder + [0x2F] + Array(String(counts[place] ?? 0).utf8), depth: level.depth)
      }
      return level.stop == nil && !file.isExhausted
    }
    if level.stop == nil { remainder() }
    if file.isExhausted {
      account.add(Trouble(.failed, .corrupt, "the store's structures lead nowhere; reading them was given up"))
    }
    if file.isDamaged { account.add(Trouble(.failed, .corrupt, "part of the store's structures cannot be read")) }
    if file.hasBytesBehind {
      account.add(
        Trouble(.partial, .contentNotDecoded, "bytes behind the end of compressed blocks were not searched"))
    }
    if let reason = level.stop { account.add(.limited(reason)) }
  }

  /// A name as one component of a path.
  private static func component(_ name: [UInt8]?) -> [UInt8]? {
    guard let name, !name.isEmpty else { return nil }
    return name.map { $0 == 0x2F || $0 == 0 ? 0x5F : $0 }
  }

  private func path(_ node: PSTFile.Node) -> [UInt8] {
    var components: [[UInt8]] = node.type == NodeType.associated ? [Array("$associated".utf8)] : []
    var next = node.parent
    if folders[next] == nil { components.append(Array("$orphans".utf8)) }
    for _ in 0..<64 {
      guard let folder = folders[next] else { break }
      if !folder.name.isEmpty { components.append(folder.name) }
      guard folder.parent != next else { break }
      next = folder.parent
    }
    if components.isEmpty { components = [Array("$root".utf8)] }
    return Array(components.reversed().joined(separator: [0x2F]).prefix(max(1, walker.limits.maxPathBytes / 2)))
  }

  // MARK: Messages

  private func message(_ node: PSTFile.Node, _ place: [UInt8], depth: Int) {
    let outer = used
    used = [Array("headers".utf8)]
    defer { used = outer }
    let children = file.children(node.children)
    let properties = PSTProperties(file, node, children: children)
    let time = [Tag.delivered, Tag.submitted, Tag.modified].lazy.compactMap { properties?.time($0) }.first
    var header = EntryHeader(
      locator: locator.appending(place + Array("/headers".utf8)), modified: time.map { Instant(seconds: $0) },
      kind: .messageText)
    guard let properties else {
      header.kind = nil
      walker.bare(header, Trouble(.failed, .corrupt, "the message's properties cannot be read"), in: level)
      return attachments(children, place, depth: depth)
    }
    text(properties, header)
    body(properties, Tag.html, "body.html", place, time)
    body(properties, Tag.rtf, "body.rtf", place, time)
    attachments(children, place, depth: depth)
  }

  /// Headers as they came with the message, every text among its properties, its plain body.
  private func text(_ properties: PSTProperties, _ header: EntryHeader) {
    var text: [UInt8] = []
    var account = Account()
    let bodies = [Tag.headers, Tag.body]
    let others = properties.entries.map(\.identifier).filter { !bodies.contains($0) && $0 != Tag.html }
    for identifier in [Tag.headers] + others + [Tag.body] {
      let kind = properties.kind(identifier)
      guard kind == PSTProperties.Kind.text8 || kind == PSTProperties.Kind.text16, let kind,
        let bytes = load(properties, identifier, &account), !bytes.isEmpty
      else { continue }
      guard text.count <= Self.mostText else {
        account.add(.limited(.entrySizeLimit))
        break
      }
      if !bodies.contains(identifier) { text += Array((Self.title(identifier) + ": ").utf8) }
      if identifier == Tag.body { text += [0x0A] }
      text += PSTText.utf8(bytes, kind)
      text += [0x0A]
    }
    guard let token = walker.begin(header, in: level) else { return }
    if let reason = walker.budget.charge(UInt64(text.count), to: level) {
      account.add(.limited(reason))
    } else {
      text.withUnsafeBytes { walker.sink.data($0, of: token) }
    }
    walker.end(token, account.outcome(complete: account.trouble == nil), in: level)
  }

  private static func title(_ identifier: UInt16) -> String {
    switch identifier {
    case 0x0037: "Subject"
    case 0x0C1A: "From"
    case 0x0C1F: "From-Address"
    case 0x0E04: "To"
    case 0x0E03: "Cc"
    case 0x0E02: "Bcc"
    default:
      "Property-" + String(repeating: "0", count: 4 - String(identifier, radix: 16).count)
        + String(identifier, radix: 16)
    }
  }

  /// A value in memory, its place claimed.
  private func load(_ properties: PSTProperties, _ identifier: UInt16, _ account: inout Account) -> [UInt8]? {
    switch properties.value(identifier) {
    case .heap(let bytes, let place, _):
      if let place { claims.claim(place) }
      return bytes
    case .node(let node):
      var bytes: [UInt8] = []
      let source = stream(node)
      while let source, case .bytes(let piece) = source.next() {
        guard bytes.count + piece.count <= Self.mostValue else {
          account.add(.limited(.entrySizeLimit))
          break
        }
        bytes.append(contentsOf: piece)
      }
      account.add(source == nil ? Trouble(.failed, .corrupt, "a block of the store cannot be read") : source?.trouble)
      return bytes
    case .own: return nil
    case nil:
      account.add(Trouble(.failed, .corrupt, "a property of the message cannot be read"))
      return nil
    }
  }

  private func stream(_ node: PSTFile.Node) -> PSTStream? {
    guard let blocks = file.dataBlocks(node.data) else { return nil }
    return PSTStream(
      file, blocks, most: walker.limits.maxEntrySize,
      claim: { [self] block in claims.claim(block.offset, block.stored) },
      charge: { [walker, level] in walker.budget.charge($0, to: level) })
  }

  private func body(
    _ properties: PSTProperties, _ identifier: UInt16, _ name: String, _ place: [UInt8], _ time: Int64?
  ) {
    guard level.stop == nil, let kind = properties.kind(identifier) else { return }
    var account = Account()
    guard var bytes = load(properties, identifier, &account), !bytes.isEmpty || account.trouble != nil else { return }
    let header = EntryHeader(
      locator: locator.appending(place + [0x2F] + Array(name.utf8)), modified: time.map { Instant(seconds: $0) })
    used.insert(Array(name.utf8))
    if identifier == Tag.rtf {
      if let text = CompressedRTF.unpack(bytes) {
        bytes = text.bytes
        if text.isCut { account.add(.limited(.entrySizeLimit)) }
      } else if account.trouble == nil {
        account.add(Trouble(.partial, .contentNotDecoded, "the body's compression is not known"))
      }
    } else {
      bytes = PSTText.utf8(bytes, kind)
    }
    let source = MemorySource(bytes)
    if let trouble = account.trouble {
      source.trouble = trouble
      source.isCutShort = true
    }
    walker.examine(charged(source), header, in: level)
  }

  private func charged(_ source: Source) -> Source {
    walker.charged(source, level)
  }

  // MARK: Attachments

  private func attachments(_ children: [PSTFile.Node], _ place: [UInt8], depth: Int) {
    var number = 0
    for node in children where node.type == NodeType.attachment {
      guard level.stop == nil, !file.isExhausted else { return }
      number += 1
      attachment(node, number, place, depth: depth)
    }
  }

  private func attachment(_ node: PSTFile.Node, _ number: Int, _ place: [UInt8], depth: Int) {
    let children = file.children(node.children)
    let plain = Array("part\(number)".utf8)
    guard let properties = PSTProperties(file, node, children: children) else {
      let header = EntryHeader(locator: locator.appending(place + [0x2F] + plain))
      return walker.bare(header, Trouble(.failed, .corrupt, "the attachment's properties cannot be read"), in: level)
    }
    let stated = [Tag.longName, Tag.shortName, Tag.displayName].lazy.compactMap {
      Self.component(properties.name($0, limit: Self.mostName))
    }.first
    var name = stated ?? plain
    if !used.insert(name).inserted { name = plain + [0x2D] + name }
    let path = place + [0x2F] + name
    let header = EntryHeader(locator: locator.appending(path))
    let method = properties.number(Tag.method) ?? 1
    switch properties.value(Tag.data) {
    case .heap(let bytes, let range, _) where properties.kind(Tag.data) == PSTProperties.Kind.object:
      // The number of a node below, and its size: a message, or a stream of OLE.
      let inner = UInt32(truncatingIfNeeded: Fields(bytes).little(0, 4))
      if let range { claims.claim(range) }
      guard let child = children.first(where: { $0.identifier == inner }) else {
        return walker.bare(header, Trouble(.failed, .corrupt, "the attachment's data is missing"), in: level)
      }
      guard method == 5 else { return deliver(child, header) }
      guard depth < walker.limits.maxDepth else { return walker.bare(header, .limited(.depthLimit), in: level) }
      message(child, path, depth: depth + 1)
    case .heap(let bytes, let range, _):
      if let range { claims.claim(range) }
      walker.examine(charged(MemorySource(bytes)), header, in: level)
    case .node(let child): deliver(child, header)
    case .own: walker.examine(Source(), header, in: level)
    case nil:
      let isReference = method == 2 || method == 3 || method == 4 || method == 7
      let trouble =
        isReference
        ? Trouble(.partial, .contentNotDecoded, "the store holds a reference to the attachment only")
        : properties.kind(Tag.data) == nil ? nil : Trouble(.failed, .corrupt, "the attachment's data is missing")
      walker.bare(header, trouble, in: level)
    }
  }

  private func deliver(_ node: PSTFile.Node, _ header: EntryHeader) {
    guard let source = stream(node) else {
      return walker.bare(header, Trouble(.failed, .corrupt, "a block of the store cannot be read"), in: level)
    }
    walker.examine(source, header, in: level)
  }

  // MARK: The rest

  /// Free space, deleted items, tables and the properties that are no text: searched as bytes, decoded where that needs
  /// no more than the bytes.
  private func remainder() {
    let cipher = file.cipher
    let source = RemainderBytes(
      file.content, claims,
      decode: { bytes in
        var bytes = bytes
        if cipher == .permute { cipher.decode(&bytes, identifier: 0) }
        return bytes
      }, charge: walker.budget.account(of: level))
    var notes = ["what no message holds, at its offsets in the store; the rest is left out as holes"]
    if cipher == .cyclic { notes.append("it is encoded, and was searched as it stands") }
    let header = EntryHeader(
      locator: locator.appending(Array("$unallocated".utf8)), kind: ContainerKind.pst.contentKind,
      declaredSize: file.content.size, notes: notes)
    walker.plain(source, header, in: level)
  }
}

extension Walker {
  /// A mail store of Outlook (decision 0022).
  func mailStore(_ content: RandomAccess, _ locator: Locator, _ level: Level, _ account: inout Account) {
    level.compressed = content.size
    guard let file = PSTFile(content) else {
      account.add(Trouble(.failed, .corrupt, "the store's header cannot be read"))
      return plainRange(content, Names.range(0, content.size), locator, level)
    }
    let walk = PSTWalk(self, file, locator, level)
    walk.run()
    account.add(walk.account)
  }
}
