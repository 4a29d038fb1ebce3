import CustodyCore

extension AuthorizationRow {
  /// Type of what is signed, as DSSE names it.
  public static let payloadType = "application/vnd.custody.authorization-row+json"

  /// What the data owner signs: the row as the loader understood it, as canonical JSON (RFC 8785).
  ///
  /// Members are named as in the YAML. Absent and empty values are absent; what the loader fills in (the clock of a
  /// retention, flags of systems) is written out; times are in UTC; sets are sorted. Of a signatory only name, title
  /// and role: every signature of a row is over the same bytes.
  public var payload: [UInt8] { CanonicalJSON.object(payloadMembers).bytes }

  private var payloadMembers: [(key: String, value: CanonicalJSON)] {
    var m = Members()
    m.add("id", id)
    m.add("version", .integer(version))
    m.add("sequence", sequence.map { .integer($0) })
    m.add("previous", previous?.description)
    m.add("status", status.rawValue)
    m.add("agency", agency)
    m.add("contract_no", contractNumber)
    m.add("task_order", taskOrder)
    m.add("work_orders", workOrders)
    m.add("holder", holder.members)
    m.add("flowdown", flowdown.map(\.members))
    m.add("categories", categories.map(\.rawValue).sorted())
    m.add("subject_classes", subjectClasses)
    m.add("max_items", maxItems.map { .integer($0) })
    m.add("max_subjects", maxSubjects.map { .integer($0) })
    m.add("purposes", purposes.map(\.rawValue).sorted())
    m.add("prohibited_purposes", prohibitedPurposes.map(\.rawValue).sorted())
    m.add("systems", systems.map(\.members))
    m.add("paths", paths.map(\.description))
    m.add("media", media.map(\.rawValue).sorted())
    m.add("retention", retention?.members)
    m.add("hold", hold?.members)
    m.add("encryption", encryption?.members)
    m.add("destruction", destruction?.members)
    m.add("sharing", sharing?.members)
    m.add("legal", legal?.members)
    m.add("assessed", assessed?.members)
    m.add("contract_date", contractDate)
    m.add("contract_end", contractEnd)
    m.add("jurisdictions", jurisdictions)
    m.add("deidentification", deidentification?.rawValue)
    m.add("log_retention", logRetention?.description)
    m.add("not_before", notBefore)
    m.add("not_after", notAfter)
    m.add("issued_at", issuedAt)
    m.add("signatories", signatories.map(\.members))
    return m.list
  }
}

/// Members of an object, leaving out what is absent.
private struct Members {
  var list: [(key: String, value: CanonicalJSON)] = []
  mutating func add(_ key: String, _ value: CanonicalJSON?) {
    if let value { list.append((key, value)) }
  }
  mutating func add(_ key: String, _ text: String?) { add(key, text.map { .string($0) }) }
  mutating func add(_ key: String, _ moment: Instant?) { add(key, moment?.description) }
  mutating func add(_ key: String, _ texts: [String]) {
    add(key, texts.isEmpty ? nil : .array(texts.map { .string($0) }))
  }
  mutating func add(_ key: String, _ object: Members?) { add(key, object.map { .object($0.list) }) }
  mutating func add(_ key: String, _ objects: [Members]) {
    add(key, objects.isEmpty ? nil : .array(objects.map { .object($0.list) }))
  }
}

extension AuthorizationRow.Holder {
  fileprivate var members: Members {
    var m = Members()
    m.add("name", name)
    m.add("role", role.rawValue)
    m.add("parent_row", parentRow)
    return m
  }
}
extension AuthorizationRow.FlowDown {
  fileprivate var members: Members {
    var m = Members()
    m.add("clause", clause)
    m.add("sub", sub)
    m.add("date", date)
    return m
  }
}
extension AuthorizationRow.System {
  fileprivate var members: Members {
    var m = Members()
    m.add("host", host)
    m.add("ato_id", atoId)
    m.add("ato_expires", atoExpires)
    m.add("operated_for_agency", .boolean(isOperatedForAgency))
    m.add("secure_location", .boolean(isSecureLocation))
    return m
  }
}
extension AuthorizationRow.Retention {
  fileprivate var members: Members {
    var m = Members()
    m.add("limit", limit?.description)
    m.add("clock", clock.rawValue)
    m.add("purpose_end", purposeEnd)
    return m
  }
}
extension AuthorizationRow.Hold {
  fileprivate var members: Members {
    var m = Members()
    m.add("id", id)
    m.add("until", until)
    return m
  }
}
extension AuthorizationRow.Encryption {
  fileprivate var members: Members {
    var m = Members()
    m.add("required", .boolean(required))
    m.add("algorithm", algorithm)
    m.add("module_cert", moduleCertificate)
    return m
  }
}
extension AuthorizationRow.Destruction {
  fileprivate var members: Members {
    var m = Members()
    m.add("due", due)
    m.add("method", method)
    m.add("cert_ids", certificateIds)
    return m
  }
}
extension AuthorizationRow.Sharing {
  fileprivate var members: Members {
    var m = Members()
    m.add("recipients", recipients)
    m.add("countries", countries)
    return m
  }
}
extension AuthorizationRow.Legal {
  fileprivate var members: Members {
    var m = Members()
    m.add("sorn", sorn)
    m.add("pia", pia)
    m.add("dpia", dpia)
    m.add("lawful_basis", lawfulBasis)
    m.add("clauses", clauses)
    for document in AuthorizationRow.Document.allCases { m.add(document.rawValue, documents[document]) }
    return m
  }
}
extension AuthorizationRow.Assessment {
  fileprivate var members: Members {
    var m = Members()
    m.add("last", last)
    m.add("interval", interval?.description)
    return m
  }
}
extension AuthorizationRow.Signatory {
  fileprivate var members: Members {
    var m = Members()
    m.add("name", name)
    m.add("title", title)
    m.add("role", role.rawValue)
    return m
  }
}
