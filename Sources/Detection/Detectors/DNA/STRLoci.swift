/// Short tandem repeat loci of forensic DNA profiles, and what an allele at them may be.
enum STRLoci {
  /// The core loci of CODIS since 2017 with their common companions, upper case and without blanks.
  static let names: Set<String> = [
    "D3S1358", "VWA", "FGA", "TH01", "THO1", "TPOX", "CSF1PO", "D5S818", "D7S820", "D8S1179", "D13S317", "D16S539",
    "D18S51", "D21S11", "D1S1656", "D2S441", "D2S1338", "D10S1248", "D12S391", "D19S433", "D22S1045", "SE33",
    "PENTAD", "PENTAE", "AMEL", "AMELOGENIN", "DYS391", "DYS19", "DYS385", "DYS389I", "DYS389II", "DYS390", "DYS392",
    "DYS393", "DYS437", "DYS438", "DYS439", "DYS448", "DYS456", "DYS458", "DYS635", "YGATAH4",
  ]

  /// The locus that a column or an element names; a number behind it (`D3S1358 1`, `vWA_2`) tells alleles apart.
  static func locus(_ text: String) -> String? {
    var name = text.uppercased().filter { $0 != " " && $0 != "_" && $0 != "-" }
    if names.contains(name) { return name }
    guard let last = name.last, "12AB".contains(last) else { return nil }
    name.removeLast()
    if names.contains(name) { return name }
    guard name.hasSuffix("ALLELE") else { return nil }
    name.removeLast(6)
    return names.contains(name) ? name : nil
  }

  /// A count of repeats from 4 to 50, with one to three odd bases behind a point; X or Y; off the ladder.
  static func isAllele(_ text: Substring) -> Bool {
    if ["X", "Y", "OL"].contains(text) { return true }
    let parts = text.drop { $0 == "<" || $0 == ">" }.split(separator: ".", omittingEmptySubsequences: false)
    guard let first = parts.first, (1...2).contains(first.utf8.count), let repeats = Int(first),
      (4...50).contains(repeats)
    else { return false }
    return parts.count == 1 || (parts.count == 2 && ["1", "2", "3"].contains(parts[1]))
  }
}
