internal import CustodyCore

/// How far bytes of a kind can be understood here: decides the disposition of an entry when nothing else does.
///
/// - interpreted: text in ASCII, UTF-8 or Latin-1, executables, fonts, certificates and anything unknown, where raw
///   bytes are all there is: examined.
/// - pixels: still pictures, recognized and measured here, looked at by the image worker: partial.
/// - video: moving pictures: partial.
/// - audio: sound, in which a voice may be: partial.
/// - undecoded: documents, databases, arrays, disk images, mail, captures, archives nobody opened, UTF-16, all searched
///   as raw bytes only: partial.
/// - encrypted: ciphertext by its own header: opaque.
/// - unsupported: archives and compression that no reader here opens: opaque.
///
/// Interpreted means: as far as the catalogue of detectors knows. Every entry is searched for records as raw bytes,
/// whatever its treatment.
enum Treatment: Sendable {
  case interpreted, pixels, video, audio, undecoded, encrypted, unsupported

  var disposition: (Disposition, Reason?) {
    switch self {
    case .interpreted: (.examined, nil)
    case .pixels: (.partial, .pixelsNotExamined)
    case .video: (.partial, .videoNotExamined)
    case .audio: (.partial, .audioNotExamined)
    case .undecoded: (.partial, .contentNotDecoded)
    case .encrypted: (.opaque, .encrypted)
    case .unsupported: (.opaque, .unsupportedFormat)
    }
  }

  var sight: Sight? {
    switch self {
    case .pixels: .picture
    case .video: .video
    default: nil
    }
  }

  /// The treatment of a kind: by name, otherwise by family.
  static func of(_ kind: ContentKind) -> Treatment {
    // The commonest first: small entries are many.
    if kind == .unknown || kind == .text || kind == .empty { return .interpreted }
    if let exact = table[kind.rawValue] { return exact }
    if kind.isOfFamily("image/") { return .pixels }
    if kind.isOfFamily("video/") { return .video }
    if kind.isOfFamily("audio/") { return .audio }
    return kind.isOfFamily("message/") ? .undecoded : .interpreted
  }

  private static let table: [String: Treatment] = {
    var table: [String: Treatment] = [:]
    for (treatment, kinds) in [
      (Treatment.interpreted, interpretedKinds), (.undecoded, undecodedKinds), (.encrypted, encryptedKinds),
      (.unsupported, unsupportedKinds),
    ] {
      for kind in kinds.split(whereSeparator: \.isWhitespace) { table[String(kind)] = treatment }
    }
    return table
  }()

  /// Kinds whose family would say otherwise.
  private static let interpretedKinds = """
    image/svg+xml audio/midi
    """

  private static let undecodedKinds = """
    application/pdf application/x-ole-storage application/vnd.ms-outlook application/rtf text/rtf application/postscript
    application/vnd.ms-tnef application/vnd.ms-outlook-pst application/mbox application/x-mhtml application/zip
    application/java-archive application/vnd.android.package-archive application/epub+zip application/x-npz
    application/x-pytorch application/vnd.openxmlformats-officedocument
    application/vnd.openxmlformats-officedocument.wordprocessingml.document
    application/vnd.openxmlformats-officedocument.spreadsheetml.sheet
    application/vnd.openxmlformats-officedocument.presentationml.presentation
    application/vnd.oasis.opendocument application/vnd.oasis.opendocument.text
    application/vnd.oasis.opendocument.spreadsheet application/vnd.oasis.opendocument.presentation
    application/vnd.oasis.opendocument.graphics
    application/gzip application/x-bzip2 application/x-xz application/zstd application/x-lz4 application/x-lzip
    application/x-lzma application/x-lzop application/x-compress application/x-7z-compressed application/vnd.rar
    application/vnd.ms-cab-compressed application/x-tar application/x-cpio application/x-archive application/x-rpm
    application/x-git-pack application/x-git-bundle application/x-xar application/x-lha application/warc application/x-iso9660-image application/x-mtree
    application/vnd.sqlite3 application/x-sqlite3-wal application/x-sqlite3-journal application/x-msaccess
    application/x-ese-database application/x-berkeley-db application/x-dbf application/x-postgres-dump
    application/x-redis-dump application/x-mysql-frm application/x-lmdb application/x-registry-hive
    application/x-evtx application/x-thumbcache application/x-ds-store
    application/x-npy application/x-hdf5 application/vnd.apache.parquet application/vnd.apache.arrow.file
    application/x-feather application/x-orc application/avro application/x-matlab-data application/x-safetensors
    application/x-python-pickle application/x-faiss-index application/x-hnswlib-index application/x-tflite
    application/x-gguf application/x-protobuf application/x-bplist
    application/x-qemu-disk application/x-vmdk application/x-vhd application/x-vhdx application/x-virtualbox-vdi
    application/x-ewf application/x-raw-disk-image application/x-ext-filesystem application/x-ntfs-filesystem
    application/x-exfat-filesystem application/x-fat-filesystem application/x-xfs-filesystem
    application/x-btrfs-filesystem application/x-apfs-filesystem application/x-hfs-filesystem
    application/x-udf-image application/vnd.tcpdump.pcap application/x-pcapng application/dicom
    application/x-bam application/x-bcf application/x-cram application/x-abif
    application/x-shockwave-flash application/vnd.djvu image/vnd.djvu text/x-uuencode
    """

  private static let encryptedKinds = """
    application/x-luks application/x-age-encryption application/pgp-encrypted application/x-openssl-salted
    application/x-aes-crypt application/x-scrypt-encrypted application/x-ole-encrypted application/x-pdf-encrypted
    application/x-bitlocker-volume application/x-keepass application/x-corestorage-volume application/x-apfs-encrypted
    """

  private static let unsupportedKinds = """
    application/x-arj application/x-ace application/x-stuffit application/x-squashfs application/x-apple-diskimage
    application/x-snappy-framed application/zlib application/x-lzfse application/x-lrzip application/x-zpaq
    application/x-cramfs application/x-freearc
    """
}

extension ContentKind {
  /// `family` includes the slash. Compares bytes, which is much cheaper than cutting the string.
  func isOfFamily(_ family: StaticString) -> Bool {
    family.withUTF8Buffer { rawValue.utf8.starts(with: $0) }
  }
}
