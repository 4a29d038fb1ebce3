import CustodyCore

extension EntryFacts {
  /// True when content that was found inside an entry is worth a line of its own: something was observed in it, it is a
  /// picture with a size, or it is of a kind that cannot be looked into, which coverage must count.
  ///
  /// Everything else, the keys, digests, tokens and certificates that texts are full of, was examined with the entry
  /// around it and leaves no trace. Kinds with a short magic do not count: among a million tokens some fit.
  public var isWorthListing: Bool {
    if !observations.isEmpty || disposition == .limited { return true }
    if Self.pictures.contains(kind.rawValue), case .int(let width)? = attributes["width"],
      case .int(let height)? = attributes["height"]
    {
      return width > 0 && height > 0
    }
    return Self.closed.contains(kind.rawValue)
  }

  /// True for content of which more could be seen than was, by its kind. Pickles are small and many, and are read.
  public var hasUnseenContent: Bool {
    disposition != .examined && kind.rawValue != "application/x-python-pickle"
  }

  private static let pictures: Set<String> = [
    "image/jpeg", "image/png", "image/apng", "image/gif", "image/bmp", "image/tiff", "image/webp", "image/jp2",
    "image/j2c", "image/jxl", "image/heic", "image/heif", "image/avif", "image/vnd.adobe.photoshop",
    "image/x-portable-bitmap", "image/x-portable-graymap", "image/x-portable-pixmap",
  ]

  private static let closed: Set<String> = [
    "application/pdf", "application/x-pdf-encrypted", "application/x-ole-storage", "application/x-ole-encrypted",
    "application/vnd.ms-outlook", "application/zip", "application/gzip", "application/x-bzip2", "application/x-xz",
    "application/zstd", "application/x-7z-compressed", "application/vnd.rar", "application/x-tar",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation", "application/vnd.sqlite3",
    "video/mp4", "video/quicktime", "application/x-npy", "application/x-hdf5", "application/dicom",
    "application/x-luks",
    "application/x-age-encryption", "application/x-openssl-salted", "application/x-keepass",
  ]
}
