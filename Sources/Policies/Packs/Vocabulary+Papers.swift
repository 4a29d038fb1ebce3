import CEL
import CustodyCore

/// What rules read of the papers behind a row: contract, clauses, documents, places, side records about it.
extension Vocabulary {
  static let paperFields: [Field<ItemSubject>] =
    [
      Field("agency", .string, "the agency the row names") { row($0) { .string($0.agency) } },
      Field("clauses", .list(.string), "clauses the row cites") { row($0) { texts($0.legal?.clauses ?? []) } },
      Field("contractDate", .timestamp, "when the contract was made; absent if not stated") {
        $0.row?.row.contractDate.map { .timestamp($0) }
      },
      Field("contractEnded", .bool, "the contract has ended; absent if its end is not stated") { subject in
        subject.row?.row.contractEnd.map { .bool($0 < subject.asOf) }
      },
      Field("purposeEnd", .timestamp, "end of the purpose or pilot; absent if not stated") {
        $0.row?.row.retention?.purposeEnd.map { .timestamp($0) }
      },
      Field("hasRetentionLimit", .bool, "the row states a retention limit") {
        flag($0) { $0.row.retention?.limit != nil }
      },
      Field("jurisdictions", .list(.string), "ISO 3166 codes of where the law of the data applies; empty if not stated")
      {
        row($0) { texts($0.jurisdictions) }
      },
      Field("subjectClasses", .list(.string), "classes of people the row names") {
        row($0) { texts($0.subjectClasses) }
      },
      Field("deidentification", .string, "required, not-required or not-stated") {
        row($0) { .string($0.deidentification?.rawValue ?? "not-stated") }
      },
      Field("logRetention", .string, "how long logs are kept, ISO 8601; absent if not stated") {
        $0.row?.row.logRetention.map { .string($0.description) }
      },
      Field("operatedForAgency", .bool, "the audited system is run for the agency; absent if the system is not known") {
        $0.row?.system.map { .bool($0.isOperatedForAgency) }
      },
      Field("secureLocation", .bool, "the audited system stands in a physically secure location, as the row says") {
        $0.row?.system.map { .bool($0.isSecureLocation) }
      },
      Field("ato", .string, "authorization to operate of the audited system: none, current or expired") { subject in
        subject.row?.system.map { system in
          guard system.atoId != nil else { return .string("none") }
          return .string(system.atoExpires.map { $0 < subject.asOf } ?? false ? "expired" : "current")
        }
      },
      Field("algorithm", .string, "encryption algorithm; absent if not stated") {
        $0.row?.row.encryption?.algorithm.map { .string($0) }
      },
      Field("moduleCertificate", .string, "certificate of the encryption module; absent if not stated") {
        $0.row?.row.encryption?.moduleCertificate.map { .string($0) }
      },
      Field("sorn", .string, "system of records notice; absent if not stated") {
        $0.row?.row.legal?.sorn.map { .string($0) }
      },
      Field("pia", .string, "privacy impact assessment; absent if not stated") {
        $0.row?.row.legal?.pia.map { .string($0) }
      },
      Field("dpia", .string, "data protection impact assessment; absent if not stated") {
        $0.row?.row.legal?.dpia.map { .string($0) }
      },
      Field("lawfulBasis", .string, "lawful basis; absent if not stated") {
        $0.row?.row.legal?.lawfulBasis.map { .string($0) }
      },
      Field("recipients", .list(.string), "to whom the row allows the data to be given") {
        row($0) { texts($0.sharing?.recipients ?? []) }
      },
      Field("destructionDue", .bool, "the day by which the row wants the data destroyed has passed") { subject in
        flag(subject) { $0.row.destruction?.due.map { $0 < subject.asOf } ?? false }
      },
      Field("destructionCertified", .bool, "a certificate with passed verification is about the row or its contract") {
        flag($0) { $0.isDestructionCertified }
      },
      Field("hasReceipts", .bool, "receipts list what was handed over under the row") { flag($0) { $0.hasReceipts } },
    ]
    + AuthorizationRow.Document.allCases.map { document in
      Field(camelCase(document.rawValue), .string, document.meaning + "; absent if not stated") {
        $0.row?.row.legal?.documents[document].map { .string($0) }
      }
    }

  static func texts(_ list: [String]) -> CELValue { .list(list.map { .string($0) }) }

  /// `retention_policy` as rules write it: `retentionPolicy`.
  static func camelCase(_ name: String) -> String {
    let words = name.split(whereSeparator: { $0 == "_" || $0 == "-" })
    return words.enumerated().map { $0 == 0 ? String($1) : $1.prefix(1).uppercased() + $1.dropFirst() }.joined()
  }
}

extension AuthorizationRow.Document {
  var meaning: String {
    switch self {
    case .retentionPolicy: "id of the public retention and destruction policy"
    case .agencyPolicy: "id of the agency's own policy on the data"
    case .agreement: "id of the exchange agreement"
    case .processorContract: "id of the contract between controller and processor"
    case .instruction: "id of the controller's documented instruction"
    case .specialCondition: "condition under which special categories may be processed"
    case .securityAddendum: "id of the signed security addendum"
    case .incidentContact: "whom to tell of a privacy incident"
    case .subprocessorApproval: "id of the approval of a further processor"
    case .disclosureBasis: "what disclosure to others rests on"
    }
  }
}
