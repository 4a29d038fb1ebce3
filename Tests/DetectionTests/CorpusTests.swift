import CustodyCore
import Foundation
import TestSupport
import Testing

@testable import Detection

/// Real files, read where they are and never copied. Skipped aloud when the corpus is not there.
@Suite struct CorpusTests {
  /// Kinds by extension; several where the extension says less than the bytes.
  static let kinds: [String: [String]] = [
    "jpg": ["image/jpeg"], "jpeg": ["image/jpeg"], "jps": ["image/jpeg"], "png": ["image/png", "image/apng"],
    "gif": ["image/gif"], "bmp": ["image/bmp"], "tif": ["image/tiff"], "tiff": ["image/tiff"], "btf": ["image/tiff"],
    "webp": ["image/webp"], "avif": ["image/avif"], "heic": ["image/heic"], "ico": ["image/vnd.microsoft.icon"],
    "pgm": ["image/x-portable-graymap"], "ppm": ["image/x-portable-pixmap"], "sgi": ["image/x-sgi"],
    "j2k": ["image/j2c"], "pcx": ["image/x-pcx"], "tga": ["image/x-tga"], "dng": ["image/x-adobe-dng"],
    "nef": ["image/x-nikon-nef"], "iiq": ["image/x-phaseone-iiq"], "x3f": ["image/x-sigma-x3f"], "bpg": ["image/bpg"],
    "psd": ["image/vnd.adobe.photoshop"], "xcf": ["image/x-xcf"], "exr": ["image/x-exr"], "hdr": ["image/vnd.radiance"],
    "djvu": ["image/vnd.djvu"], "pdf": ["application/pdf"], "rtf": ["application/rtf"], "flac": ["audio/flac"],
    "mp3": ["audio/mpeg"], "wav": ["audio/x-wav"], "m4a": ["audio/mp4"], "avi": ["video/x-msvideo"],
    "flv": ["video/x-flv"],
    "mts": ["video/mp2t"], "mxf": ["video/mxf"], "json": ["application/json"], "html": ["text/html"],
    "csv": ["text/csv"], "tsv": ["text/tab-separated-values"], "svg": ["image/svg+xml"], "eml": ["message/rfc822"],
    "msg": ["application/vnd.ms-outlook"], "dcm": ["application/dicom"], "pcapng": ["application/x-pcapng"],
    "tnef": ["application/vnd.ms-tnef"], "opus": ["audio/ogg"], "epub": ["application/epub+zip"],
    "docx": ["application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
    "xlsx": ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"],
    "pptx": ["application/vnd.openxmlformats-officedocument.presentationml.presentation"],
    "odt": ["application/vnd.oasis.opendocument.text"], "ods": ["application/vnd.oasis.opendocument.spreadsheet"],
    "odp": ["application/vnd.oasis.opendocument.presentation"], "pth": ["application/x-pytorch", "application/zip"],
    "md": ["text/plain"], "txt": ["text/plain"], "toml": ["text/plain"], "yaml": ["text/plain"], "vcf": ["text/vcard"],
    "npy": ["application/x-npy"], "npz": ["application/x-npz"], "pickle": ["application/x-python-pickle"],
  ]

  /// Recognized only; the size stands in no simple header, or the format is too rare to matter.
  static let unmeasured: Set<String> = [
    "image/svg+xml", "image/bpg", "image/vnd.djvu", "image/x-mie", "image/x-exr", "image/x-photo-cd",
    "image/vnd.radiance",
    "image/x-xisf", "image/x-czi",
  ]

  static func reading(_ name: String) throws -> (EntryFacts, [UInt8]) {
    let bytes = try Corpus.bytes(name)
    return (examine(bytes, name: String(name.split(separator: "/").last ?? "")), bytes)
  }

  @Test(arguments: [
    "face", "face-formats", "noface", "misc-negative", "document-negative", "text-negative", "template-negative",
  ])
  func kindsAreRight(_ dataClass: String) throws {
    var wrong: [String] = []
    for name in try Corpus.files(dataClass) {
      let (facts, _) = try Self.reading(name)
      let suffix = FileName.suffix(Array(name.utf8))
      if let expected = Self.kinds[suffix], !expected.contains(facts.kind.rawValue) {
        wrong.append("\(name): \(facts.kind.rawValue)")
      }
      if facts.kind.family == "image", !Self.unmeasured.contains(facts.kind.rawValue), facts.attributes["width"] == nil
      {
        wrong.append("\(name): \(facts.kind.rawValue) not measured")
      }
    }
    #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
  }

  /// One portrait of 128 × 128 in many encodings.
  @Test func sizesAreRight() throws {
    var measured = 0
    for name in try Corpus.files("face-formats")
    where name.contains("Tests_images") && name.contains("_hopper.") || name.contains("Tests_images_hopper_orientation")
      || name.contains("_hopper_bigtiff")
      || name.contains("_hopper_gray") || name.contains("_hopper_8bit") || name.contains("_hopper_16bit")
    {
      let (facts, _) = try Self.reading(name)
      #expect(
        facts.attributes["width"] == 128 && facts.attributes["height"] == 128,
        "\(name): \(String(describing: facts.attributes.entries))")
      measured += 1
    }
    #expect(Corpus.root == nil || measured > 20)
  }

  @Test(arguments: ["noface", "misc-negative", "document-negative", "text-negative", "malformed", "template-negative"])
  func negativesStayQuiet(_ dataClass: String) throws {
    for name in try Corpus.files(dataClass) {
      let (facts, bytes) = try Self.reading(name)
      let loud = facts.observations.filter { $0.strength > .weak }
      #expect(loud.isEmpty, "\(name): \(loud.map { "\($0.detector) \($0.dataClass.rawValue)" })")
      if bytes.count < 300_000 {
        #expect(
          examine(bytes, chunks: [8191, 100], name: String(name.split(separator: "/").last ?? "")) == facts, "\(name)")
      }
    }
  }
}
