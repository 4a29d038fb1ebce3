internal import CTsk
import CustodyCore

/// A file system of a disk image, opened with The Sleuth Kit's library, which reads by a callback and tells where
/// files lie. Owns its handle.
final class FileSystem {
  let form: ContainerKind
  let blockSize: UInt64
  let root: UInt64
  let inodes: ClosedRange<UInt64>
  private let handle: OpaquePointer
  let content: RandomAccess

  init?(_ content: RandomAccess, _ form: ContainerKind) {
    let size = content.size
    let held = content.dataSize
    let budget = ctsk_budget(
      reads: UInt64(4 << 20).addingClamped(held / 64),
      bytes: UInt64(4 << 30).addingClamped(held.multipliedClamped(128)),
      memory: UInt64(2 << 30).addingClamped(held.multipliedClamped(64)), runs: UInt64(1 << 20).addingClamped(held / 512)
    )
    let code =
      switch form {
      case .ext: CTSK_EXT
      case .fat: CTSK_FAT
      case .exfat: CTSK_EXFAT
      default: CTSK_NTFS
      }
    let opened = ctsk_open(
      Unmanaged.passUnretained(content).toOpaque(), size,
      { context, offset, buffer, count in
        guard let context, let buffer else { return -1 }
        let medium = Unmanaged<RandomAccess>.fromOpaque(context).takeUnretainedValue()
        return Int64(medium.read(at: offset, into: UnsafeMutableRawBufferPointer(start: buffer, count: count)))
      }, code, budget)
    guard let opened else { return nil }
    let info = ctsk_describe(opened)
    handle = opened
    self.form = form
    self.content = content
    blockSize = UInt64(info.block_size)
    root = info.root
    inodes = info.first...max(info.first, info.last)
  }

  deinit { ctsk_close(handle) }

  /// True when the work allowed for one file system was used up; then nothing more can be read of its structures.
  var isExhausted: Bool { ctsk_is_exhausted(handle) != 0 }

  struct Name {
    var name: [UInt8]
    var inode: UInt64
    var type: ctsk_type
    var isDeleted: Bool
  }

  /// What a directory lists, without itself and its parent. Nil when it cannot be read.
  func names(of directory: UInt64) -> [Name]? {
    guard let dir = ctsk_dir_open(handle, directory) else { return nil }
    defer { ctsk_dir_close(dir) }
    var names: [Name] = []
    for i in 0..<ctsk_dir_count(dir) {
      var name = ctsk_name()
      guard ctsk_dir_name(dir, i, &name) != 0, let text = name.name else { continue }
      let bytes = [UInt8](UnsafeRawBufferPointer(start: text, count: Self.length(text)))
      if bytes == [0x2E] || bytes == [0x2E, 0x2E] { continue }
      names.append(Name(name: bytes, inode: name.inode, type: name.type, isDeleted: name.is_deleted != 0))
    }
    return names
  }

  private static func length(_ text: UnsafePointer<CChar>) -> Int {
    var count = 0
    while text[count] != 0 { count += 1 }
    return count
  }

  func file(_ inode: UInt64) -> File? { File(self, handle, inode) }

  /// A file, its metadata and its streams. Owns its handle.
  final class File {
    let meta: ctsk_meta
    let link: [UInt8]
    private let handle: OpaquePointer
    private let system: FileSystem

    fileprivate init?(_ system: FileSystem, _ fs: OpaquePointer, _ inode: UInt64) {
      var meta = ctsk_meta()
      guard let opened = ctsk_file_open(fs, inode, &meta) else { return nil }
      handle = opened
      link = meta.link.map { [UInt8](UnsafeRawBufferPointer(start: $0, count: FileSystem.length($0))) } ?? []
      self.meta = meta
      self.system = system
    }

    deinit { ctsk_file_close(handle) }

    struct Stream {
      /// Of an alternate data stream.
      var name: [UInt8]?
      var size: UInt64
      var isEncrypted: Bool
      var place: Place
      fileprivate let handle: UnsafeRawPointer?
    }
    enum Place {
      case inside([UInt8])
      case pieces(Layout)
      /// Compressed: the layout tells where that lies.
      case compressed(Layout)
    }

