import CustodyCore

/// A biometric information group template (`7F61`) of ICAO Doc 9303-10 and ISO/IEC 7816-11: `02 01 n`, then n × `7F60`.
struct BiometricGroup {
  struct Instance {
    var dataClass: DataClass
    var strength: Strength
    var count: Int
    var format: String?
  }
  var instances: [Instance] = []
  /// Number of `7F60` templates the group says it has.
  var declared: Int
  /// Templates that only describe where data is (on a card) and hold none.
  var descriptions = 0
  /// Offset after the group.
  var end: Int
  /// All templates were walked and end with the group.
  var isExact: Bool

  enum Answer {
    case none
    /// The group says it goes on to this offset, outside the window.
    case beyond(end: Int)
    case group(BiometricGroup)
  }

  /// - Parameter mayAsk: more of the entry can be had; otherwise a group that goes on outside is judged by what is here.
  static func read(_ bytes: RawSpan, at: Int, mayAsk: Bool) -> Answer {
    guard let outer = BERTag.read(bytes, at: at), outer.tag == 0x7F61, outer.length >= 7,
      bytes.u16(outer.content) == 0x0201, let count = bytes.u8(outer.content + 2)
    else { return .none }
    var group = BiometricGroup(declared: Int(count), end: outer.end, isExact: false)
    // A data group without any instance holds random filler.
    if count == 0 { return bytes.u8(outer.content + 3) == 0x53 ? .group(group) : .none }
    guard count <= 9, let first = BERTag.read(bytes, at: outer.content + 3), first.tag == 0x7F60,
      first.end <= outer.end + 16, bytes.u8(first.content) == 0xA1, let header = BERTag.read(bytes, at: first.content),
      header.end <= first.end, Header(bytes, header) != nil
    else { return .none }
    if outer.end > bytes.byteCount, mayAsk { return .beyond(end: outer.end) }
    var p = outer.content + 3
    var walked = 0
    while walked < Int(count), p < min(outer.end, bytes.byteCount), let template = BERTag.read(bytes, at: p),
      template.tag == 0x7F60
    {
      group.add(bytes, template)
      walked += 1
      p = template.end
    }
    group.isExact = walked == Int(count) && abs(p - outer.end) <= 16 && outer.end <= bytes.byteCount + 16
    if !group.isExact {
      for i in group.instances.indices where group.instances[i].strength == .proof {
        group.instances[i].strength = .strong
      }
    }
    group.end = min(outer.end, bytes.byteCount)
    return .group(group)
  }

  private mutating func add(_ bytes: RawSpan, _ template: BERTag) {
    guard let header = BERTag.read(bytes, at: template.content), header.tag == 0xA1,
      let facts = Header(bytes, header)
    else { return }
    guard let data = BERTag.read(bytes, at: header.end), header.end < template.end else {
      descriptions += 1
      return
    }
    guard data.tag == 0x5F2E || data.tag == 0x7F2E, data.end <= template.end + 16 else { return }
    let stop = min(data.end, bytes.byteCount)
    guard data.length > 0, stop > data.content, let block = bytes.from(0, count: stop) else { return }
    var inner = InnerRecord.validate(block, at: data.content)
    if data.tag == 0x7F2E, inner == nil {
      if let wrapper = BERTag.read(block, at: data.content), wrapper.tag == 0xA1 {
        inner = InnerRecord.validate(block, at: wrapper.content)
      } else if let card = CardMinutiae(block, at: data.content), facts.dataClass?.modality ?? "finger" == "finger" {
        instances.append(
          Instance(
            dataClass: .fingerTemplate, strength: card.isCertain ? .proof : .strong, count: 1,
            format: "ISO/IEC 19794-2 card format"))
        return
      }
    }
    if let inner {
      instances.append(
        Instance(
          dataClass: inner.dataClass, strength: max(inner.strength, facts.isRegistered ? .strong : .weak),
          count: max(1, inner.count), format: inner.format)
      )
    } else if let dataClass = facts.dataClass {
      instances.append(Instance(dataClass: dataClass, strength: facts.isRegistered ? .strong : .weak, count: 1))
    } else {
      instances.append(Instance(dataClass: .biometricRecord, strength: .weak, count: 1))
    }
  }

