import CustodyCore

enum VirtualDiskResult {
  case disk(VirtualDisk)
  case refused(Trouble)
}

extension ContainerKind {
  /// Images of disks in a form of their own, by their marks and the version beside them.
  static func virtualDisk(_ h: UnsafeRawBufferPointer) -> ContainerKind? {
    guard h.count >= 512 else { return nil }
    if h.has([0x51, 0x46, 0x49, 0xFB, 0, 0, 0]), (1...3).contains(h[7]) { return .qcow }
    if h.has("KDMV") || h.has("COWD"), h[5] | h[6] | h[7] == 0 { return .vmdk }
    if h.has("conectix"), h.has([0, 1, 0, 0], at: 12) { return .vhd }
    if h.has("vhdxfile") { return .vhdx }
    if h.has([0x7F, 0x10, 0xDA, 0xBE], at: 64) { return .vdi }
    if h.has([0x45, 0x56, 0x46, 0x09, 0x0D, 0x0A, 0xFF, 0, 1]) { return .ewf }
    return nil
  }

  /// True for an image that describes a disk rather than being one.
  var isVirtualDisk: Bool {
    switch self {
    case .qcow, .vmdk, .vhd, .vhdx, .vdi, .ewf: true
    default: false
    }
  }
}

/// Images of disks in forms of their own (decision 0022). Members have the names they have in a raw image.
extension Walker {
  func virtualDisk(
    _ image: RandomAccess, _ locator: Locator, _ kind: ContainerKind, _ level: Level, _ account: inout Account
  ) {
    level.compressed = image.size
    let result =
      switch kind {
      case .qcow: QCOWDisk.open(image)
      case .vmdk: VMDKDisk.open(image)
      case .vhd: VHDDisk.open(image)
      case .vhdx: VHDXDisk.open(image)
      case .vdi: VDIDisk.open(image)
      default: EWFDisk.open(image)
      }
    switch result {
    case .refused(let trouble):
      account.add(trouble)
      plainRange(image, Names.range(0, image.size), locator, level)
    case .disk(let disk):
      let survey = DiskSurvey(disk)
      for trouble in survey.troubles { account.add(trouble) }
      guard survey.isUsable else { return plainRange(image, Names.range(0, image.size), locator, level) }
      wholeDisk(disk, locator, level, &account)
      for trouble in disk.remarks { account.add(trouble) }
      if level.stop == nil { besideDisk(disk, survey, locator, level) }
      if let reason = level.stop { account.add(.limited(reason)) }
    }
  }

  /// What the image holds beside the present content of its disk: tables, earlier states, clusters no longer used.
  private func besideDisk(_ disk: VirtualDisk, _ survey: DiskSurvey, _ locator: Locator, _ level: Level) {
    let image = disk.image
    let charge = budget.account(of: level)
    let source =
      survey.ranges.isFull
      ? UnclaimedSource(image, survey.claims, charge: charge) : RemainderBytes(image, survey.ranges, charge: charge)
    let entry = EntryHeader(
      locator: locator.appending(Array("$image".utf8)), declaredSize: image.size,
      notes: ["what the image holds beside its disk, at its offsets in the image; the disk is left out as holes"])
    plain(source, entry, in: level)
  }
}

/// One pass over all tables of an image: which of its bytes belong to the disk, and what does not add up.
private struct DiskSurvey {
  /// What is stored as it is, by sectors.
  private(set) var claims: ClaimedBytes
  /// The same to the byte, with what is compressed; of so many pieces only that the former takes over.
  private(set) var ranges = ClaimedRanges()
  private(set) var troubles: [Trouble] = []
  /// False when the tables lead to the same bytes so often that following them is no use.
  private(set) var isUsable = true

  init(_ disk: VirtualDisk) {
    let image = disk.image
    claims = ClaimedBytes(size: image.size, unit: 512)
    var present: UInt64 = 0
    var stored: UInt64 = 0
    var isDamaged = false
    var isShared = false
    var isCut = false
    var position: UInt64 = 0
    let most = image.size.multipliedClamped(4).addingClamped(64 << 20)
    // Tables take more bytes than they have entries, but for the parts of clusters.
    var steps = image.size.multipliedClamped(2).addingClamped(16 << 20)
    while position < disk.size {
      steps -= min(1, steps)
      let extent = disk.extent(at: position)
      let end = min(disk.size, max(position + 1, extent.start.addingClamped(extent.length)))
      let length = end - position
      switch extent.place {
      case .hole, .missing: break
      case .damaged: isDamaged = true
      case .stored(let at):
        if at >= image.size { isCut = true }
        if claims.overlaps(at, length) { isShared = true }
        claims.claim(at, length)
        ranges.claim(at..<at.addingClamped(length + disk.bytesBehind))
        stored = stored.addingClamped(length)
        present = present.addingClamped(length)
      case .packed(let packed):
        ranges.claim(packed.offset, packed.length)
        present = present.addingClamped(length)
      }
      guard stored <= most, steps > 0 else {
        isUsable = false
        troubles.append(.limited(.ratioLimit))
        break
      }
      position = end
    }
    disk.presentBytes = min(disk.size, present)
    if isDamaged { troubles.append(Trouble(.failed, .corrupt, "tables of the image lead nowhere or are used twice")) }
    if isCut { troubles.append(Trouble(.failed, .truncated, "the image ends before its clusters do")) }
    if isShared { troubles.append(Trouble(.failed, .corrupt, "clusters of the image are used twice")) }
  }
}
