import CArchive
import CustodyCore

extension ArchiveStage {
  /// Opens a container whose bytes come in order.
  static func open(_ kind: ContainerKind, source: Source, level: Level, budget: Budget) -> Result {
    open(kind, level, budget, source, nil, streamingZip: true)
  }

  /// Opens a container that is read by seeking.
  static func open(_ kind: ContainerKind, random: RandomAccess, level: Level, budget: Budget) -> Result {
    open(kind, level, budget, nil, random, streamingZip: false)
  }

  enum Result {
    case stage(ArchiveStage)
    /// Not opened; the stage knows what it took from the source, and is nil when not even that far.
    case trouble(Trouble, ArchiveStage?)
  }

  private static func open(
    _ kind: ContainerKind, _ level: Level, _ budget: Budget, _ source: Source?, _ random: RandomAccess?,
    streamingZip: Bool
  ) -> Result {
    guard let stage = ArchiveStage(kind, level: level, budget: budget, source: source, random: random) else {
      return .trouble(Trouble(.failed, .unreadable, "no memory for a reader"), nil)
    }
    guard stage.enable(kind, streamingZip: streamingZip) else {
      return .trouble(Trouble(.opaque, .unsupportedFormat), stage)
    }
    if let trouble = stage.open() { return .trouble(trouble, stage) }
    return .stage(stage)
  }

  /// True when the linked libarchive decodes this filter itself, or nobody has to ask it. It would start an external
  /// program for some others, which is never wanted.
  static func decodes(_ kind: ContainerKind) -> Bool { kind == .zlib || builtIn.contains(kind) }

  private static let builtIn: Set<ContainerKind> = {
    var found: Set<ContainerKind> = []
    for kind in ContainerKind.allCases where kind.isFilter {
      guard let probe = archive_read_new() else { continue }
      defer { archive_read_free(probe) }
      if register(kind, probe) == ARCHIVE_OK { found.insert(kind) }
    }
    return found
  }()

  private static func register(_ kind: ContainerKind, _ a: OpaquePointer) -> Int32 {
    switch kind {
    case .gzip: archive_read_support_filter_gzip(a)
    case .bzip2: archive_read_support_filter_bzip2(a)
    case .xz: archive_read_support_filter_xz(a)
    case .lzma: archive_read_support_filter_lzma(a)
    case .lzip: archive_read_support_filter_lzip(a)
    case .zstd: archive_read_support_filter_zstd(a)
    case .lz4: archive_read_support_filter_lz4(a)
    case .lzop: archive_read_support_filter_lzop(a)
    case .compress: archive_read_support_filter_compress(a)
    case .uuencode: archive_read_support_filter_uu(a)
    case .rpm: archive_read_support_filter_rpm(a)
    default: ARCHIVE_FATAL
    }
  }

  private static func code(_ kind: ContainerKind) -> Int32 {
    switch kind {
    case .gzip: ARCHIVE_FILTER_GZIP
    case .bzip2: ARCHIVE_FILTER_BZIP2
    case .xz: ARCHIVE_FILTER_XZ
    case .lzma: ARCHIVE_FILTER_LZMA
    case .lzip: ARCHIVE_FILTER_LZIP
    case .zstd: ARCHIVE_FILTER_ZSTD
    case .lz4: ARCHIVE_FILTER_LZ4
    case .lzop: ARCHIVE_FILTER_LZOP
    case .uuencode: ARCHIVE_FILTER_UU
    case .rpm: ARCHIVE_FILTER_RPM
    default: ARCHIVE_FILTER_NONE
    }
  }

  private func enable(_ kind: ContainerKind, streamingZip: Bool) -> Bool {
    let a = handle
    if kind.isFilter {
      guard Self.decodes(kind), archive_read_support_format_raw(a) == ARCHIVE_OK,
        archive_read_support_format_empty(a) == ARCHIVE_OK
      else { return false }
      // The .Z reader looks at its input while it is being set up, so it can only be reached by bidding.
      if kind == .compress { return archive_read_support_filter_compress(a) == ARCHIVE_OK }
      return archive_read_append_filter(a, Self.code(kind)) == ARCHIVE_OK
    }
    let result =
      switch kind {
      case .tar: archive_read_support_format_tar(a)
      case .cpio: archive_read_support_format_cpio(a)
      case .zip:
        streamingZip ? archive_read_support_format_zip_streamable(a) : archive_read_support_format_zip_seekable(a)
      case .sevenZip: archive_read_support_format_7zip(a)
      case .rar: archive_read_support_format_rar(a)
      case .rar5: archive_read_support_format_rar5(a)
      case .iso9660: archive_read_support_format_iso9660(a)
      case .ar: archive_read_support_format_ar(a)
      case .xar: archive_read_support_format_xar(a)
      case .cab: archive_read_support_format_cab(a)
      case .lha: archive_read_support_format_lha(a)
      case .warc: archive_read_support_format_warc(a)
      default: ARCHIVE_FATAL
      }
    return result == ARCHIVE_OK || result == ARCHIVE_WARN
  }
}