  /// The biometric header template `A1`: context tags of ISO/IEC 7816-11 and ISO/IEC 19785-3.
  struct Header {
    var dataClass: DataClass?
    /// Format owner and type are registered ones of ISO/IEC JTC 1/SC 37.
    var isRegistered = false

    /// Nil when the children are not elements of such a header or do not end with it.
    init?(_ bytes: RawSpan, _ header: BERTag) {
      var p = header.content
      var owner = 0
      var type = 0
      var mask = 0
      var children = 0
      while p < header.end {
        guard let child = BERTag.read(bytes, at: p), child.end <= header.end,
          (0x80...0x92).contains(child.tag) || (0xA1...0xB2).contains(child.tag)
        else { return nil }
        var value = 0
        if child.length <= 4 {
          for i in 0..<child.length { value = value << 8 | Int(bytes.u8(child.content + i) ?? 0) }
        }
        switch child.tag {
        case 0x81: mask = value
        case 0x87: owner = value
        case 0x88: type = value
        default: break
        }
        children += 1
        p = child.end
      }
      guard children >= 1 else { return nil }
      if owner == 0x0101 || owner == 0x001B {
        dataClass = CBEFFFormat.dataClass(owner: owner, type: type)
        isRegistered = dataClass != nil
      }
      if dataClass == nil { dataClass = CBEFFFormat.dataClass(mask: mask) }
    }
  }
}

/// Registered identifiers of biometric data formats (IBIA register; ISO/IEC 19785).
enum CBEFFFormat {
  static func dataClass(owner: Int, type: Int) -> DataClass? {
    switch (owner, type) {
    case (0x001B, 0x0201): .fingerTemplate
    case (0x001B, 0x0401): .fingerImage
    case (0x001B, 0x0501): .faceImage
    case (0x0101, 0x0002): .fingerTemplate
    case (0x0101, 0x0007), (0x0101, 0x0028): .fingerImage
    case (0x0101, 0x0008), (0x0101, 0x002A): .faceImage
    case (0x0101, 0x0009), (0x0101, 0x002C): .irisImage
    default: nil
    }
  }

  /// By the biometric type mask, for one modality alone.
  static func dataClass(mask: Int) -> DataClass? {
    switch mask {
    case 0x02: .faceImage
    case 0x04: .voiceSample
    case 0x08: .fingerImage
    case 0x10: .irisImage
    case 0x80: .signatureImage
    case 0x4000: .dnaProfile
    case 0x20000: .palmImage
    case 0x40000: .veinImage
    default: nil
    }
  }
}

/// Minutiae in the card formats of ISO/IEC 19794-2, tag `81` inside `7F2E`: 5 bytes each, or 3 in the compact form.
struct CardMinutiae {
  var count: Int
  /// The 5-byte form with every reserved bit and type in place.
  var isCertain: Bool

  init?(_ bytes: RawSpan, at: Int) {
    guard let points = BERTag.read(bytes, at: at), points.tag == 0x81, points.length >= 36, points.length <= 1280,
      points.end <= bytes.byteCount
    else { return nil }
    if points.length % 5 == 0 {
      var good = 0
      for p in stride(from: points.content, to: points.end, by: 5) {
        if let x = bytes.u16(p), let y = bytes.u16(p + 2), x >> 14 != 3, x >> 14 != 0, y >> 14 == 0 { good += 1 }
      }
      count = points.length / 5
      isCertain = good == count && count >= 12
      if isCertain { return }
    }
    guard points.length % 3 == 0 else { return nil }
    count = points.length / 3
    isCertain = false
    for p in stride(from: points.content, to: points.end, by: 3) where (bytes.u8(p + 2) ?? 0xFF) >> 6 == 3 {
      return nil
    }
  }
}
