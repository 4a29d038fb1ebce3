import CEL
import CustodyCore

/// What rules read beside items and rows: the observation behind an item, its folder, the side records.
extension Vocabulary {
  static let observation: [Field<ItemSubject>] = [
    Field("detector", .string, "the detector behind the strongest observation; empty without one") {
      .string($0.facts.detector)
    },
    Field("strength", .string, "proof, strong, weak or none") {
      .string($0.facts.dataClass == nil ? "none" : $0.facts.strength.rawValue)
    },
    Field("inPicture", .bool, "seen in the pixels of a picture") { .bool($0.facts.flags.contains(.inPicture)) },
    Field("count", .int, .exact, "items of the class in the entry") { $0.exact.map { .int(Int64($0.count)) } },
    Field("seen", .int, .exact, "faces, plates … counted in the pixels") { $0.exact.map { .int(Int64($0.seen)) } },
  ]

  static let collection: [Field<CollectionSubject>] = [
    Field("entries", .int, .late, "entries of the folder that the rule is about") { .int(Int64($0.entries)) },
    Field("items", .int, .late, "items in them") { .int(Int64($0.items)) },
    Field("distinct", .int, .late, "distinct contents among them") { .int(Int64($0.distinct)) },
    Field("itemsByClass", .map(.string, .int), .late, "items by data class, only classes that were seen") { facts in
      .map(CELMap(facts.itemsByClass.keys.sorted().map { ($0.rawValue, .int(Int64(facts.itemsByClass[$0] ?? 0))) }))
    },
    Field("agencies", .int, .late, "agencies their paths name") { .int(Int64($0.agencies.customers)) },
    Field("mediaClass", .string, .late, "kind of storage, as for items; unknown when they differ") {
      .string($0.media.rawValue)
    },
    Field("nearTraining", .bool, .late, "as for items") { .bool($0.late.nearTraining) },
    Field("nearSecrets", .bool, .late, "as for items") { .bool($0.late.nearSecrets) },
    Field("besideEncrypted", .bool, .late, "an encrypted file lies in the folder") { .bool($0.late.besideEncrypted) },
    Field("unauthorized", .int, .late, "items that no row in force covers") { .int(Int64($0.unauthorized)) },
    Field(
      "undecided", .int, .late, "of these, items of which it cannot be said, because holder or system was not named"
    ) {
      .int(Int64($0.undecided))
    },
    Field("plain", .int, .late, "items that are readable") { .int(Int64($0.plain)) },
    Field(
      "sidecars", .int, .late,
      "files, or kinds of small files, that name pictures of the folder or are called like them"
    ) {
      .int(Int64($0.links.sidecars))
    },
    Field("linkedEntries", .int, .late, "pictures of the folder that those name; estimated where they are many") {
      .int(Int64($0.links.named))
    },
    Field("linkedClasses", .list(.string), .late, "data classes that those hold") {
      .list($0.links.classes.sorted().map { .string($0.rawValue) })
    },
  ]

  static let records: [Field<RecordsSubject>] =
    [
      Field("given", .bool, "side records were given") { .bool($0.isGiven) },
      Field("lastTraining", .timestamp, "last privacy training of the holder; absent without a record") {
        $0.lastTraining.map { .timestamp($0) }
      },
      Field("lastAssessment", .timestamp, "last assessment of the holder; absent without a record") {
        $0.lastAssessment.map { .timestamp($0) }
      },
      Field("mediaWithoutCertificate", .int, "media that left without a certificate whose verification passed") {
        .int(Int64($0.mediaWithoutCertificate))
      },
      Field("removableMedia", .int, "removable media that records of this holder name") {
        .int(Int64($0.removableMedia))
      },
      Field("ownerlessMedia", .int, "removable media whose owner no record names") { .int(Int64($0.ownerlessMedia)) },
    ]
    + SideRecord.Kind.allCases.map { kind in
      Field(
        camelCase(kind.rawValue) + "Count", .int,
        "records of kind " + kind.rawValue + " that are about the audited holder"
      ) {
        .int(Int64($0.counts[kind] ?? 0))
      }
    }

  static let record: [Field<RecordSubject>] =
    [
      Field("kind", .string, "kind of the record") { .string($0.record.kind.rawValue) },
      Field("personal", .bool, "personal data is concerned; absent if not stated") {
        $0.record.isPersonal.map { .bool($0) }
      },
      Field("removable", .bool, "a removable medium; absent if not stated") { $0.record.isRemovable.map { .bool($0) } },
      Field("interval", .string, "ISO 8601 interval; absent if not stated") {
        $0.record.interval.map { .string($0.description) }
      },
      Field("categories", .list(.string), "data classes the record names") {
        .list($0.record.classes.sorted().map { .string($0.rawValue) })
      },
      Field("fileCount", .int, "files it lists") { .int(Int64($0.record.files.count + $0.record.keyedFiles.count)) },
      Field("complete", .bool, "a certificate with everything NIST SP 800-88 asks for; true for other records") {
        .bool($0.record.isComplete)
      },
      Field("hasProof", .bool, "the certificate that a medium names exists and its verification passed") {
        .bool($0.hasProof)
      },
      Field("hasRow", .bool, "the register has the row that the record names") { .bool($0.row != nil) },
      Field("jurisdictions", .list(.string), "jurisdictions of the record's row; empty without one") {
        texts($0.row?.jurisdictions ?? [])
      },
      Field("recipients", .list(.string), "recipients the record's row allows; empty without one") {
        texts($0.row?.sharing?.recipients ?? [])
      },
    ]
    + SideRecord.Time.allCases.map { time in
      Field(
        camelCase(time.rawValue), .timestamp,
        "time of the record; absent if not stated, or if it lies after the moment judged for"
      ) {
        $0.time(time).map { .timestamp($0) }
      }
    }
    + SideRecord.Word.allCases.map { word in
      Field(camelCase(word.rawValue), .string, "what the record says; absent if it does not") {
        $0.record.words[word].map { .string($0) }
      }
    }
    + SideRecord.Number.allCases.map { number in
      Field(camelCase(number.rawValue), .int, "number of the record; absent if not stated") {
        $0.record.numbers[number].map { .int($0) }
      }
    }
}
