internal import CustodyCore

/// `collections` of the report: pictures with the files that are about them. Absent when there are none.
extension ReportDocument {
  static func collection(_ c: LinkedCollection, disclosePaths: Bool) -> JSONValue {
    var o = JSONObject()
    o.add("collection", JSONNumber.of(c.ordinal))
    o.add("path", disclosePaths ? c.path.map(JSONValue.string) : nil)
    o.add("pictures", JSONNumber.of(c.pictures))
    o.add("classes", .array(c.classes.map(count)))
    o.add("named", c.named.map(number))
    o.add("unnamed", c.unnamed.map(number))
    o.add(
      "leaves",
      [
        "ranges": .array(c.leaves.ranges.map(JSONValue.string)),
        "samples": .array(c.leaves.samples.map(JSONValue.string)),
      ])
    o.add("sidecars", .array(c.sidecars.map(sidecar)))
    o.add("moreSidecars", c.moreSidecars == 0 ? nil : JSONNumber.of(c.moreSidecars))
    return .object(o)
  }

  private static func sidecar(_ s: Sidecar) -> JSONValue {
    var o = JSONObject()
    o.add("link", .string(s.link.rawValue))
    o.add("place", .string(s.place.rawValue))
    o.add("kind", .string(s.kind))
    o.add("entries", JSONNumber.of(s.entries))
    o.add("classes", .array(s.classes.map(count)))
    o.add("values", s.values.map(JSONNumber.of))
    o.add("linked", s.linked.map(number))
    o.add("absent", s.absent.map(number))
    o.add("leaves", ["ranges": .array(s.leaves.map(JSONValue.string))])
    return .object(o)
  }

  private static func count(_ c: ClassCount) -> JSONValue {
    [
      "dataClass": .string(c.dataClass.rawValue), "entries": JSONNumber.of(c.entries), "items": JSONNumber.of(c.items),
    ]
  }

  /// `{"count": 12}` when exact; bounds beside it when estimated.
  private static func number(_ n: NameCount) -> JSONValue {
    var o = JSONObject()
    o.add("count", JSONNumber.of(n.count))
    if !n.isExact {
      o.add("atLeast", JSONNumber.of(n.atLeast))
      o.add("atMost", JSONNumber.of(n.atMost))
    }
    return .object(o)
  }

  // MARK: Reading

  static func collection(_ f: inout JSONFields) throws(Complaint) -> LinkedCollection {
    let ordinal = try f.count("collection")
    let path = try f.optionalString("path")
    let pictures = try f.count("pictures")
    let classes = try f.objects("classes", count)
    let named = try number(&f, "named")
    let unnamed = try number(&f, "unnamed")
    var l = try f.fields("leaves")
    let leaves = LeafReferences(ranges: try l.strings("ranges"), samples: try l.strings("samples"))
    try l.end()
    return LinkedCollection(
      ordinal: ordinal, path: path, pictures: pictures, leaves: leaves, classes: classes, named: named,
      unnamed: unnamed, sidecars: try f.objects("sidecars", sidecar),
      moreSidecars: f.optional("moreSidecars") == nil ? 0 : try f.count("moreSidecars"))
  }

  private static func sidecar(_ f: inout JSONFields) throws(Complaint) -> Sidecar {
    let link: Sidecar.Link = try f.value("link")
    let place: Sidecar.Place = try f.value("place")
    let kind = try f.string("kind")
    let entries = try f.count("entries")
    let classes = try f.objects("classes", count)
    let values = f.optional("values") == nil ? nil : try f.count("values")
    let linked = try number(&f, "linked")
    let absent = try number(&f, "absent")
    var l = try f.fields("leaves")
    let leaves = try l.strings("ranges")
    try l.end()
    return Sidecar(
      kind: kind, entries: entries, leaves: leaves, classes: classes, link: link, place: place, values: values,
      linked: linked, absent: absent)
  }

  private static func count(_ f: inout JSONFields) throws(Complaint) -> ClassCount {
    ClassCount(dataClass: try f.value("dataClass"), entries: try f.count("entries"), items: try f.count("items"))
  }

  private static func number(_ f: inout JSONFields, _ key: String) throws(Complaint) -> NameCount? {
    guard f.optional(key) != nil else { return nil }
    var n = try f.fields(key)
    let count = try n.count("count")
    guard n.optional("atLeast") != nil else {
      try n.end()
      return NameCount(exactly: count)
    }
    let number = NameCount(about: count, atLeast: try n.count("atLeast"), atMost: try n.count("atMost"))
    guard number.count == count, !number.isExact else {
      throw n.complaint("bounds that do not fit the count", "atLeast")
    }
    try n.end()
    return number
  }
}
