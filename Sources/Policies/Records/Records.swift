import CustodyCore

/// Side records of every file that was given.
public struct Records: Sendable {
  /// In the order they were read.
  public var all: [SideRecord]
  public init(_ all: [SideRecord]) { self.all = all }

  /// Records of one kind in different files that share an id and differ: what names the id would not say which is meant.
  static func clashes(_ files: [[SideRecord]]) -> [Complaint] {
    var seen: [String: (file: Int, record: SideRecord)] = [:]
    var complaints: [Complaint] = []
    for (file, record) in files.enumerated().flatMap({ file in file.element.map { (file.offset, $0) } }) {
      let known = seen.updateValue((file, record), forKey: record.kind.rawValue + " " + record.id)
      guard let known, known.file != file, known.record != record, complaints.count < YAMLPage.complaintLimit else {
        continue
      }
      complaints.append(
        Complaint(
          code: "records.conflicting-records",
          "\(record.kind.rawValue) `\(Printable.escape(record.id, limit: 120))` is given twice and differs",
          hint: "no two records of a kind share an id, in whichever file they stand"))
    }
    return complaints
  }

  func of(_ kind: SideRecord.Kind) -> [SideRecord] { all.filter { $0.kind == kind } }

  /// Claims by digest, from records made by `asOf`.
  ///
  /// A certificate about another holder's row proves nothing of this holder's copy: it counts as unproven.
  ///
  /// - Parameters:
  ///   - holder: the one that is audited; nil when not known.
  ///   - foreign: ids of rows that are other holders' alone.
  func claims(at asOf: Instant, holder: String? = nil, foreign: Set<String> = []) -> [Digest: ContentClaims] {
    var claims: [Digest: ContentClaims] = [:]
    for record in all {
      let isForeign = record.words[.row].map(foreign.contains) ?? false
      switch record.kind {
      case .certificate:
        guard record.isPast(.ended, asOf) else { continue }
        let claim: DestructionClaim = record.words[.result] == "PASS" && !isForeign ? .certified : .unproven
        for file in record.files {
          let known = claims[file]?.destruction ?? .none
          claims[file, default: ContentClaims()].destruction = max(claim, known)
        }
      case .consent:
        guard record.isPast(.given, asOf), !isForeign else { continue }
        let claim = record.consent(at: asOf)
        for file in record.files {
          // One consent in force is enough; a withdrawn one outweighs one that ran out.
          let known = claims[file]?.consent ?? .none
          claims[file, default: ContentClaims()].consent = Self.better(claim, known)
        }
      case .receipt:
        guard record.isPast(.received, asOf), let row = record.words[.row], record.isAbout(holder: holder) else {
          continue
        }
        for file in record.files {
          var rows = claims[file]?.receiptRows ?? []
          guard !rows.contains(row) else { continue }
          rows.append(row)
          claims[file, default: ContentClaims()].receiptRows = rows.sorted()
        }
      case .hashSet:
        for file in record.files { claims[file, default: ContentClaims()].isAgencyFile = true }
      default: break
      }
    }
    return claims
  }

  private static func better(_ a: ConsentClaim, _ b: ConsentClaim) -> ConsentClaim {
    for claim in [ConsentClaim.given, .withdrawn, .expired] where a == claim || b == claim { return claim }
    return .none
  }

  /// Ids of certificates whose verification had passed by then.
  func proofs(at asOf: Instant) -> Set<String> {
    Set(of(.certificate).filter { $0.words[.result] == "PASS" && $0.isPast(.ended, asOf) }.map(\.id))
  }

  /// Lists of which only keyed values are known.
  var keyedSets: [SideRecord] { all.filter { $0.kind == .hashSet && !$0.keyedFiles.isEmpty } }
}

extension SideRecord {
  /// The time is stated and has come.
  func isPast(_ time: Time, _ asOf: Instant) -> Bool { times[time].map { $0 <= asOf } ?? false }

  /// What the record tells of had happened by then; a record that does not say when always had.
  func hasHappened(by asOf: Instant) -> Bool {
    let time: Time? =
      switch kind {
      case .certificate: .ended
      case .incident: .discovered
      case .consent: .given
      case .receipt: .received
      case .assessment: .assessed
      case .training: .completed
      case .media: .released
      case .disclosure, .search: .occurred
      case .hashSet: nil
      }
    return time.flatMap { times[$0] }.map { $0 <= asOf } ?? true
  }

  func consent(at asOf: Instant) -> ConsentClaim {
    if isPast(.withdrawn, asOf) { return .withdrawn }
    if let expires = times[.expires], expires < asOf { return .expired }
    return isPast(.given, asOf) ? .given : .none
  }

  /// Whether the record is about this holder: it names it, or names none.
  func isAbout(holder: String?) -> Bool {
    guard let named = words[.holder], let holder else { return true }
    return named.lowercased() == holder.lowercased()
  }
}
