internal import Detection
import Foundation

/// Keeps the bytes of a large entry that turns out to be a picture or a video, while they pass.
struct SightKeeper: ~Copyable {
  private let limits: SightLimits
  private let makeFile: @Sendable () -> Int32
  /// What passed before the kind was settled.
  private var head: [UInt8] = []
  private var settled = false
  private(set) var file: HeldFile?
  /// Why the entry could not be kept.
  private(set) var trouble: SightTrouble?

  init(limits: SightLimits, makeFile: @escaping @Sendable () -> Int32) {
    self.limits = limits
    self.makeFile = makeFile
  }

  /// - Parameters:
  ///   - sight: what the examiner makes of the entry so far.
  ///   - isIdentified: false while it has seen too little to say.
  mutating func take(_ bytes: UnsafeRawBufferPointer, sight: Sight?, isIdentified: Bool) {
    if settled {
      file?.append(bytes)
    } else {
      head.append(contentsOf: bytes)
      if isIdentified { settle(sight) }
    }
    if let file, !file.isWhole { drop() }
  }

  mutating func takeZeros(_ count: UInt64, sight: Sight?, isIdentified: Bool) {
    // A hole in the first kilobytes: no picture begins like that.
    if !settled { settle(isIdentified ? sight : nil) }
    file?.appendZeros(count)
    if let file, !file.isWhole { drop() }
  }

  /// What was kept, once the examiner has seen everything.
  mutating func finish(sight: Sight?) -> SightContent? {
    if let file { return .file(file) }
    guard !settled, sight != nil, !head.isEmpty else { return nil }
    return .memory(head.withUnsafeBytes { HeldBytes(copying: $0) })
  }

  private mutating func settle(_ sight: Sight?) {
    settled = true
    defer { head = [] }
    guard let sight else { return }
    let descriptor = makeFile()
    guard descriptor >= 0 else {
      trouble = .noSpool
      return
    }
    file = HeldFile(descriptor: descriptor, limit: sight == .video ? limits.maxVideoBytes : limits.maxPictureBytes)
    head.withUnsafeBytes { file?.append($0) }
  }

  private mutating func drop() {
    file = nil
    trouble = .tooLarge
  }
}

/// Why nobody could look.
enum SightTrouble: Sendable { case tooLarge, noSpool }
