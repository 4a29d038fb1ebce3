internal import CVision
internal import CustodyCore
internal import VisionProtocol

/// From the verdict of the C++ session to the words of an inventory.
///
/// Hits of one kind, strength and detail become one observation with a count: a crowd is one line, not forty.
enum Translation {
  static let detectors = [
    "document.picture/1", "face.hog/1", "iris.closeup/1", "mrz.picture/1", "plate.read/1", "plate.rows/1",
    "ridges.texture/1",
  ]

  /// - Parameters:
  ///   - size: bytes of the file.
  ///   - video: what is seen again in the next frame is most likely the same.
  static func verdict(_ v: UnsafePointer<cv_verdict>, size: UInt64, video: Bool = false) -> VisionVerdict {
    let disposition = dispositions[min(Int(v.pointee.disposition), dispositions.count - 1)]
    var out = VisionVerdict(disposition)
    if disposition != .examined {
      let word = word(cv_verdict_reason(v), CV_WORD_LENGTH)
      out.reason = word.isEmpty ? .unreadable : Reason(rawValue: word)
    }
    out.notes = (0..<min(v.pointee.note_count, UInt32(CV_MAX_NOTES))).map {
      text(cv_verdict_note(v, $0), CV_NOTE_LENGTH)
    }.filter { !$0.isEmpty }
    out.attributes = attributes(v)
    let hits = Array(
      UnsafeBufferPointer(start: cv_verdict_hits(v), count: Int(min(v.pointee.hit_count, UInt32(CV_MAX_HITS)))))
    out.observations =
      Observer(
        hits: hits, height: Int32(clamping: v.pointee.height), many: v.pointee.frames_examined > 1, video: video
      ).observations
    addDropped(v, &out, video: video)
    out.children = children(v, size: size)
    if (0...100).contains(v.pointee.hash_quality),
      let bits = Digest(UnsafeBufferPointer(start: cv_verdict_hash(v), count: 32))
    {
      out.hash = VisionVerdict.PerceptualHash(bits: bits, quality: Int(v.pointee.hash_quality))
    }
    return out
  }

  private static let dispositions: [Disposition] = [.examined, .partial, .opaque, .failed, .limited]

  private static func attributes(_ v: UnsafePointer<cv_verdict>) -> Attributes {
    var out = Attributes()
    let format = word(cv_verdict_format(v), CV_WORD_LENGTH)
    if !format.isEmpty { out["format"] = .string(format) }
    if v.pointee.width > 0, v.pointee.height > 0 {
      out["width"] = .int(Int64(v.pointee.width))
      out["height"] = .int(Int64(v.pointee.height))
    }
    if v.pointee.frames > 1 {
      out["frames"] = .int(Int64(v.pointee.frames))
      out["framesExamined"] = .int(Int64(v.pointee.frames_examined))
    }
    for fact in UnsafeBufferPointer(
      start: cv_verdict_facts(v), count: Int(min(v.pointee.fact_count, UInt32(CV_MAX_FACTS))))
    {
      let (name, said) = withUnsafePointer(to: fact) {
        (word(cv_fact_name($0), CV_WORD_LENGTH), text(cv_fact_word($0), CV_WORD_LENGTH))
      }
      guard !name.isEmpty, out[name] == nil else { continue }
      switch fact.kind {
      case 0: out[name] = .bool(fact.number != 0)
      case 1: out[name] = .int(fact.number)
      default: if !said.isEmpty { out[name] = .string(said) }
      }
    }
    return out
  }

  /// What did not fit into the list of hits is counted with the least that was seen of its kind.
  private static func addDropped(_ v: UnsafePointer<cv_verdict>, _ out: inout VisionVerdict, video: Bool) {
    let dropped = UnsafeBufferPointer(start: cv_verdict_dropped(v), count: 8)
    let kinds: [(Int, DataClass)] = [
      (CV_FACE, .faceImage), (CV_PLATE, .plateImage), (CV_MRZ, .identityMRZ), (CV_DOCUMENT, .identityDocument),
      (CV_RIDGES, .fingerImage), (CV_IRIS, .irisImage),
    ]
    for (kind, dataClass) in kinds where dropped[kind] > 0 {
      let n = Int(min(dropped[kind], 500_000))
      if let last = out.observations.lastIndex(where: { $0.dataClass == dataClass }) {
        if video, case .int(let seen) = out.observations[last].attributes["sightings"] {
          out.observations[last].attributes["sightings"] = .int(seen + Int64(n))
        } else {
          out.observations[last].count += n
        }
      }
      if out.notes.count < VisionVerdict.Limits.notes {
        out.notes.append("\(dataClass.rawValue): \(n) further ones counted without place")
      }
    }
  }

  private static func children(_ v: UnsafePointer<cv_verdict>, size: UInt64) -> [VisionVerdict.Child] {
    let count = Int(min(v.pointee.child_count, UInt32(CV_MAX_CHILDREN)))
    return UnsafeBufferPointer(start: cv_verdict_children(v), count: count).compactMap { child in
      let role = withUnsafePointer(to: child) { word(cv_child_role($0), CV_WORD_LENGTH) }
      let (end, overflow) = child.offset.addingReportingOverflow(child.length)
      guard !overflow, end <= size, child.length > 0 else { return nil }
      return VisionVerdict.Child(
        place: Place(offset: child.offset, length: child.length), role: role.isEmpty ? "picture" : role)
    }
  }

