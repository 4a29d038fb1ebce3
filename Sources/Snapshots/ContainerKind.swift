public import CustodyCore

/// A form of container, recognized by its bytes.
///
/// To add one: a case here, its signature in `ContainerKind+Identify.swift`, its reader in `ArchiveStage+Open.swift`
/// or, for what libarchive does not read, in `Walker.open`.
public enum ContainerKind: String, CaseIterable, Sendable, Hashable {
  // Filters: one compressed or encoded stream.
  case gzip, bzip2, xz, lzma, lzip, zstd, lz4, lzop, compress, uuencode, rpm, grzip, lrzip, zlib
  // Archives: members with names.
  case tar, cpio, zip, sevenZip, rar, rar5, iso9660, ar, xar, cab, lha, warc
  // Disk images: a partition table, or a file system without one.
  case partitions, ext, fat, exfat, ntfs
  // Images that describe a disk in tables of their own (`VirtualDisks/`).
  case qcow, vmdk, vhd, vhdx, vdi, ewf
  // Mail: parts of messages are members (`Mail/`).
  case mail, mbox
  // Outlook: a store of messages, and one message wrapped for mail (`MailStore/`).
  case pst, tnef
  // Objects of git, many in one file (`Git/`).
  case gitPack, gitBundle
  /// Text of mainframes: searched as it stands, and once more in Latin-1 (`Recoded/`).
  case ebcdic
  /// A list of files without their bytes: recognized, delivered as text, never opened.
  case mtree

  /// True for a form that holds one stream rather than named members.
  public var isFilter: Bool {
    switch self {
    case .gzip, .bzip2, .xz, .lzma, .lzip, .zstd, .lz4, .lzop, .compress, .uuencode, .rpm, .grzip, .lrzip, .zlib:
      true
    default: false
    }
  }

  /// True when reading needs to move backwards.
  var needsSeeking: Bool {
    self == .zip || self == .sevenZip || self == .iso9660 || isDisk || isVirtualDisk || self == .pst || self == .tnef
      || self == .gitPack || self == .gitBundle
  }

  /// True for a disk image.
  var isDisk: Bool { self == .partitions || isFileSystem }

  /// True for a file system of a disk.
  var isFileSystem: Bool { self == .ext || self == .fat || self == .exfat || self == .ntfs }

  /// True when members lie in the archive as they are, one after the other.
  var storesPlainly: Bool { self == .tar || self == .cpio || self == .ar || self == .warc }

  /// True when names are kept in Unicode inside, so that the reader has to convert them. For all others the raw bytes
  /// of the name are wanted.
  var hasUnicodeNames: Bool {
    switch self {
    case .sevenZip, .iso9660, .xar, .cab, .rar, .rar5, .lha: true
    default: false
    }
  }

  /// Media type for the inventory.
  public var contentKind: ContentKind {
    let type =
      switch self {
      case .gzip: "application/gzip"
      case .bzip2: "application/x-bzip2"
      case .xz: "application/x-xz"
      case .lzma: "application/x-lzma"
      case .lzip: "application/x-lzip"
      case .zstd: "application/zstd"
      case .lz4: "application/x-lz4"
      case .lzop: "application/x-lzop"
      case .compress: "application/x-compress"
      case .uuencode: "text/x-uuencode"
      case .rpm: "application/x-rpm"
      case .grzip: "application/x-grzip"
      case .lrzip: "application/x-lrzip"
      case .zlib: "application/zlib"
      case .tar: "application/x-tar"
      case .cpio: "application/x-cpio"
      case .zip: "application/zip"
      case .sevenZip: "application/x-7z-compressed"
      case .rar, .rar5: "application/vnd.rar"
      case .iso9660: "application/x-iso9660-image"
      case .ar: "application/x-archive"
      case .xar: "application/x-xar"
      case .cab: "application/vnd.ms-cab-compressed"
      case .lha: "application/x-lzh-compressed"
      case .warc: "application/warc"
      case .mail: "message/rfc822"
      case .mbox: "application/mbox"
      case .pst: "application/vnd.ms-outlook-pst"
      case .tnef: "application/vnd.ms-tnef"
      case .gitPack: "application/x-git-pack"
      case .gitBundle: "application/x-git-bundle"
      case .ebcdic: "text/x-ebcdic"
      case .mtree: "text/x-mtree"
      case .partitions: "application/x-raw-disk-image"
      case .ext: "application/x-ext-filesystem"
      case .fat: "application/x-fat-filesystem"
      case .exfat: "application/x-exfat-filesystem"
      case .ntfs: "application/x-ntfs-filesystem"
      case .qcow: "application/x-qemu-disk"
      case .vmdk: "application/x-vmdk"
      case .vhd: "application/x-vhd"
      case .vhdx: "application/x-vhdx"
      case .vdi: "application/x-virtualbox-vdi"
      case .ewf: "application/x-ewf"
      }
    return ContentKind(rawValue: type)
  }
}
