internal import CustodyCore

extension TablePage {
  /// Collections shown, and files of each: the others are in the other views.
  private static let shownCollections = 3
  private static let shownSidecars = 3

  /// Which files are about which pictures; nothing when none are.
  mutating func collections(_ report: Report) {
    guard !report.collections.isEmpty else { return }
    paragraph("Pictures with files that are about them:")
    for collection in report.collections.prefix(Self.shownCollections) {
      var text = "- collection \(collection.ordinal): " + Wording.collection(collection)
      if context.disclosePaths, let path = collection.path { text += ", in " + path }
      paragraph(shown(text) + ".")
      for sidecar in collection.sidecars.prefix(Self.shownSidecars) {
        paragraph(shown(Wording.sidecar(sidecar)) + ".", indent: 5)
      }
      let more = collection.sidecars.count + collection.moreSidecars - Self.shownSidecars
      if more > 0 { paragraph("and " + Quantity.count(more) + " more.", indent: 5) }
    }
    let more = report.collections.count - Self.shownCollections
    if more > 0 { paragraph("- and " + Quantity.of(more, "more collection", "more collections") + " in the report.") }
  }
}
