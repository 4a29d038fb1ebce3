import CustodyCore
import TestSupport
import Testing

@testable import Detection

/// Whole files inside other bytes. What they are is in the detector's examples; here is where they are looked for.
@Suite struct CarvingTests {
  static let photo = JPEGBuilder.testCard()
  static let gap = [UInt8](repeating: 0xB5, count: 1701)

  private func places(_ bytes: [UInt8]) -> [Place] {
    let facts = examine(bytes)
    for chunks in [[997, 31], [65_536], [1 << 20, 3]] {
      #expect(examine(bytes, chunks: chunks) == facts, "chunks of \(chunks)")
    }
    return facts.contents.map(\.place)
  }
  private func place(_ offset: Int, _ length: Int) -> Place { Place(offset: UInt64(offset), length: UInt64(length)) }

  @Test func picturesOneAfterTheOther() {
    let bytes = Self.gap + Self.photo + Self.photo + Self.gap + Self.photo
    let (g, p) = (Self.gap.count, Self.photo.count)
    #expect(places(bytes) == [place(g, p), place(g + p, p), place(2 * g + 2 * p, p)])
    #expect(examine(bytes).contents.allSatisfy { $0.bytes == Self.photo && $0.isWhole && $0.encoding == .carved })
  }

  /// What lies in a file that is cut out is found in that file, once.
  @Test func filesClaimTheirBytes() throws {
    let record = FMRExamples.iso2005()
    let database = SQLiteExample.database([
      SQLiteExample.Table("files", "data BLOB", [[.blob(record)], [.blob(Self.photo)]])
    ])
    let facts = examine(Self.gap + database + Self.gap)
    #expect(facts.observations.isEmpty)
    let file = try #require(facts.contents.first)
    #expect(facts.contents.count == 1 && file.bytes == database)
    let inner = examine(file.bytes)
    // Said by the record's detector and by the reader of rows, of one place: one item.
    #expect(Set(inner.observations.map(\.place)).count == 1)
    #expect(inner.contents.map(\.bytes) == [Self.photo])
  }

  /// The thumbnail in a picture is shown by whoever decodes the picture; what stands behind its end is not part of it.
  @Test func aPictureByItselfAndWhatFollowsIt() {
    let thumbnail = Self.photo
    let segment = ByteBuilder().hex("FFE1").u16(thumbnail.count + 8).ascii("Exif\u{00}\u{00}").raw(thumbnail).bytes
    let outer = Array(Self.photo[..<2]) + segment + Self.photo[2...]
    #expect(places(outer).isEmpty)
    #expect(places(outer + Self.gap + Self.photo) == [place(outer.count + Self.gap.count, Self.photo.count)])
    let png = SyntheticImage.png(64, 64)
    #expect(places(png + Self.photo) == [place(png.count, Self.photo.count)])
  }

