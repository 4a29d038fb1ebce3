import CustodyCore

/// Forensic DNA profiles in the common message format of CODIS.
struct CODISProfile: Detector {
  let descriptor = DetectorDescriptor(
    name: "dna.codis", version: 2, dataClasses: [.dnaProfile], strengths: [.proof, .strong, .weak],
    summary: "CODIS import files in XML: specimens with STR loci and alleles",
    sources: ["FBI CODIS common message format 3.2 and 3.3 (CODISImportFile-schema)"],
    limits: [
      "The rapid import layout has no public description: strong when it reads like the common one, otherwise weak.",
      "Specimen numbers are never reported.",
    ],
    triggers: [
      .anywhere(Array("CODISImp".utf8), lookBehind: 64), .anywhere(Array("CODISRap".utf8), lookBehind: 64),
    ],
    positives: [
      DetectorExample("two specimens", expected: ["dna.profile proof x2"]) {
        file("CODISImportFile", specimens: [["D3S1358", "vWA", "FGA"], ["TH01", "D21S11"]])
      },
      DetectorExample("rapid import", expected: ["dna.profile strong x1"]) {
        file("CODISRapidImportFile", specimens: [["D3S1358", "vWA", "FGA"]])
      },
    ],
    negatives: [
      DetectorExample("no specimen") { file("CODISImportFile", specimens: []) },
      DetectorExample("loci that are none") { file("CODISImportFile", specimens: [["HEIGHT", "WEIGHT"]]) },
      DetectorExample("the name in prose") { Array("see <b>the schema</b> urn:CODISImportFile-schema".utf8) },
    ])

  private static let most = 16 << 20

  func detect(_ bytes: RawSpan, at start: Int, context: DetectionContext) -> Detection {
    var open = start
    while start - open < 64, open >= 0, bytes.u8(open) != 0x3C { open -= 1 }
    var tokens = XMLTokens(at: max(0, open))
    // The hit is the name of the root itself, and not a word in its attributes.
    guard case .start(let name, _, false)? = tokens.next(bytes), name.lowerBound == start else { return .nothing }
    let isRapid = bytes.equals(name, "CODISRapidImportFile")
    guard isRapid || bytes.equals(name, "CODISImportFile") else { return .nothing }
    var walk = CODISWalk()
    walk.run(bytes, from: tokens.at)
    let have = bytes.byteCount - start
    if walk.isCut, !context.windowReachesEnd, !context.windowIsFinal, have < Self.most {
      return .needsMore(total: min(Self.most, max(64 << 10, have * 4)))
    }
    guard walk.profiles > 0 || (isRapid && walk.specimens > 0) else { return .nothing }
    let strength: Strength = walk.profiles == 0 ? .weak : isRapid ? .strong : .proof
    let seen = Observation(
      .dnaProfile, detector: descriptor.name, version: descriptor.version, strength: strength,
      count: max(walk.profiles, 1),
      place: Place(offset: context.windowOffset + UInt64(open), length: UInt64(walk.end - open)),
      attributes: ["format": "CODIS CMF"])
    // Comments and elements of other names were stepped over: only the root's name is claimed.
    return .found([seen], length: name.count, kind: nil)
  }

  private static func file(_ root: String, specimens: [[String]]) -> [UInt8] {
    let body = specimens.enumerated().map { i, loci in
      "<SPECIMEN><SPECIMENID>T-\(i)</SPECIMENID><SPECIMENCATEGORY>Test</SPECIMENCATEGORY>"
        + loci.map {
          "<LOCUS><LOCUSNAME>\($0)</LOCUSNAME><ALLELE><ALLELEVALUE>15</ALLELEVALUE></ALLELE>"
            + "<ALLELE><ALLELEVALUE>17.3</ALLELEVALUE></ALLELE></LOCUS>"
        }.joined() + "</SPECIMEN>\n"
    }
    return Array(
      ("<\(root) xmlns=\"urn:\(root)-schema\"><HEADERVERSION>3.2</HEADERVERSION>\n" + body.joined() + "</\(root)>").utf8
    )
  }
}

/// One pass over specimens: counts those with a number, and a known locus that holds an allele.
private struct CODISWalk {
  var specimens = 0
  var profiles = 0
  /// The window ended before the root did.
  var isCut = false
  var end = 0
  private static let deepest = 64

  mutating func run(_ bytes: RawSpan, from start: Int) {
    var tokens = XMLTokens(at: start)
    var depth = 1
    var leaf = 0..<0
    var hasNumber = false
    var isLocus = false
    var hasAllele = false
    end = start
    while depth > 0, depth < Self.deepest {
      guard let token = tokens.next(bytes) else {
        isCut = true
        break
      }
      switch token {
      case .start(let name, _, let isEmpty):
        // A root within is asked about for itself, so that roots in roots are each read once.
        if bytes.equals(name, "CODISImportFile") || bytes.equals(name, "CODISRapidImportFile") { return }
        if bytes.equals(name, "SPECIMEN"), !isEmpty {
          specimens += 1
          (hasNumber, isLocus, hasAllele) = (false, false, false)
        } else if bytes.equals(name, "LOCUS") {
          isLocus = false
        }
        leaf = name
        if !isEmpty { depth += 1 }
      case .text(let range):
        if bytes.equals(leaf, "SPECIMENID") {
          hasNumber = hasNumber || range.count > 0
        } else if bytes.equals(leaf, "LOCUSNAME") {
          isLocus = bytes.shortText(range).flatMap(STRLoci.locus) != nil
        } else if bytes.equals(leaf, "ALLELEVALUE"), isLocus, let value = bytes.shortText(range) {
          hasAllele = hasAllele || STRLoci.isAllele(value[...])
        }
      case .end(let name):
        leaf = 0..<0
        depth -= 1
        if bytes.equals(name, "SPECIMEN"), hasNumber, hasAllele { profiles += 1 }
      }
      end = tokens.at
    }
  }
}
