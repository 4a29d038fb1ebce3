import CustodyCore

/// Records of travellers and migrants: document numbers with the names, births and nationalities around them.
struct IdentityRecords: Detector, TextRule {
  let descriptor = DetectorDescriptor(
    name: "identity.records", version: 1, dataClasses: [.identityRecord], strengths: [.proof, .strong, .weak],
    summary:
      "Passport, visa, A-, SEVIS, receipt, social security numbers and CURP under their names, and PAXLST messages",
    sources: [
      "ICAO Doc 9303-3", "SSA POMS RM 10201.035", "IRS Publication 1915", "CURP: DOF 18 October 2021",
      "UN/EDIFACT PAXLST D.02B", "ISO 9735",
    ],
    limits: [
      "A number without a column, key or element that says what it is is never reported.",
      "Tables without a header line, of fixed width, or in HTML are not read.",
      "Names of columns are known in English, with some Spanish, French and German.",
      "PNRGOV messages are not read.",
    ],
    triggers: [.text], positives: TextExample.identityPositives, negatives: TextExample.identityNegatives)

  func judge(_ tally: TextTally) -> [Observation] {
    let persons = tally.identity
    let count = persons.full + persons.partial
    guard count > 0, let strength = Self.strength(persons) else { return [] }
    var attributes: Attributes = ["format": .string(tally.format)]
    attributes["documentKind"] = .string(Self.kinds(persons.numbers))
    return observations(
      .identityRecord, strength, count: count, extent: persons.extent, period: tally.identityPeriod,
      attributes: attributes)
  }

  /// Proof: a check digit (CURP) or a message whose own count of segments is right.
  /// Strong: four columns about a person in the same record, or a number that no other kind of record has.
  private static func strength(_ p: TextTally.Persons) -> Strength? {
    let count = p.full + p.partial
    // A column whose values mostly fail is named by accident.
    guard count >= p.refused else { return p.checked > 0 ? .proof : nil }
    if p.checked > 0 { return .proof }
    if p.full > 0 { return .strong }
    let telling = ColumnRole.bits([.alien, .sevis, .receipt])
    if p.numbers & telling != 0, count >= 3 { return .strong }
    if p.numbers & ColumnRole.vagueAlien.bit != 0, p.roles & ColumnRole.person != 0, count >= 3 { return .strong }
    if p.numbers & ColumnRole.socialSecurity.bit != 0, p.roles & ColumnRole.names != 0, count >= 20 { return .strong }
    return .weak
  }

  private static let named: [(ColumnRole, String)] = [
    (.passport, "passport"), (.visa, "visa"), (.alien, "alien number"), (.vagueAlien, "alien number"),
    (.socialSecurity, "social security number"), (.taxpayer, "taxpayer number"), (.curp, "CURP"),
    (.receipt, "receipt number"), (.arrival, "I-94"), (.sevis, "SEVIS"), (.document, "document"),
  ]

  /// Kinds of number, in a fixed order.
  private static func kinds(_ numbers: UInt64) -> String {
    var out: [String] = []
    for (role, name) in named where numbers & role.bit != 0 && !out.contains(name) { out.append(name) }
    return out.joined(separator: ", ")
  }
}
