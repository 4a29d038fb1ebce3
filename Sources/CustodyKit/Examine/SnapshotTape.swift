import Foundation
internal import Snapshots

/// Where in the snapshot's own bytes the entries lie, as the reading thread comes past them.
///
/// The bytes of a tar's members are bytes of the tar: the digest thread computes both digests in one pass (see
/// `TwinDigester`). A member is known by its bytes, which lie in the snapshot's block at hand; one whose first bytes
/// were copied, or which was compressed, is hashed by the worker that examines it. Used by the reading thread only.
final class SnapshotTape {
  private let hasher: SnapshotHasher
  private let reader = pthread_self()
  private var block: Block?
  private var commands: [SnapshotHasher.Command] = []
  /// The entry whose digest is being computed: members of a tar follow each other.
  private var owner: Int?
  /// Members that begin elsewhere share no blocks with the snapshot.
  private static let alignment = 64

  /// Nil when two digests take twice the time of one.
  init?(_ hasher: SnapshotHasher) {
    guard hasher.isTwin else { return nil }
    self.hasher = hasher
  }

  /// False on the thread that reads a snapshot beside the reading thread: entries then do not come from its blocks.
  var isReader: Bool { pthread_equal(reader, pthread_self()) != 0 }

  func turn(to block: Block) {
    self.block = block
    commands.append(.block(block))
    flush()
  }

  /// Bytes of an entry. At its first ones, `digest` is made when it can be computed with the snapshot's.
  func note(_ bytes: UnsafeRawBufferPointer, of token: Int, isFirst: Bool, _ digest: inout SharedDigest?) {
    let offset = offset(of: bytes)
    if isFirst {
      guard owner == nil, let offset, offset % Self.alignment == 0 else { return }
      owner = token
      digest = hasher.makeDigest()
      commands.append(.begin)
    }
    guard digest != nil else { return }
    if let offset {
      commands.append(.both(offset..<(offset + bytes.count)))
    } else {
      commands.append(.copy(Array(bytes)))
    }
  }

  func zeros(_ count: UInt64) { commands.append(.zeros(count)) }

  func end(_ digest: SharedDigest) {
    owner = nil
    commands.append(.end(digest))
  }

  /// Hands on what was noted.
  func flush() {
    guard !commands.isEmpty else { return }
    hasher.add(commands)
    commands.removeAll(keepingCapacity: true)
  }

  private func offset(of bytes: UnsafeRawBufferPointer) -> Int? {
    guard let block, let start = bytes.baseAddress, let base = block.bytes.baseAddress, start >= base,
      start + bytes.count <= base + block.bytes.count
    else { return nil }
    return start - base
  }
}
