internal import CustodyCore

/// A detector that observes nothing: what it recognizes is content, to be examined as an entry of its own.
protocol Carver: Detector {}

/// Whole files inside other bytes: pictures in documents and caches, deleted files in free space, databases in dumps.
///
/// Every file that shows its beginning by a magic and its length by its own structure is cut out, examined like any
/// entry, and claims its bytes: what lies in it is found in the file, not around it.
struct FileCarver: Carver, Detector {
  let descriptor = DetectorDescriptor(
    name: "carved.file", version: 1, dataClasses: [], strengths: [],
    summary: "Files that lie inside other bytes, cut out and examined as entries of their own",
    sources: [
      "ISO/IEC 10918-1 annex B (JPEG)", "ISO/IEC 15948 clause 5 (PNG)", "GIF89a specification", "RFC 9649 (WebP)",
      "TIFF 6.0", "[MS-WMF] 2.2.2.3 (BMP)", "ISO/IEC 15444-1 annexes A and I (JPEG 2000)",
      "ISO/IEC 14496-12 4.2 (boxes)",
      "SQLite file format 1.3", "[MS-CFB] 2.3", "ISO 32000-1 7.5 (PDF)", "APPNOTE.TXT 4.3 (ZIP)", "7zFormat.txt",
      "HDF5 File Format Specification 3.0, II.A", "Apache Parquet and Arrow file formats",
      "pickletools, protocol 4 (Python)",
    ],
    limits: [
      "files in pieces, without their beginning, or beyond 16 MiB (the first 16 MiB are examined, and the entry is limited)",
      "BigTIFF, bitmaps of other than 24 bits, camera raw formats, RAR, gzip, Access, pickles before protocol 4, safetensors and text formats: not looked for in the middle of bytes",
      "not cut out: frames of films made of JPEGs, thumbnails and strips that the image worker shows",
      "TIFF is not looked for in HEIF, AVIF and JPEG XL",
    ],
    triggers: CarvedForm.all.flatMap { form in form.patterns.map { .anywhere($0, lookBehind: form.lead) } },
    positives: CarvedExample.positives, negatives: CarvedExample.negatives)

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    for form in CarvedForm.all where form.patterns.contains(where: { bytes.has($0, at: start) }) {
      let begin = start - form.lead
      // At the first byte it is the entry itself.
      guard begin >= 0, context.windowOffset + UInt64(begin) > 0,
        let file = bytes.from(begin, count: bytes.byteCount - begin),
        form.isSought(in: context.kind)
      else { continue }
      let isCut: Bool
      let length: Int
      switch form.measure(file) {
      case .none: continue
      case .length(let stated):
        guard stated <= file.byteCount || context.windowIsFinal else { return .needsMore(total: stated - form.lead) }
        (length, isCut) = (min(stated, file.byteCount), stated > file.byteCount && !context.windowReachesEnd)
      case .open where context.windowIsFinal: continue
      case .beyond, .open:
        guard context.windowIsFinal else { return .needsMore(total: bytes.byteCount - start + 1) }
        (length, isCut) = (file.byteCount, !context.windowReachesEnd)
      }
      guard length >= DerivedLimits.leastBytes, let content = file.from(0, count: length) else { continue }
      return .containing(
        .nothing,
        [
          DerivedContent(
            place: Place(offset: context.windowOffset + UInt64(begin), length: UInt64(length)), encoding: .carved,
            bytes: content.withUnsafeBytes { Array($0) }, isWhole: !isCut)
        ])
    }
    return .nothing
  }
}

extension CarvedForm {
  /// False where the format's own files are full of its magics.
  fileprivate func isSought(in kind: ContentKind) -> Bool {
    switch name {
    case "ZIP": !ContentKind.isZip(kind)
    case "PDF": kind != PDFStreams.kind
    // Their EXIF is of this form.
    case "TIFF": !["image/heic", "image/heif", "image/avif", "image/jxl"].contains(kind.rawValue)
    default: true
    }
  }
}

extension ContentKind {
  /// Archives of the ZIP form, under whatever name.
  fileprivate static func isZip(_ kind: ContentKind) -> Bool {
    let name = kind.rawValue
    return name.hasSuffix("zip") || name.contains("openxmlformats") || name.contains("opendocument")
      || ["application/java-archive", "application/vnd.android.package-archive", "application/x-pytorch"].contains(name)
  }
}
