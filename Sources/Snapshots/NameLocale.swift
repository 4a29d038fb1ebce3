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
}
