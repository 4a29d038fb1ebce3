internal import CustodyCore
internal import Detection
internal import Evidence
internal import Records
internal import Snapshots

/// What a worker is given.
enum Work: Sendable {
  case batch(Batch)
  case stream(EntryStream)
}

/// One thread's share of the examining: hash, identify, detect, write the line.
struct EntryWorker {
  let queue: WorkQueue<Work>
  let writer: InventoryWriter

  func run() {
    var digester = Digester()
    while let work = queue.pop() {
      switch work {
      case .batch(let batch):
        var block = LineBlock()
        for entry in batch.entries {
          if !block.isEmpty, block.next != entry.index {
            writer.submit(block)
            block = LineBlock()
          }
          let bytes = batch.slab.bytes(entry.range)
          digester.update(bytes)
          let digests = digester.finish()
          let examines = !entry.header.isContainer && !isInode(entry.header.kind)
          let facts =
            examines ? EntryExaminer.examineWhole(bytes, name: entry.header.locator.components.last ?? []) : nil
          block.append(
            examination(
              index: entry.index, header: entry.header, outcome: entry.outcome, size: UInt64(bytes.count),
              digests: digests, facts: facts))
        }
        if !block.isEmpty { writer.submit(block) }
      case .stream(let stream):
        if let examination = stream.work() {
          var block = LineBlock()
          block.append(examination)
          writer.submit(block)
        }
      }
    }
  }
}

/// Encoded lines of consecutive entries.
struct LineBlock: Sendable {
  private(set) var first: UInt64 = 0
  private(set) var leafHashes: [Digest] = []
  /// Lines with their newlines.
  private(set) var lines: [UInt8] = []
  private(set) var dispositions: [Disposition] = []

  var isEmpty: Bool { leafHashes.isEmpty }
  /// The index that would follow.
  var next: UInt64 { first + UInt64(leafHashes.count) }

  mutating func append(_ examination: Examination) {
    if isEmpty { first = examination.index }
    let start = lines.count
    InventoryLine.encode(examination, into: &lines)
    leafHashes.append(MerkleTree.leafHash(of: lines[start...]))
    lines.append(0x0A)
    dispositions.append(examination.disposition)
  }
}