  /// A decoder passes over what it does not know, whoever wrote it: nothing is hidden there.
  @Test func whatNoDecoderOfThePictureReads() {
    let photo = Self.photo
    func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
      ByteBuilder().u32(data.count).ascii(type).raw(data).u32(0).bytes
    }
    let png = SyntheticImage.png(64, 64)
    #expect(places(png[..<33] + chunk("prVt", photo) + png[33...]) == [place(41, photo.count)])
    let segment = ByteBuilder().hex("FFFE").u16(photo.count + 2).raw(photo).bytes
    #expect(places(photo[..<2] + segment + photo[2...]) == [place(6, photo.count)])
    let bitmap =
      ByteBuilder().ascii("BM").u32le(62).u32le(0).u32le(54).u32le(40).u32le(1).u32le(2).u16le(1).u16le(24)
      .raw([UInt8](repeating: 0, count: 32)).bytes
    #expect(examine(bitmap + photo).sight == .picture)
    #expect(places(bitmap + photo + photo) == [place(62, photo.count), place(62 + photo.count, photo.count)])
    // In bytes, the file that is cut out has the chunk with it.
    let hidden = png[..<33] + chunk("prVt", photo) + png[33...]
    let outer = examine(Self.gap + hidden + Self.gap).contents
    #expect(outer.map(\.bytes) == [Array(hidden)])
    #expect(examine(Array(hidden)).contents.map(\.bytes) == [photo])
  }

  /// Frames are not cut out of a film that is made of pictures; all else in a film is.
  @Test func framesOfMovingPicturesAreNotCutOut() {
    let film = { (codec: String) in
      ByteBuilder().u32(20).ascii("ftypisom").u32(512).ascii("isom").u32(20).ascii("stsd").u32(0).u32(86).ascii(codec)
        .u32(8 + Self.photo.count).ascii("mdat").raw(Self.photo).bytes
    }
    #expect(examine(film("jpeg")).sight == .video)
    #expect(places(film("jpeg")).isEmpty)
    #expect(places(film("avc1")) == [place(48, Self.photo.count)])
    let avi = ByteBuilder().ascii("RIFF").u32le(24 + Self.photo.count).ascii("AVI LIST").u32le(4).ascii("hdrlMJPG")
      .u32le(0).raw(Self.photo).bytes
    #expect(examine(avi).sight == .video)
    #expect(places(avi + Self.photo) == [place(avi.count, Self.photo.count)])
  }

  /// Strips that are JPEGs belong to the picture, as many as it has.
  @Test func stripsOfTIFF() {
    func tiff(height: Int, strips: Int) -> [UInt8] {
      let start = 8 + 2 + 6 * 12 + 4 + 8 * strips
      let fields = [
        (0x100, 1, 64), (0x101, 1, height), (0x103, 1, 7), (0x111, strips, start - 8 * strips), (0x116, 1, 16),
        (0x117, strips, start - 4 * strips),
      ]
      var b = ByteBuilder().ascii("II").u16le(42).u32le(8).u16le(fields.count)
      for (tag, count, value) in fields { b = b.u16le(tag).u16le(4).u32le(count).u32le(value) }
      b = b.u32le(0)
      for i in 0..<strips { b = b.u32le(start + i * Self.photo.count) }
      for _ in 0..<strips { b = b.u32le(Self.photo.count) }
      for _ in 0..<strips { b = b.raw(Self.photo) }
      return b.bytes
    }
    #expect(examine(tiff(height: 32, strips: 2)).sight == .picture)
    #expect(places(tiff(height: 32, strips: 2)).isEmpty)
    #expect(places(tiff(height: 32, strips: 4)).count == 2)
  }

  /// Directories that all point to the same long list of strips: each number is read once for each of them, within bounds.
  @Test func directoriesThatShareTheirNumbers() {
    let (directories, entries, list) = (60, 500, 512 << 10)
    let size = 2 + 12 * entries + 4
    var bytes = ByteBuilder().ascii("II").u16le(42).u32le(8).bytes
    for i in 0..<directories {
      bytes += ByteBuilder().u16le(entries).bytes
      for k in 0..<entries {
        let field = ByteBuilder().u16le(k < 2 ? 0x100 + k : 0x111).u16le(4)
        bytes += (k < 2 ? field.u32le(1).u32le(64) : field.u32le(65_535).u32le(list)).bytes
      }
      bytes += ByteBuilder().u32le(i + 1 < directories ? 8 + (i + 1) * size : 0).bytes
    }
    bytes += [UInt8](repeating: 0, count: (1 << 20) - bytes.count)
    let start = ContinuousClock.now
    #expect(examine(Self.gap + bytes).contents.isEmpty)
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  /// A picture that breaks off can still show a face.
  @Test func whatBreaksOffIsCutOutAsFarAsItGoes() {
    let cut = Array(Self.photo.dropLast(Self.photo.count / 3))
    let bytes = Self.gap + cut
    #expect(places(bytes) == [place(Self.gap.count, cut.count)])
    // A marker that no scan may hold.
    let broken = Self.gap + cut + [0xFF, 0x07] + Self.gap
    #expect(places(broken) == [place(Self.gap.count, cut.count)])
  }

  /// The window ends before the file does: its beginning is examined, and the content says so.
  @Test func largerThanTheWindow() throws {
    var file = SQLiteExample.database([SQLiteExample.Table("t", "a TEXT", [[.text([0x61])]])])
    let pages = (EntryExaminer.windowLimit + (1 << 20)) / 4096
    for i in 0..<4 { file[28 + i] = UInt8(truncatingIfNeeded: pages >> (24 - 8 * i)) }
    file += [UInt8](repeating: 0, count: pages * 4096 - file.count)
    let facts = examine(Self.gap + file, chunks: [1 << 20])
    let content = try #require(facts.contents.first)
    #expect(!content.isWhole && content.bytes.count == EntryExaminer.windowLimit)
  }

  /// Contents are handed out while the entry passes: a disk of pictures is not kept in memory.
  @Test func contentsAreHandedOutOnTheWay() {
    var examiner = EntryExaminer()
    var held: [Int] = []
    var total = 0
    for _ in 0..<64 {
      let part = (0..<8).flatMap { _ in Self.gap + Self.photo }
      part.withUnsafeBytes { examiner.consume($0) }
      let contents = examiner.takeContents()
      held.append(contents.count)
      total += contents.count
    }
    total += examiner.finish().contents.count
    #expect(total == 512)
    #expect((held.max() ?? 0) < 64)
  }

  /// The first piece of a value that lies in pieces is no picture of its own.
  @Test func firstPiecesAreNotCutOut() {
    let large = Array(Self.photo[..<2]) + ByteBuilder().hex("FFFE").u16(9002).zeros(9000).bytes + Self.photo[2...]
    let bytes = SQLiteExample.database([SQLiteExample.Table("p", "a BLOB", [[.blob(large)]])])
    let contents = examine(bytes).contents
    #expect(contents.map(\.bytes) == [large])
    #expect(contents.map(\.encoding) == [.pieces])
  }

  /// Beginnings that claim all that follows, one behind the other: each is looked at, none hides anything, and the work
  /// has a bound.
  @Test func beginningsThatClaimEverything() throws {
    let head = Array(SQLiteExample.database([SQLiteExample.Table("t", "a TEXT", [])])[..<100])
    var claiming = head
    for i in 0..<4 { claiming[28 + i] = UInt8(truncatingIfNeeded: 3000 >> (24 - 8 * i)) }
    let bytes =
      Self.gap + (0..<2000).flatMap { _ in claiming + [UInt8](repeating: 1, count: 28) } + FMRExamples.iso2005()
    var content = try #require(examine(bytes).contents.first)
    var depth = 1
    while let next = examine(content.bytes).contents.first, depth < 4 {
      content = next
      depth += 1
    }
    #expect(depth == 4)
    #expect(content.bytes.suffix(FMRExamples.iso2005().count) == FMRExamples.iso2005()[...])
  }

  /// Whatever the bytes, an extent is a number of bytes that begins here and no walk runs away.
  @Test func mutations() {
    let all = CarvedExample.positives.map { Array($0.bytes()[Self.gap.count...]) } + [Self.photo]
    var random = SplitMix(5)
    for (i, good) in all.enumerated() {
      for _ in 0..<400 {
        var bytes = good
        for _ in 0..<(1 + random.below(6)) {
          bytes[random.below(min(bytes.count, 300))] =
            [0, 1, 0x7F, 0x80, 0xFF, UInt8(random.below(256))][random.below(6)]
        }
        let cut = Array(bytes.prefix(1 + random.below(bytes.count)))
        for form in CarvedForm.all {
          if case .length(let n) = form.measure(cut.span.bytes) { #expect(n > 0, "form \(form.name), example \(i)") }
        }
        let facts = examine(Self.gap + bytes)
        #expect(facts.contents.allSatisfy { Int($0.place.offset + $0.place.length) <= Self.gap.count + bytes.count })
      }
    }
  }
}

extension ByteBuilder {
  fileprivate func u16le(_ value: Int) -> ByteBuilder { raw([UInt8(value & 255), UInt8(value >> 8 & 255)]) }
  fileprivate func u32le(_ value: Int) -> ByteBuilder { u16le(value & 0xFFFF).u16le(value >> 16) }
}
