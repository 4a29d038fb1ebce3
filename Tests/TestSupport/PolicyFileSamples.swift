/// Files in which every key of every form stands, for each schema.
public enum PolicyFileSamples {
  public struct Sample: Sendable {
    public var schema: String
    public var text: String
  }

  public static let digest = String(repeating: "a1", count: 32)

  public static let table = """
    table: caps
    version: "1"
    description: caps
    sources: {s: a statute}
    rows: {US-NH: {cap: PT3M, note: ""}}
    """

  private static let pack = """
    pack: sample
    version: 1.0
    title: A sample
    description: For tests.
    review: counsel-required
    effective: {from: 2018-01-01, until: 2030-12-31T12:00:00Z, by: contract}
    extends: [core-authorization]
    adjust: [{rule: AUTH-01, severity: low, enabled: true, reason: because}]
    set: {core-authorization: {limit: P1Y}}
    parameters:
      limit: {type: duration, default: P1Y, meaning: longest keeping}
      words: {type: list, default: [a, b], meaning: words}
    tables: {t: t.yaml}
    sources: {sp: NIST SP 800-53 Rev. 5}
    rules:
      - id: S-01
        title: Plaintext faces
        severity: high
        citations: [{text: SC-28, source: sp, formerly: SC-27, standing: primary}]
        scope: item
        when: {subjects: [items, entries], classes: ["face.*", plate.read]}
        effective: {from: 2019-01-01}
        inconclusive: item.encrypted == "unknown"
        violation: item.encrypted == "no"
        cause: plaintext
        evidence: observation
        group_by: folder
        condition: "{items} are readable."
        effect: an effect
        recommendation: encrypt
      - id: S-02
        title: Records
        severity: info
        citations: [{text: SC-28, source: sp}]
        scope: record
        when: {records: [incident, hash-set]}
        violation: "true"
        cause_from: '"a-code"'
        condition: c
        effect: e
        recommendation: r
    """

  private static let row = """
    id: R-1
    version: 2
    sequence: 3
    previous: "\(digest)"
    status: active
    agency: CBP
    contract_no: 17
    task_order: TO-1
    work_orders: [WO-1]
    holder: {name: Example Imaging, role: sub, parent_row: P-1}
    flowdown: [{clause: FAR 52.224-2, sub: Example Imaging, date: 2018-01-01}]
    categories: [face.image, plate.read]
    subject_classes: [traveller]
    max_items: 5
    max_subjects: 4
    purposes: [matching]
    prohibited_purposes: [training, litigation-hold]
    systems: [{host: lane, ato_id: A, ato_expires: 2020-01-01, operated_for_agency: true, secure_location: false}]
    paths: ["lane3/**"]
    media: [field-device]
    retention: {limit: P1Y, clock: capture, purpose_end: 2020-01-01}
    hold: {id: H-1, until: 2021-01-01}
    encryption: {required: true, algorithm: AES-256, module_cert: 4811}
    destruction: {due: 2020-01-01, method: purge, cert_ids: [C-1]}
    sharing: {recipients: [agency], countries: [US]}
    legal:
      sorn: s
      pia: p
      dpia: d
      lawful_basis: b
      clauses: [c]
      retention_policy: a
      agency_policy: a
      agreement: a
      processor_contract: a
      instruction: a
      special_condition: a
      security_addendum: a
      incident_contact: a
      subprocessor_approval: a
      disclosure_basis: a
    assessed: {last: 2018-06-01, interval: P1Y}
    contract_date: 2017-01-01
    contract_end: 2021-01-01
    jurisdictions: [US-NH, GB]
    deidentification: not-required
    log_retention: P90D
    not_before: 2018-01-01
    not_after: 2019-12-31T23:59:59.5+01:00
    issued_at: 2017-12-01
    signatories: [{name: Office, title: T, role: CO, key_id: k1, sig: c2ln}]
    """

  private static let records = """
    records: sample
    description: For tests.
    certificates:
      - id: C-1
        started_at: 2019-01-01
        ended_at: 2019-01-02
        row: R-1
        contract_no: 17
        method: purge
        technique: erase
        operator: Somebody
        verifier: Somebody else
        disposition: kept
        files: ["\(digest)"]
        manifest: {file: m.sha256, form: plain}
        media: {make: M, model: O, serial: S, serial_source: label, type: flash, capacity: 1 TB}
        tool: {name: T, version: 1.2}
        verification: {method: read back, scope: all, result: PASS}
        signatures: [{name: N, role: R, key_id: K, sig: c2ln}]
        note: n
    incidents:
      - id: I-1
        occurred_at: 2019-01-01
        discovered_at: 2019-01-02
        reported_at: 2019-01-03
        holder: h
        agency: a
        recipient: r
        regime: hsar
        status: closed
        containment: c
        items: 5
        unique_items: 4
        personal: true
        categories: [face.image]
        note: n
    consents:
      - {id: S-1, given_at: 2019-01-01, withdrawn_at: 2019-02-01, expires_at: 2020-01-01, row: R-1, basis: b, purpose: p,
         categories: [face.image], files: ["\(digest)"], manifest: {file: m.sha256}, note: n}
    receipts:
      - {id: E-1, received_at: 2019-01-01, row: R-1, agency: a, holder: h, files: ["\(digest)"],
         manifest: {file: m.sha256}, note: n}
      - {id: E-2, received_at: 2019-01-01, row: R-1, files: ["\(digest)"]}
    assessments:
      - {id: A-1, assessed_at: 2019-01-01, holder: h, assessor: a, result: r, interval: P1Y, note: n}
    trainings: [{id: T-1, completed_at: 2019-01-01, holder: h, note: n}]
    media:
      - {id: M-1, released_at: 2019-01-01, holder: h, serial: 5, owner: o, reason: disposal, certificate: C-1, row: R-1,
         removable: true, note: n}
    disclosures:
      - {id: D-1, occurred_at: 2019-01-01, row: R-1, recipient: r, basis: b, purpose: p, categories: [face.image], note: n}
    searches:
      - {id: Q-1, occurred_at: 2019-01-01, holder: h, authorization_id: a, purpose: p, categories: [face.image], note: n}
    hash_sets:
      - {id: H-1, agency: a, files: ["\(digest)"], note: n, key_file: k.key}
      - {id: H-2, agency: a, manifest: {file: m.sha256}}
    """

