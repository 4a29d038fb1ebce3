internal import CustodyCore
internal import Detection
internal import Evidence
internal import Records
internal import Snapshots
internal import VisionProtocol

/// What a worker is given.
enum Work: Sendable {
  case batch(Batch)
  case stream(EntryStream)
}

/// One thread's share of the examining: hash, identify, detect, have pictures looked at, write the line.
struct EntryWorker: Sendable {
  let queue: WorkQueue<Work>
  let writer: InventoryWriter
  /// Nil when pictures are not to be looked at.
  let desk: SightDesk?
  let catalog: CompiledCatalog
  let quarantine: Quarantine
  /// For archives inside entries.
  let spool: SpoolSupply

  func run() {
    var digester = Digester()
    while let work = queue.pop() {
      switch work {
      case .batch(let batch): examine(batch, &digester)
      case .stream(let stream):
        WorkPlace.note(stream.header.workPlace)
        if let read = stream.work() { finish(read) }
      }
      WorkPlace.leave()
      queue.finished()
    }
  }

  private func examine(_ batch: Batch, _ digester: inout Digester) {
    var block: LineBlock?
    for entry in batch.entries {
      let bytes = batch.slab.bytes(entry.range)
      // First: what ends the process here is told by its content, and so are copies of it.
      let digests: LeafDigests
      if let shared = entry.shared {
        digests = shared.wait()
      } else {
        digester.update(bytes)
        digests = digester.finish()
      }
      WorkPlace.note(entry.header.workPlace, digests.content)
      var entry = entry
      if quarantine.holds(digests.content) { entry.header.isUnexamined = true }
      let examines = entry.header.isExaminable
      var facts =
        examines
        ? EntryExaminer.examineWhole(bytes, catalog: catalog, name: entry.header.locator.components.last ?? []) : nil
      let contents = facts?.takeContents() ?? []
      var read = ReadEntry(
        place: entry.place, header: entry.header, outcome: entry.outcome, size: UInt64(bytes.count), digests: digests,
        facts: facts)
      if examines { read.family = family(of: bytes, contents, entry.header.workPlace) }
      if let desk, let sight = facts?.sight, !bytes.isEmpty {
        see(read, sight, desk) { .memory(HeldBytes(copying: bytes)) }
        continue
      }
      if read.family != nil {
        submit(read)
        continue
      }
      if let full = block, full.next != entry.place {
        writer.submit(full)
        block = nil
      }
      var open = block ?? LineBlock(first: entry.place)
      block = nil
      open.append(CollectionOfOne(read.examination))
      block = open
    }
    if let block { writer.submit(block) }
  }

  private func finish(_ read: ReadEntry) {
    if let desk, let sight = read.facts?.sight, let content = read.content {
      see(read, sight, desk) { content }
      return
    }
    submit(read)
  }

  /// Nil when there is nothing inside, as in nearly all entries.
  private func family(
    of bytes: UnsafeRawBufferPointer, _ contents: [DerivedContent], _ entry: WorkPlace.Entry
  ) -> DerivedFamily? {
    var family: DerivedFamily?
    var finder = EntryFinder()
    let take: (DerivedContent) -> Void = { content in
      let open =
        family ?? DerivedFamily(limits: DerivedLimits(), desk: desk, catalog: catalog, spool: spool, entry: entry)
      family = open
      open.take(content)
    }
    finder.consume(bytes, take)
    finder.finish(take)
    contents.forEach(take)
    return family?.isEmpty == true ? nil : family
  }

  /// Submits the entry's lines once everything inside it is settled.
  private func submit(_ read: ReadEntry) {
    let writer = writer
    let records = read.facts?.observations ?? []
    let submit: @Sendable () -> Void = {
      var block = LineBlock(first: read.place)
      block.append(read.examinations(records: records))
      writer.submit(block)
    }
    if let family = read.family { family.finish(submit) } else { submit() }
  }

  private func see(_ read: ReadEntry, _ sight: Sight, _ desk: SightDesk, content: () -> SightContent) {
    let writer = writer
    var read = read
    read.content = nil
    let records = read.facts?.observations ?? []
    desk.look(sight, read.digests.content, for: read.header.workPlace, content: content) { [read] seen in
      let submit: @Sendable () -> Void = {
        var read = read
        read.facts?.see(seen.verdict, size: read.size)
        var block = LineBlock(first: read.place)
        block.append(
          seen.children.flatMap { $0.examinations(in: read.header.locator) }
            + read.examinations(records: records, pictures: seen.children.map(\.place.place)))
        writer.submit(block)
      }
      if let family = read.family { family.finish(submit) } else { submit() }
    }
  }
}

extension SeenChild {
  /// The pictures inside this one, then itself.
  func examinations(in parent: Locator) -> [Examination] {
    let range = place.place
    let locator = parent.appending(Array("@\(range.offset)+\(range.length)".utf8))
    return children.flatMap { $0.examinations(in: locator) } + [
      Examination(
        index: 0, nonce: digests.nonce, locator: locator, size: range.length, sha256: digests.content, kind: facts.kind,
        modified: nil, disposition: facts.disposition, reason: facts.reason,
        notes: ["a picture inside the file of another: \(place.role)"] + facts.notes, link: nil,
        attributes: facts.attributes, observations: facts.observations)
    ]
  }
}