    /// With a pointer for every block a great size means great work, and cannot be true of a small image.
    var claimsTooMuch: Bool {
      meta.is_block_mapped != 0 && meta.size > max(1 << 30, system.content.size.multipliedClamped(4))
    }

    /// Nil when the library cannot read them.
    func streams() -> [Stream]? {
      guard !claimsTooMuch else { return nil }
      let count = ctsk_attribute_count(handle)
      guard count >= 0 else { return nil }
      var streams: [Stream] = []
      for i in 0..<count {
        var a = ctsk_attribute()
        let answer = ctsk_attribute_get(handle, i, &a)
        guard answer >= 0 else { return nil }
        if answer == 0 { continue }
        let name = a.name.map { [UInt8](UnsafeRawBufferPointer(start: $0, count: FileSystem.length($0))) }
        var place: Place
        if a.is_resident != 0 {
          place = .inside(a.bytes.map { Array(UnsafeBufferPointer(start: $0, count: Int(a.byte_count))) } ?? [])
        } else {
          let layout = Layout(a, of: system, hasExtents: system.form == .ext && meta.is_block_mapped == 0)
          place = a.is_compressed != 0 ? .compressed(layout) : .pieces(layout)
        }
        streams.append(
          Stream(name: name, size: a.size, isEncrypted: a.is_encrypted != 0, place: place, handle: a.handle))
      }
      return streams
    }

    /// Fewer bytes than wanted only at the end or, as -1, when they cannot be told.
    func read(_ stream: Stream, at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
      guard let handle = stream.handle else { return -1 }
      return Int(ctsk_attribute_read(self.handle, handle, offset, buffer.baseAddress, buffer.count))
    }
  }

  /// Where the bytes of a stream lie, in order.
  struct Layout {
    struct Piece {
      /// In the file system; nil is a hole.
      var start: UInt64?
      var length: UInt64
    }
    private(set) var pieces: [Piece] = []
    private(set) var isDamaged = false
    private var position: UInt64 = 0
    /// Bytes whose place is known, holes included.
    var length: UInt64 { position }

    fileprivate init(_ a: ctsk_attribute, of system: FileSystem, hasExtents: Bool) {
      let block = system.blockSize
      let end = a.size
      var next = a.first
      var run = ctsk_run()
      while position < end, ctsk_run_next(&next, &run) != 0 {
        let offset = run.offset.multipliedClamped(block)
        guard offset >= position else {
          isDamaged = true
          break
        }
        if offset > position { append(nil, min(offset, end) - position, a.initialized) }
        // Extents of more blocks than this are set aside and never written (ext4, `EXT_INIT_MAX_LEN`).
        let isUnwritten = hasExtents && run.length > 32_768
        let blocks = isUnwritten ? run.length - 32_768 : run.length
        let length = min(blocks.multipliedClamped(block), end - position)
        if run.is_lost != 0 { isDamaged = true }
        if run.is_hole != 0 || run.is_lost != 0 || isUnwritten {
          append(nil, length, a.initialized)
          continue
        }
        let start = run.address.multipliedClamped(block)
        guard start < system.content.size else {
          isDamaged = true
          break
        }
        let there = min(length, system.content.size - start)
        append(start, there, a.initialized)
        if there < length {
          isDamaged = true
          break
        }
      }
      // A chain of clusters has no holes; elsewhere what no run covers was never written.
      if position < end, !isDamaged, system.form == .ext || system.form == .ntfs {
        append(nil, end - position, a.initialized)
      }
    }

    private mutating func append(_ start: UInt64?, _ length: UInt64, _ initialized: UInt64) {
      guard length > 0 else { return }
      let real = start == nil || position >= initialized ? 0 : min(length, initialized - position)
      if real > 0 { pieces.append(Piece(start: start, length: real)) }
      if length > real { pieces.append(Piece(start: nil, length: length - real)) }
      position = position.addingClamped(length)
    }
  }
}
