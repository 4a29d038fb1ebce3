/// Counts the face regions of an XMP packet (ISO 16684-1) with a small, forgiving XML reader: no entities, no DTD,
/// bounded depth.
struct XMPRegions {
  /// Face boxes with a name or an identity beside them.
  var named = 0
  /// Face boxes alone.
  var unnamed = 0
  /// Names of people shown, without boxes.
  var persons = 0

  private static let mwg = "http://www.metadataworkinggroup.com/schemas/regions/"
  private static let area = "http://ns.adobe.com/xmp/sType/Area#"
  private static let microsoftInfo = "http://ns.microsoft.com/photo/1.2/t/RegionInfo#"
  private static let microsoft = "http://ns.microsoft.com/photo/1.2/t/Region#"
  private static let iptc = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
  private static let rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

  private enum List { case mwg, microsoft, persons }
  private struct Region {
    var depth: Int
    var type = ""
    var isNamed = false
    var box: [String: Double] = [:]
    var rectangle: [Double] = []
  }

  static func read(_ b: RawSpan) -> XMPRegions {
    var out = XMPRegions()
    var spaces: [String: String] = [:]
    var stack: [(space: String, local: String)] = []
    var list: (kind: List, depth: Int)?
    var region: Region?
    var reader = MarkupReader()

    func note(_ space: String, _ local: String, _ value: String) {
      guard region != nil else { return }
      let blank = value.allSatisfy(\.isWhitespace)
      switch (space, local) {
      case (mwg, "Type"): region?.type = value.filter { !$0.isWhitespace }
      case (mwg, "Name"): if !blank { region?.isNamed = true }
      case (area, "x"), (area, "y"), (area, "w"), (area, "h"): region?.box[local] = number(value)
      case (microsoft, "Rectangle"):
        region?.rectangle = value.split(separator: ",").compactMap { number(String($0)) }
      case (microsoft, "PersonDisplayName"), (microsoft, "PersonEmailDigest"), (microsoft, "PersonLiveIdCID"):
        if !blank { region?.isNamed = true }
      default: break
      }
    }
    func close(_ depth: Int) {
      if let r = region, depth <= r.depth {
        if list?.kind == .microsoft { out.takeMicrosoft(r) } else { out.takeMWG(r) }
        region = nil
      }
      if let l = list, depth <= l.depth { list = nil }
    }

    while let event = reader.next(b) {
      switch event {
      case .open(let name, let attributes, let isEmpty):
        for (key, value) in attributes where key.hasPrefix("xmlns:") && spaces.count < 256 {
          spaces[String(key.dropFirst(6))] = value
        }
        let (space, local) = resolve(name, spaces)
        let depth = stack.count
        if list == nil {
          switch (space, local) {
          case (mwg, "RegionList"): list = (.mwg, depth)
          case (microsoftInfo, "Regions"): list = (.microsoft, depth)
          case (iptc, "PersonInImage"): list = (.persons, depth)
          default: break
          }
        } else if space == rdf, local == "li", region == nil, list?.kind != .persons {
          region = Region(depth: depth)
        }
        for (key, value) in attributes where !key.hasPrefix("xmlns") {
          let (s, l) = resolve(key, spaces)
          note(s, l, value)
        }
        if isEmpty {
          close(depth)
        } else {
          guard stack.count < 64 else { return out }
          stack.append((space, local))
        }
      case .text(let value):
        guard let top = stack.last else { continue }
        note(top.space, top.local, value)
        if list?.kind == .persons, top.space == rdf, top.local == "li", !value.allSatisfy(\.isWhitespace) {
          out.persons += 1
        }
      case .close:
        if !stack.isEmpty { stack.removeLast() }
        close(stack.count)
      }
    }
    // A packet cut off inside a region.
    close(0)
    return out
  }

  private mutating func takeMWG(_ r: Region) {
    // Type is optional in the schema; boxes of software that omits it are not known to be faces.
    guard r.type == "Face" else { return }
    guard let x = r.box["x"], let y = r.box["y"], let w = r.box["w"], let h = r.box["h"], Self.isBox(x, y, w, h) else {
      return
    }
    if r.isNamed { named += 1 } else { unnamed += 1 }
  }

