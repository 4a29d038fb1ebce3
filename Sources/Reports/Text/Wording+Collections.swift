internal import CustodyCore

/// Pictures and the files that are about them, in words. What comes from the report is not escaped here.
extension Wording {
  /// `12,400 pictures (face.image 12,400); files about them name 12,380, 20 are named by none`
  static func collection(_ c: LinkedCollection) -> String {
    var text = Quantity.of(c.pictures, "picture", "pictures")
    if !c.classes.isEmpty { text += " (" + classes(c.classes) { $0.entries } + ")" }
    guard let named = c.named, let unnamed = c.unnamed else { return text }
    return text + "; files about them name " + number(named) + ", " + number(unnamed) + " are named by none"
  }

  /// `text/csv (plate.read 12,380, identity.record 11,002), beside them: names 12,380 of them and 200 that are not here`
  static func sidecar(_ s: Sidecar) -> String {
    var text = s.entries == 1 ? s.kind : Quantity.count(s.entries) + " files of " + s.kind
    if !s.classes.isEmpty { text += " (" + classes(s.classes) { $0.items } + ")" }
    text += ", " + place(s.place) + ": "
    guard let linked = s.linked else { return text + "names no picture" }
    switch s.link {
    case .names: text += "names " + number(linked) + " of them"
    case .keys: text += "holds the keys of " + number(linked) + " of them"
    case .stem: text += "called like " + number(linked) + " of them"
    case .beside: break
    }
    if let absent = s.absent, absent.atMost > 0 { text += " and " + number(absent) + " that are not here" }
    return text
  }

  /// `12,380`, or `about 12,380 (12,210 to 12,400)` when estimated.
  static func number(_ n: NameCount) -> String {
    n.isExact
      ? Quantity.count(n.count)
      : "about " + Quantity.count(n.count) + " (" + Quantity.count(n.atLeast) + " to " + Quantity.count(n.atMost) + ")"
  }

  private static func classes(_ counts: [ClassCount], _ number: (ClassCount) -> Int) -> String {
    counts.map { $0.dataClass.rawValue + " " + Quantity.count(number($0)) }.joined(separator: ", ")
  }

  private static func place(_ place: Sidecar.Place) -> String {
    switch place {
    case .same: "beside them"
    case .above: "in the folder above"
    case .below: "in a folder below"
    case .sibling: "in a folder beside theirs"
    case .elsewhere: "elsewhere in the snapshot"
    }
  }
}
