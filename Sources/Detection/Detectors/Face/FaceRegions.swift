internal import CustodyCore

/// Boxes around faces, and names put to them, that photo software writes into metadata.
struct FaceRegions: Detector {
  var descriptor: DetectorDescriptor {
    DetectorDescriptor(
      name: "face.regions", version: 1, dataClasses: [.faceImage], strengths: [.proof, .strong, .weak],
      summary: "face boxes in XMP (MWG, Microsoft, Apple) and Picasa metadata; proof when a person is named",
      sources: [
        "Metadata Working Group: Guidelines for Handling Image Metadata 2.0, 5.9 (mwg-rs)",
        "Microsoft People Tagging schema (MP, MPRI, MPReg)", "IPTC Photo Metadata Standard (PersonInImage)",
        "exiftool: XMP.pm, Microsoft.pm, Apple.pm; Picasa .picasa.ini as read by internal importers",
      ],
      limits: [
        "names are noticed, never read out", "XMP in UTF-16 or in compressed PNG text is not seen",
        "boxes of pets, bar codes and autofocus are ignored", "packets beyond 4 MiB are read up to there",
      ],
      triggers: [
        .anywhere(Array("x:xmpmet".utf8), lookBehind: 1), .anywhere(Array("rect64(".utf8), lookBehind: 1024),
        .anywhere(Array("<rdf:RDF".utf8), lookBehind: 512), .kind(ContentKind(rawValue: "image/jpeg")),
      ],
      positives: [
        DetectorExample("MWG face with a name", expected: ["face.image proof x1"]) {
          RegionSample.mwg([("Face", "A. Person")])
        },
        DetectorExample("two faces without names, one focus box", expected: ["face.image strong x2"]) {
          RegionSample.mwg([("Face", ""), ("Focus", ""), ("Face", "")])
        },
        DetectorExample("Microsoft people tag", expected: ["face.image proof x1"]) {
          RegionSample.microsoft(name: "A. Person")
        },
        DetectorExample("Microsoft rectangle alone", expected: ["face.image strong x1"]) {
          RegionSample.microsoft(name: nil)
        },
        DetectorExample("Picasa face of a known contact", expected: ["face.image proof x1"]) {
          Array("[0001.jpg]\nfaces=rect64(3f845bcb59418507),8e62398ebda8c1a5\n".utf8)
        },
        DetectorExample("Picasa face of nobody", expected: ["face.image strong x1"]) {
          Array("[0001.jpg]\nfaces=rect64(3f845bcb59418507),ffffffffffffffff\n".utf8)
        },
        DetectorExample("person shown, without a box", expected: ["face.image weak x1"]) {
          RegionSample.personInImage()
        },
      ],
      negatives: [
        DetectorExample("autofocus and pet boxes") { RegionSample.mwg([("Focus", ""), ("Pet", "Rex")]) },
        DetectorExample("an empty packet") { Array("<x:xmpmeta xmlns:x='adobe:ns:meta/'></x:xmpmeta>".utf8) },
        DetectorExample("a crop, not a face") { Array("[0001.jpg]\ncrop=rect64(3f845bcb59418507)\n".utf8) },
        DetectorExample("a box without area") { RegionSample.mwg([("Face", "")], width: "0") },
      ])
  }