  private static let waivers = """
    waivers: sample
    description: For tests.
    entries:
      - {id: W-1, rule: AUTH-01, owner: Office, reason: because, expires: 2019-12-31, contents: ["\(digest)"]}
    """

  private static func trust(_ key: (id: String, text: String)) -> String {
    """
    trust: sample
    keys:
      - key_id: "\(key.id)"
        public_key: "\(key.text)"
        owner: Office
        agencies: [CBP]
        roles: [CO, COR]
        not_before: 2018-01-01
        not_after: 2020-01-01
        revoked_at: 2019-06-01
    registers: [{name: sample, size: 3, head: "\(digest)"}]
    """
  }

  private static func indented(_ text: String, _ prefix: String) -> String {
    text.split(separator: "\n").map { prefix + $0 }.joined(separator: "\n")
  }

  private static let shortRow = """
    id: R-1
    version: 2
    status: active
    agency: CBP
    holder: {name: Example Imaging, role: prime}
    categories: [face.image]
    retention: {limit: P1Y}
    """
  private static let shortRecords = "incidents: [{id: I-1, discovered_at: 2019-01-02}]"

  /// Everything a case can be given.
  ///
  /// - Parameter rowKey: `row` or `rows`: where the row stands.
  private static func given(_ rowKey: String, _ row: String = shortRow, _ records: String = shortRecords) -> String {
    let lines = row.split(separator: "\n")
    let body =
      rowKey == "row"
      ? indented(row, "  ") : "  - " + lines[0] + "\n" + indented(lines.dropFirst().joined(separator: "\n"), "    ")
    return """
      as_of: 2019-06-01
      holder: Example Imaging
      system: lane
      register: given
      \(rowKey):
      \(body)
      records:
      \(indented(records, "  "))
      set: {limit: P1Y}
      entries:
        - path: a.zip!/b.jpg
          class: face.image
          classes: [plate.image]
          strength: weak
          count: 2
          encrypted: no
          captured: "2019-05-01T10:00:00Z"
          clock: exif
          modified: 2019-05-01
          kind: image/png
          disposition: opaque
          reason: encrypted
          content: same
          specimen: true
          in_picture: true
          detector: face.hog
          world_readable: true
          size: 5
          repeat: 2
      signatures: {R-1: verified}
      require_signed: true
      """
  }

  private static let expect = "expect: {AUTH-01: violation no-row, AUTH-02: [violation a, inconclusive b]}"

  private static func cases(_ given: String, inDefaults: Bool) -> String {
    "tests: core-authorization\ndescription: For tests.\n"
      + (inDefaults ? "defaults:\n" + indented(given, "  ") + "\n" : "")
      + "cases:\n  - name: one\n    about: [AUTH-01]\n"
      + (inDefaults ? "" : "    given:\n" + indented(given, "      ") + "\n") + "    " + expect + "\n"
  }

  /// - Parameter key: for the trust file: its id, and its text as a YAML string in double quotes holds it.
  public static func all(key: (id: String, text: String)) -> [Sample] {
    [
      Sample(schema: "policy-pack", text: pack),
      Sample(
        schema: "register",
        text: "register: sample\ndescription: d\nrows:\n  - " + row.replacing("\n", with: "\n    ")),
      Sample(schema: "side-records", text: records),
      Sample(schema: "waivers", text: waivers),
      Sample(schema: "trust", text: trust(key)),
      Sample(schema: "policy-cases", text: cases(given("row", row, records), inDefaults: true)),
      Sample(schema: "policy-cases", text: cases(given("rows"), inDefaults: true)),
      Sample(schema: "policy-cases", text: cases(given("row"), inDefaults: false)),
      Sample(schema: "policy-cases", text: cases(given("rows"), inDefaults: false)),
      Sample(
        schema: "policy-cases",
        text: """
          tests: core-authorization
          defaults:
            as_of: 2019-06-01
            row:
          \(indented(shortRow, "    "))
          cases:
            - {name: a, given: {row: {status: draft, hold: {id: H}}}, expect: {}}
            - {name: b, given: {rows: [{id: S}, {max_items: 5}]}, expect: {}}
          """),
      Sample(schema: "data-table", text: table),
    ]
  }
}
