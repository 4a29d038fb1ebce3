public import CustodyCore

extension Register {
  /// Position of the row a user means by `ID` or `ID@VERSION`; without version the highest there is.
  ///
  /// - Throws: `register.no-row`.
  public func row(named text: String) throws(Complaint) -> Int {
    func newest(_ id: Substring, _ version: Int64?) -> Int? {
      rows.indices.filter { rows[$0].id == id && (version ?? rows[$0].version) == rows[$0].version }
        .max { rows[$0].version < rows[$1].version }
    }
    // An id may hold the sign itself.
    if let found = newest(text[...], nil) { return found }
    if let at = text.lastIndex(of: "@"), let version = Int64(text[text.index(after: at)...]),
      let found = newest(text[..<at], version)
    {
      return found
    }
    throw Complaint(
      code: "register.no-row", "there is no row `\(Printable.escape(text, limit: 120))`", at: "--row",
      hint: "write ID or ID@VERSION; custody register show lists the rows")
  }
}