  /// Letters, digits and `._-` of a C array of `length` bytes; what else is in it becomes `_`.
  private static func word(_ p: UnsafePointer<CChar>?, _ length: Int32) -> String {
    String(
      decoding: bytes(p, length).map { b in
        VisionWords.isToken(String(UnicodeScalar(b))) ? b : UInt8(ascii: "_")
      }, as: UTF8.self)
  }
  /// Printable ASCII of a C array; what else is in it becomes `?`.
  private static func text(_ p: UnsafePointer<CChar>?, _ length: Int32) -> String {
    String(decoding: bytes(p, length).map { (0x20..<0x7F).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
  }
  private static func bytes(_ p: UnsafePointer<CChar>?, _ length: Int32) -> [UInt8] {
    UnsafeBufferPointer(start: p, count: Int(length)).prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
  }
}

/// Groups hits into observations, in an order that depends on nothing but the hits.
struct Observer {
  let hits: [cv_hit]
  /// Of the picture, in pixels.
  let height: Int32
  /// The file holds more than one picture that was looked at.
  let many: Bool
  /// Its pictures follow each other in time.
  let video: Bool

  var observations: [Observation] {
    let kinds: [(Int, (cv_hit) -> Int, ([cv_hit]) -> Observation)] = [
      (CV_FACE, { _ in 0 }, faces), (CV_PLATE, { Int($0.detail) }, plates),
      (CV_MRZ, { Int($0.detail) }, zones),
      (CV_DOCUMENT, { _ in 0 }, { observation(.identityDocument, "document.picture", $0) }),
      (CV_RIDGES, { _ in 0 }, { observation(.fingerImage, "ridges.texture", $0) }),
      (CV_IRIS, { _ in 0 }, { observation(.irisImage, "iris.closeup", $0) }),
    ]
    var out: [Observation] = []
    for (what, detail, translate) in kinds {
      let ofKind = hits.filter { Int($0.what) == what }
      // Strongest first.
      for strength in [UInt8](0...2).reversed() {
        let ofStrength = ofKind.filter { min($0.strength, 2) == strength }
        for value in Set(ofStrength.map(detail)).sorted() {
          out.append(translate(ofStrength.filter { detail($0) == value }))
        }
      }
    }
    return out
  }

  private func observation(_ dataClass: DataClass, _ detector: String, _ group: [cv_hit]) -> Observation {
    let strength: Strength =
      switch group.first?.strength ?? 0 {
      case 0: .weak
      case 1: .strong
      default: .proof
      }
    var o = Observation(dataClass, detector: detector, version: 1, strength: strength, count: group.count)
    if video {
      // At least as many as one frame shows; how many there are in all, nobody can say.
      o.count = Self.most(group)
      o.attributes["sightings"] = .int(Int64(group.count))
    }
    o.attributes["score"] = .int(group.map(Self.thousandths).max() ?? 0)
    if many {
      let frames = Set(group.map(\.frame))
      o.attributes["framesSeen"] = .int(Int64(frames.count))
      o.attributes["firstFrame"] = .int(Int64(frames.min() ?? 0))
    }
    return o
  }

  /// A whole number, so that the same score is the same bytes everywhere.
  private static func thousandths(_ hit: cv_hit) -> Int64 {
    guard hit.score.isFinite else { return 0 }
    return Int64(min(max(Double(hit.score) * 1000, -1e9), 1e9).rounded())
  }

  /// The most that one frame holds.
  private static func most(_ group: [cv_hit]) -> Int {
    Dictionary(grouping: group, by: \.frame).values.map(\.count).max() ?? 0
  }

  private func faces(_ group: [cv_hit]) -> Observation {
    var o = observation(.faceImage, "face.hog", group)
    let heights = group.map { max($0.height, 0) }
    o.attributes["faces"] = .int(Int64(o.count))
    o.attributes["faceMin"] = .int(Int64(heights.min() ?? 0))
    o.attributes["faceMax"] = .int(Int64(heights.max() ?? 0))
    let profiles = group.count { Int($0.detail) == CV_PROFILE }
    if profiles > 0 { o.attributes["profiles"] = .int(Int64(profiles)) }
    let most = Self.most(group)
    let large = heights.max() ?? 0 >= max(height / 4, 1)
    o.attributes["layout"] = most == 1 && large ? "portrait" : most >= 5 ? "crowd" : "scene"
    return o
  }

  private static let regions = ["", "us", "eu", "br", "other"]
  /// 15 codes of 32 digits and their commas are the longest value an inventory line takes.
  private static let mostCodes = 15

  private func plates(_ group: [cv_hit]) -> Observation {
    let region = Int(group.first?.detail ?? 0)
    let read = region != CV_REGION_NONE
    var o = observation(.plateImage, read ? "plate.read" : "plate.rows", group)
    if read { o.attributes["region"] = .string(region < Self.regions.count ? Self.regions[region] : "other") }
    let codes = Set(
      group.filter { $0.has_mac != 0 }.map { hit in
        withUnsafePointer(to: hit) { Hex.encode(UnsafeBufferPointer(start: cv_hit_mac($0), count: 16)) }
      }
    ).sorted()
    if !codes.isEmpty { o.attributes["mac"] = .string(codes.prefix(Self.mostCodes).joined(separator: ",")) }
    if codes.count > Self.mostCodes { o.attributes["macsOmitted"] = .int(Int64(codes.count - Self.mostCodes)) }
    return o
  }

  private static let zoneKinds = ["", "td1", "td2", "td3", "mrva", "mrvb"]

  private func zones(_ group: [cv_hit]) -> Observation {
    var o = observation(.identityMRZ, "mrz.picture", group)
    let kind = Int(group.first?.detail ?? 0)
    if (1..<Self.zoneKinds.count).contains(kind) { o.attributes["documentKind"] = .string(Self.zoneKinds[kind]) }
    o.attributes["checks"] = .int(Int64(group.map(\.checks).max() ?? 0))
    return o
  }
}