  private mutating func takeMicrosoft(_ r: Region) {
    guard r.rectangle.count == 4, Self.isBox(r.rectangle[0], r.rectangle[1], r.rectangle[2], r.rectangle[3]) else {
      return
    }
    if r.isNamed { named += 1 } else { unnamed += 1 }
  }

  private static func isBox(_ x: Double, _ y: Double, _ w: Double, _ h: Double) -> Bool {
    [x, y, w, h].allSatisfy { (0...1).contains($0) } && w * h > 1e-5
  }

  private static func number(_ text: String) -> Double? {
    Double(text.filter { !$0.isWhitespace }.prefix(32))
  }

  private static func resolve(_ name: String, _ spaces: [String: String]) -> (String, String) {
    guard let colon = name.firstIndex(of: ":") else { return ("", name) }
    return (spaces[String(name[..<colon])] ?? "", String(name[name.index(after: colon)...]))
  }
}

/// Tags, attributes and text of XML-like bytes, one after another. Never fails: what it cannot read it passes over.
struct MarkupReader {
  enum Event {
    case open(String, [(String, String)], isEmpty: Bool)
    case text(String)
    case close
  }
  /// Longest name or value that is kept.
  private static let limit = 4096
  private var at = 0

  init() {}

  mutating func next(_ b: RawSpan) -> Event? {
    while let c = b.u8(at) {
      if c != 0x3C {
        let start = at
        while let t = b.u8(at), t != 0x3C { at += 1 }
        return .text(string(b, start, at))
      }
      if b.has("<!--", at: at) {
        at = b.find(Array("-->".utf8), from: at + 4, within: b.byteCount).map { $0 + 3 } ?? b.byteCount
      } else if b.u8(at + 1) == 0x3F || b.u8(at + 1) == 0x21 {
        at = b.find([0x3E], from: at, within: b.byteCount).map { $0 + 1 } ?? b.byteCount
      } else if b.u8(at + 1) == 0x2F {
        at = b.find([0x3E], from: at, within: b.byteCount).map { $0 + 1 } ?? b.byteCount
        return .close
      } else {
        return open(b)
      }
    }
    return nil
  }

  private mutating func open(_ b: RawSpan) -> Event {
    at += 1
    let tag = name(b)
    var attributes: [(String, String)] = []
    while let c = b.u8(at) {
      if c == 0x3E {
        at += 1
        return .open(tag, attributes, isEmpty: false)
      }
      if c == 0x2F, b.u8(at + 1) == 0x3E {
        at += 2
        return .open(tag, attributes, isEmpty: true)
      }
      if c <= 0x20 || c == 0x2F || c == 0x3D || c == 0x22 || c == 0x27 {
        at += 1
        continue
      }
      if c == 0x3C { return .open(tag, attributes, isEmpty: false) }
      let key = name(b)
      while let s = b.u8(at), s <= 0x20 { at += 1 }
      guard b.u8(at) == 0x3D else { continue }
      at += 1
      while let s = b.u8(at), s <= 0x20 { at += 1 }
      guard let quote = b.u8(at), quote == 0x22 || quote == 0x27 else { continue }
      let start = at + 1
      let end = b.find([quote], from: start, within: b.byteCount) ?? b.byteCount
      at = end + 1
      if attributes.count < 256 { attributes.append((key, string(b, start, end))) }
    }
    return .open(tag, attributes, isEmpty: true)
  }

  private mutating func name(_ b: RawSpan) -> String {
    let start = at
    while let c = b.u8(at), c > 0x20, c != 0x3D, c != 0x3E, c != 0x2F, c != 0x3C, c != 0x22, c != 0x27 { at += 1 }
    return string(b, start, at)
  }

  private func string(_ b: RawSpan, _ from: Int, _ to: Int) -> String {
    guard let part = b.from(from, count: min(to - from, Self.limit)) else { return "" }
    return part.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }
}
