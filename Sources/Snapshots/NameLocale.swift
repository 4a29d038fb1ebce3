import Glibc

/// Fixes what would make a snapshot read differently on different machines: libarchive looks at the locale to convert
/// names and at the time zone to read the local times of zip members.
///
/// In the C locale libarchive hands out the raw bytes of tar, cpio, ar and zip names; in a UTF-8 locale it would
/// rewrite them (NFC). Formats that keep names in UTF-16 need a UTF-8 locale, or non-ASCII names are lost.
enum NameLocale {
  nonisolated(unsafe) private static let bytes = newlocale(1 << LC_CTYPE, "C", nil)
  nonisolated(unsafe) private static let utf8 = newlocale(1 << LC_CTYPE, "C.UTF-8", nil)

  /// Sets the calling thread's locale; `restore` undoes it.
  static func use(unicode: Bool) {
    if let wanted = unicode ? utf8 ?? bytes : bytes { uselocale(wanted) }
  }

  static func current() -> locale_t? { uselocale(nil) }
  static func restore(_ previous: locale_t?) { if let previous { uselocale(previous) } }

  /// Makes the process read local times as UTC (`TZ=UTC0`), once.
  static let utcTimes: Void = {
    setenv("TZ", "UTC0", 1)
    tzset()
  }()

  /// Everything of the above, and the conversions between character sets that libarchive asks for.
  static func prepare() {
    _ = (bytes, utf8, utcTimes)
    for (to, from) in [("UTF-8", "UTF-16LE"), ("UTF-8", "UTF-16BE"), ("UTF-8", "CP437"), ("UTF-8", "CP932")] {
      let converter = iconv_open(to, from)
      // -1 means that this system does not know the character set; reading then keeps raw bytes.
      if Int(bitPattern: converter) != -1 { iconv_close(converter) }
    }
  }
}
