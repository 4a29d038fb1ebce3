public import CustodyCore

extension Report {
  /// A report as the incident would give it, with every part filled. Paths and snapshot names hold `canary`.
  public static func sample(canary: String = "canary-7f3a") -> Report {
    Report(
      asOf: Instant(seconds: 1_559_347_200),
      engagement: Engagement(holder: "Example Imaging Ltd", system: "fs01.example"),
      configuration: [
        ResourceDescriptor(role: "policy", name: "core-authorization", sha256: .repeating(1)),
        ResourceDescriptor(role: "register", name: "register.yaml", sha256: .repeating(2)),
      ],
      result: .failed,
      coverage: Coverage(
        snapshots: [
          SnapshotSummary(
            ordinal: 1, form: "file", size: 1_234_567, sha256: .repeating(3), name: canary + ".tar", directories: 31)
        ],
        entries: 320, bytes: 9_876_543_210,
        lines: [
          .init(disposition: .examined, reason: nil, entries: 310, bytes: 9_000_000_000),
          .init(disposition: .partial, reason: .pixelsNotExamined, entries: 6, bytes: 800_000_000),
          .init(disposition: .opaque, reason: .encrypted, entries: 3, bytes: 76_543_210),
          .init(disposition: .failed, reason: .truncated, entries: 1, bytes: 0),
        ]),
      exposure: [
        ExposureLine(
          dataClass: .faceImage, entriesByStrength: [.proof: 120, .strong: 2], items: 122, distinct: 56,
          capturedFrom: "2018-08-14T06:02:11", capturedTo: "2019-01-10T18:40:02", clock: "exif", sites: 2),
        ExposureLine(
          dataClass: .fingerImage, entriesByStrength: [.proof: 17], items: 39, distinct: 16),
        ExposureLine(
          dataClass: .identityMRZ, entriesByStrength: [.proof: 2, .weak: 1], items: 4, distinct: 3, clock: "mtime"),
      ],
      findings: [
        finding(
          "AUTH-02", .critical, .violation, cause: "expired", collection: 1, path: canary + "/lane 07",
          title: "Biometric data is held under a grant that has expired", ranges: ["17-64", "80"]),
        finding(
          "AUTH-02", .critical, .violation, cause: "expired", collection: 2, path: "/" + canary + "/a:b?#%",
          title: "Biometric data is held under a grant that has expired", ranges: ["100-147"]),
        finding(
          "CBP-03", .high, .violation, cause: "purpose", collection: 3, path: canary + "/WO-4471",
          title: "A work order is used as cover for {holding} [biometric] data", ranges: ["200-203"]),
        finding(
          "AUTH-12", .low, .inconclusive, cause: "clock-unknown", collection: 4, path: canary,
          title: "The age of the data cannot be told", ranges: ["0"]),
      ],
      limitations: [
        Limitation(
          code: "pixels-not-examined", text: "Pictures were not decoded: faces and plates in them are not counted.",
          entries: 6),
        Limitation(code: "register-unsigned", text: "The register carries no signature.", entries: 0),
      ],
      inventory: InventorySummary(sha256: .repeating(4), treeSize: 320, rootHash: .repeating(5)),
      detectors: ["face.iso19794-5/1", "finger.wsq/1"], collections: [linked(canary: canary), beside])
  }

  public static func linked(canary: String) -> LinkedCollection {
    LinkedCollection(
      ordinal: 1, path: canary, pictures: 12_400,
      leaves: LeafReferences(ranges: ["3-50", "200-203"], samples: [Digest.repeating(7).description]),
      classes: [ClassCount(dataClass: .faceImage, entries: 12_400, items: 12_400)],
      named: NameCount(about: 12_380, atLeast: 12_210, atMost: 12_400),
      unnamed: NameCount(about: 20, atLeast: 0, atMost: 190),
      sidecars: [
        Sidecar(
          kind: "text/csv", entries: 1, leaves: ["51"],
          classes: [
            ClassCount(dataClass: .identityRecord, entries: 1, items: 11_002),
            ClassCount(dataClass: .plateRead, entries: 1, items: 12_380),
          ], link: .names, place: .above, values: 12_580,
          linked: NameCount(about: 12_380, atLeast: 12_210, atMost: 12_400),
          absent: NameCount(about: 200, atLeast: 60, atMost: 410)),
        Sidecar(
          kind: "application/json", entries: 40, leaves: ["60-99"], classes: [], link: .stem, place: .same,
          linked: NameCount(exactly: 40), absent: NameCount(exactly: 0)),
      ], moreSidecars: 2)
  }

  public static var beside: LinkedCollection {
    LinkedCollection(
      ordinal: 2, pictures: 1, leaves: LeafReferences(ranges: ["300"], samples: []), classes: [],
      sidecars: [
        Sidecar(
          kind: "application/x-npy", entries: 1, leaves: ["301"],
          classes: [ClassCount(dataClass: .faceTemplate, entries: 1, items: 3)], link: .beside, place: .same)
      ])
  }

  /// Complete, and nothing found.
  public static var clean: Report {
    Report(
      asOf: Instant(seconds: 1_559_347_200), engagement: Engagement(), configuration: [], result: .passed,
      coverage: Coverage(
        snapshots: [], entries: 2, bytes: 1023,
        lines: [.init(disposition: .examined, reason: nil, entries: 2, bytes: 1023)]),
      exposure: [], findings: [], limitations: [],
      inventory: InventorySummary(sha256: .repeating(4), treeSize: 2, rootHash: .repeating(5)), detectors: [])
  }

  public static func finding(
    _ rule: String, _ severity: Severity, _ verdict: Verdict, cause: String, collection: Int, path: String?,
    title: String, ranges: [String]
  ) -> Finding {
    Finding(
      id: "6ba7b814-9dad-51d1-80b4-00c04fd430c" + String(collection % 10), ruleId: rule, pack: "core-authorization",
      severity: severity, verdict: verdict, title: title, cause: cause, criteria: ["NIST SP 800-53r5 PT-2"],
      condition: "48 entries hold biometric data.", effect: "Data subjects are exposed without a legal basis.",
      recommendation: "Sanitize the copy and certify it.", dataClasses: [.faceImage],
      counts: FindingCounts(entries: 1_148, distinct: 56, items: 1_200, bytes: 48_211_000),
      leaves: LeafReferences(ranges: ranges, samples: [Digest.repeating(6).description]),
      authorization: AuthorizationState(state: cause == "expired" ? "expired" : "active", record: "PILOT-01/2"),
      collection: collection, path: path,
      fingerprint: Digest.repeating(UInt8(truncatingIfNeeded: 16 + collection)).description)
  }
}

extension Digest {
  /// 32 times the same byte.
  public static func repeating(_ byte: UInt8) -> Digest {
    guard let digest = Digest(Array(repeating: byte, count: 32)) else { preconditionFailure("32 bytes are a digest") }
    return digest
  }
}
