/// Tells a human genome from others by what a file says of its reference sequence.
///
/// The length of chromosome 1 in a human assembly decides, whatever the sequence is called; otherwise accessions of
/// human chromosomes, names of exactly the autosomes 1 to 22 and X, or the name of a human assembly. Everything else that
/// names its sequences is taken at its word.
struct HumanGenome: Sendable {
  enum Verdict: Sendable { case human, undecided, other }

  /// Chromosome 1 in NCBI36, GRCh37, GRCh38 and T2T-CHM13 (lengths in bases, as in their assembly reports).
  static let chromosomeOne: Set<Int> = [247_249_719, 249_250_621, 248_956_422, 248_387_328]

  private var hasKnownLength = false
  private var namesAssembly = false
  private var autosomes: UInt64 = 0
  private var hasX = false
  private(set) var contigs = 0

  /// A reference sequence that a header declares; `length` in bases when it is stated.
  mutating func add(_ bytes: RawSpan, name range: Range<Int>, length: Int?) {
    contigs += 1
    if let length, Self.chromosomeOne.contains(length) { hasKnownLength = true }
    if isHumanAccession(bytes, range) { namesAssembly = true }
    var name = range
    if bytes.hasText("chr", at: name.lowerBound), name.count > 3 { name = name.lowerBound + 3..<name.upperBound }
    if name.count <= 2, let number = bytes.number(name), (1...63).contains(number) {
      // Rows name the same sequence again and again.
      if autosomes >> UInt64(number) & 1 == 1 { contigs -= 1 }
      autosomes |= 1 << UInt64(number)
    } else if bytes.equals(name, "X") {
      hasX = true
    }
  }

  /// `NC_000001` to `NC_000024` in RefSeq and `CM000663` to `CM000686` in GenBank, with any version: 1 to 22, X and Y.
  private func isHumanAccession(_ bytes: RawSpan, _ name: Range<Int>) -> Bool {
    let isRefSeq = bytes.hasText("NC_", at: name.lowerBound)
    guard isRefSeq || bytes.hasText("CM", at: name.lowerBound) else { return false }
    let from = name.lowerBound + (isRefSeq ? 3 : 2)
    guard from + 6 < name.upperBound, bytes.u8(from + 6) == 0x2E, let number = bytes.number(from..<from + 6) else {
      return false
    }
    return (isRefSeq ? 1...24 : 663...686).contains(number)
  }

  /// A line of header that may name an assembly.
  mutating func readAssembly(_ bytes: RawSpan, _ line: Range<Int>) {
    for word: StaticString in [
      "GRCh3", "hg18", "hg19", "hg38", "hs37d5", "human_g1k", "CHM13", "Homo_sapiens", "Homo sapiens",
    ]
    where bytes.contains(word, in: line) {
      namesAssembly = true
    }
  }

  /// Identifiers of dbSNP, which since 2017 holds human variants only.
  mutating func takeSNPNames() { namesAssembly = true }

  var verdict: Verdict {
    if hasKnownLength || namesAssembly { return .human }
    // Bits 1 to 22, and none above: mice have 19 pairs, dogs 38, horses 31.
    // Without X they may be a human's autosomes, which are often kept by themselves.
    if autosomes == (1 << 23) - 2 { return hasX ? .human : .undecided }
    // A few sequences may be a part of a human reference that was cut to a region.
    return contigs == 0 || (contigs <= 3 && autosomes != 0) ? .undecided : .other
  }
}

extension RawSpan {
  /// True when the ASCII text stands somewhere in the range.
  func contains(_ text: StaticString, in range: Range<Int>) -> Bool {
    var at = range.lowerBound
    let last = Swift.min(range.upperBound, byteCount) - text.utf8CodeUnitCount
    let first = text.utf8Start.pointee
    while at <= last, let hit = firstIndex(of: first, from: at, to: last + 1) {
      if hasText(text, at: hit) { return true }
      at = hit + 1
    }
    return false
  }
}

/// Sample names in the form of public collections. The form is a note and nothing more: whoever writes the file chooses
/// the names, and the Coriell repository numbers samples that are not public in the same way.
enum PublicSample {
  /// `HG` or `NA` and five digits, as in the 1000 Genomes Project.
  static func isKnown(_ bytes: RawSpan, _ name: Range<Int>) -> Bool {
    name.count == 7 && (bytes.hasText("HG", at: name.lowerBound) || bytes.hasText("NA", at: name.lowerBound))
      && bytes.number(name.lowerBound + 2..<name.upperBound) != nil
  }
  static let attribute: (key: String, value: String) = ("sampleNames", "form of the 1000 Genomes Project")
}