  /// Packets are read up to here.
  private static let packetLimit = 4 << 20

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    if bytes.has("rect64(", at: start) { return picasa(bytes, start, context) }
    if bytes.has([0xFF, 0xD8], at: start), context.isWholeEntry(at: start) { return extended(bytes) }
    let isPacket = bytes.has("x:xmpmet", at: start)
    if isPacket, start == 0 || bytes.u8(start - 1) != 0x3C { return .nothing }
    // The usual wrapper is the packet; the inner element counts only where it stands alone.
    if !isPacket, bytes.find(Array("<x:xmpmeta".utf8), from: max(0, start - 512), within: start) != nil {
      return .nothing
    }
    let close = isPacket ? "</x:xmpmeta>" : "</rdf:RDF>"
    let window = bytes.byteCount - start
    guard let end = bytes.find(Array(close.utf8), from: start, within: start + Self.packetLimit) else {
      if !context.windowIsFinal, window < Self.packetLimit { return .needsMore(total: window * 2) }
      return result(bytes, start, bytes.byteCount, context)
    }
    return result(bytes, start, end + close.utf8.count, context)
  }

  private func result(_ bytes: RawSpan, _ start: Int, _ end: Int, _ context: DetectionContext) -> Detection {
    guard let packet = bytes.from(start, count: end - start) else { return .nothing }
    let regions = XMPRegions.read(packet)
    let place = Place(offset: context.windowOffset + UInt64(start), length: UInt64(end - start))
    let observations = self.observations(regions, place)
    return observations.isEmpty ? .nothing : .found(observations, length: end - start, kind: nil)
  }

  private func observations(_ regions: XMPRegions, _ place: Place) -> [Observation] {
    var out: [Observation] = []
    let add = { (strength: Strength, count: Int, format: String) in
      Observation(
        .faceImage, detector: "face.regions", version: 1, strength: strength, count: count, place: place,
        attributes: ["format": .string(format)])
    }
    if regions.named > 0 { out.append(add(.proof, regions.named, "region-named")) }
    if regions.unnamed > 0 { out.append(add(.strong, regions.unnamed, "region")) }
    if out.isEmpty, regions.persons > 0 { out.append(add(.weak, regions.persons, "person-in-image")) }
    return out
  }

  /// One line `faces=rect64(l t r b),contact;…` of a `.picasa.ini`.
  private func picasa(_ b: RawSpan, _ start: Int, _ context: DetectionContext) -> Detection {
    var line = start
    while line > 0, b.u8(line - 1) != 0x0A { line -= 1 }
    guard b.has("faces=", at: line), line + 6 == start else { return .nothing }
    var regions = XMPRegions()
    var at = start
    while b.has("rect64(", at: at) {
      guard let (box, afterBox) = hex(b, at + 7), b.u8(afterBox) == 0x29, b.u8(afterBox + 1) == 0x2C,
        let (contact, afterContact) = hex(b, afterBox + 2)
      else { break }
      let part = { (shift: UInt64) in box >> shift & 0xFFFF }
      if part(48) < part(16), part(32) < part(0) {
        if contact != 0, contact != .max { regions.named += 1 } else { regions.unnamed += 1 }
      }
      at = afterContact
      if b.u8(at) == 0x3B { at += 1 }
    }
    // The line may go on beyond the window.
    if at + 64 > b.byteCount, !context.windowIsFinal { return .needsMore(total: (b.byteCount - start) * 2) }
    let place = Place(offset: context.windowOffset + UInt64(start), length: UInt64(at - start))
    let observations = self.observations(regions, place)
    return observations.isEmpty ? .nothing : .found(observations, length: at - start, kind: nil)
  }

  /// 1 to 16 hexadecimal digits (leading zeros are dropped) and where they end.
  private func hex(_ b: RawSpan, _ from: Int) -> (UInt64, Int)? {
    var value: UInt64 = 0
    var at = from
    while at < from + 16, let c = b.u8(at), let digit = Character(Unicode.Scalar(c)).hexDigitValue {
      value = value << 4 | UInt64(digit)
      at += 1
    }
    return at > from ? (value, at) : nil
  }

  /// Extended XMP: a packet cut into several APP1 segments (XMP part 3, 1.1.3.1), joined here.
  private func extended(_ b: RawSpan) -> Detection {
    let word = Array("http://ns.adobe.com/xmp/extension/\u{00}".utf8)
    var joined: [UInt8] = []
    var first = Int.max
    JPEG.eachSegment(b) { marker, body, length in
      // Then 32 characters of GUID, full length and offset.
      let head = word.count + 40
      guard marker == 0xE1, b.has(word, at: body), length > head, let total = b.u32(body + word.count + 32),
        let offset = b.u32(body + word.count + 36), total <= Self.packetLimit, offset <= total,
        length - head <= total - offset
      else { return }
      first = min(first, body)
      if joined.count < total { joined.append(contentsOf: repeatElement(0x20, count: total - joined.count)) }
      for i in 0..<(length - head) { joined[offset + i] = b.u8(body + head + i) ?? 0x20 }
    }
    guard !joined.isEmpty else { return .nothing }
    let regions = XMPRegions.read(joined.span.bytes)
    let observations = self.observations(regions, Place(offset: UInt64(first), length: 0))
    return observations.isEmpty ? .nothing : .found(observations, length: 0, kind: nil)
  }
}

/// Packets as photo software writes them.
enum RegionSample {
  static func mwg(_ regions: [(type: String, name: String)], width: String = "0.2") -> [UInt8] {
    let items = regions.map {
      """
      <rdf:li><rdf:Description mwg-rs:Type="\($0.type)"\($0.name.isEmpty ? "" : " mwg-rs:Name=\"\($0.name)\"")>
      <mwg-rs:Area stArea:x="0.5" stArea:y="0.5" stArea:w="\(width)" stArea:h="0.3" stArea:unit="normalized"/>
      </rdf:Description></rdf:li>
      """
    }
    return packet(
      """
      <rdf:Description xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"
       xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#"><mwg-rs:Regions><mwg-rs:RegionList><rdf:Bag>
      \(items.joined(separator: "\n"))
      </rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions></rdf:Description>
      """)
  }

  static func microsoft(name: String?) -> [UInt8] {
    packet(
      """
      <rdf:Description xmlns:MP="http://ns.microsoft.com/photo/1.2/"
       xmlns:MPRI="http://ns.microsoft.com/photo/1.2/t/RegionInfo#"
       xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#">
      <MP:RegionInfo><rdf:Description><MPRI:Regions><rdf:Bag><rdf:li><rdf:Description>
      <MPReg:Rectangle>0.25, 0.1, 0.2, 0.3</MPReg:Rectangle>
      \(name.map { "<MPReg:PersonDisplayName>\($0)</MPReg:PersonDisplayName>" } ?? "")
      </rdf:Description></rdf:li></rdf:Bag></MPRI:Regions></rdf:Description></MP:RegionInfo></rdf:Description>
      """)
  }

  static func personInImage() -> [UInt8] {
    packet(
      """
      <rdf:Description xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"><Iptc4xmpExt:PersonInImage>
      <rdf:Bag><rdf:li>A. Person</rdf:li></rdf:Bag></Iptc4xmpExt:PersonInImage></rdf:Description>
      """)
  }

  private static func packet(_ body: String) -> [UInt8] {
    Array(
      """
      <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
      \(body)
      </rdf:RDF></x:xmpmeta>
      """.utf8)
  }
}
