// Made by scripts/embed-policies from policies/. Do not edit.
// swift-format-ignore-file

/// The packs that ship with the program, by name.
enum ShippedPacks {
  static let all: [(name: String, text: String)] = [
    (name: "core-authorization", text: ####"""
# Was the holder ever authorized to hold this? Rules that hold for every contractor, whatever the agency.
pack: core-authorization
version: "1.0.0"
title: Authorization of biometric and plate data
description: >-
  Every biometric or plate item must be covered by a row of the register in force: holder, data class, system and path
  listed, kept no longer and in no other form than the row says. Nothing here is legal advice.
review: counsel-required

sources:
  sp800-53: NIST SP 800-53 Rev. 5

rules:
  - id: AUTH-01
    title: Biometric data held without any authorization in force
    severity: critical
    citations:
      - {text: PT-2 Authority to Process Personally Identifiable Information, source: sp800-53}
      - {text: AC-20 Use of External Systems, source: sp800-53}
    inconclusive: auth.state == "holder-unknown"
    violation: >-
      auth.state in ["no-register", "no-row", "draft"] || auth.state == "active" && "signature" in auth.failed
    cause_from: 'auth.state == "active" ? "not-verified" : auth.state'
    condition: "{items} of {classes} in {entries} ({distinct}); the register's answer is {state}, the reason {cause}."
    effect: The holder cannot show that the owner of the data ever allowed it to be here.
    recommendation: >-
      Stop all use, preserve the evidence, tell the data owner's contracting officer and privacy office, and return or
      destroy the data as they direct.

  - id: AUTH-02
    title: Authorization expired, revoked, suspended or not yet valid
    severity: critical
    citations:
      - {text: PT-2 Authority to Process Personally Identifiable Information, source: sp800-53}
    violation: auth.state in ["expired", "revoked", "suspended", "not-yet-valid"]
    cause_from: auth.state
    condition: "{items} of {classes} in {entries} ({distinct}); the closest row, {record}, is {state}."
    effect: The data is held outside the time for which its owner allowed it.
    recommendation: Obtain a new version of the row from the data owner, or return or destroy the data and certify it.

  - id: AUTH-03
    title: Authorization without a signature of the data owner
    severity: high
    citations:
      - {text: CA-6 Authorization, source: sp800-53}
      - {text: AU-10 Non-repudiation, source: sp800-53}
    violation: auth.state == "active" && !(auth.signature in ["claimed", "verified"])
    cause_from: >-
      auth.signature != "none" ? auth.signature : auth.hasDataOwner ? "unsigned" : "no-data-owner"
    group_by: authorization
    condition: "{items} in {entries} rest on row {record}, which no valid signature of a data owner supports: {cause}."
    effect: Anybody could have written the row; it proves no consent of the data owner.
    recommendation: Have the contracting officer, authorizing official or privacy office sign the row.

  - id: AUTH-04
    title: Data class not authorized
    severity: high
    citations:
      - {text: SI-12(1) Limit Personally Identifiable Information Elements, source: sp800-53}
    violation: auth.state == "active" && "category" in auth.failed
    cause: category
    condition: "{items} of {classes} in {entries} ({distinct}); row {record} does not list this data class."
    effect: The holder has kinds of data that the owner did not agree to hand over.
    recommendation: Remove these classes, or have the data owner list them in a new version of the row.

  - id: AUTH-05
    title: Data on a system or path that is not authorized
    severity: high
    citations:
      - {text: CM-12 Information Location, source: sp800-53}
      - {text: AC-20(1) Limits on Authorized Use, source: sp800-53}
    inconclusive: >-
      auth.state == "active" && !("category" in auth.failed) && !("system" in auth.failed) && !("path" in auth.failed)
      && "system" in auth.unknown
    violation: >-
      auth.state == "active" && !("category" in auth.failed)
      && ("system" in auth.failed || "path" in auth.failed)
    cause_from: '"system" in auth.failed ? "system" : "path" in auth.failed ? "path" : "system-unknown"'
    condition: "{items} of {classes} in {entries} ({distinct}) outside the places that row {record} lists."
    effect: Copies lie where the data owner neither expects nor protects them.
    recommendation: Move the data to an authorized place, sanitize this one, and find out how the copy came here.

  - id: AUTH-06
    title: Biometric data beside training artefacts without a training purpose
    severity: high
    citations:
      - {text: PT-3 Personally Identifiable Information Processing Purposes, source: sp800-53}
      - {text: "PM-25 Minimization of Personally Identifiable Information Used in Testing, Training, and Research", source: sp800-53}
    inconclusive: >-
      item.nearTraining ? auth.undecided
      : item.trainingWord && !(auth.matched && "training" in auth.purposes)
    violation: >-
      item.nearTraining && !(auth.matched && "training" in auth.purposes)
    cause_from: >-
      !item.nearTraining ? "training-word"
      : auth.undecided ? "undecided"
      : auth.hasRecord && "training" in auth.prohibitedPurposes ? "training-prohibited" : "no-training-purpose"
    condition: "{items} of {classes} in {entries} ({distinct}) lie beside training material; row: {record}."
    effect: The data may have been used to build or improve the holder's own product.
    recommendation: Ask for the purpose of the set, secure models trained with it, and inform the data owner.

  - id: AUTH-07
    title: Kept longer than authorized
    severity: high
    citations:
      - {text: SI-12 Information Management and Retention, source: sp800-53}
    violation: auth.state == "active" && auth.retention == "expired"
    cause: retention
    condition: "{items} of {classes} in {entries} ({distinct}) are older than row {record} allows."
    effect: Data that should be gone can still be lost, stolen or misused.
    recommendation: Destroy what is past its limit, certify it, and mend the deletion job.

  - id: AUTH-08
    title: Plaintext where encryption is required
    severity: high
    citations:
      - {text: SC-28(1) Cryptographic Protection, source: sp800-53}
    violation: auth.state == "active" && auth.encryptionRequired && item.encrypted == "no"
    cause: plaintext
    condition: "{items} of {classes} in {entries} ({distinct}) are readable; row {record} requires encryption at rest."
    effect: Whoever gets the medium or the file gets the biometrics.
    recommendation: Encrypt with a validated module, rotate what was exposed, and check how the plaintext came about.

  - id: AUTH-09
    title: Certified as destroyed and still here
    severity: critical
    citations:
      - {text: "MP-6(1) Review, Approve, Track, Document, and Verify", source: sp800-53}
    when: {subjects: [items, entries]}
    inconclusive: item.destruction == "unproven"
    violation: item.destruction == "certified"
    cause_from: 'item.destruction == "certified" ? "certified-destroyed" : "certificate-unproven"'
    evidence: record
    condition: "{entries} ({distinct}) are listed by a certificate of destruction and are still here."
    effect: A certificate given to the data owner is not true; other certificates of the holder are in doubt.
    recommendation: Secure the copies, tell the data owner, and have the sanitization process examined.

  - id: AUTH-10
    title: Subcontractor without a chained authorization
    severity: medium
    citations:
      - {text: SA-9 External System Services, source: sp800-53}
    violation: >-
      auth.state == "active" && auth.holderRole == "sub" && (!auth.chained || !auth.flowdown)
    cause_from: 'auth.chained ? "no-flow-down" : "no-chain"'
    group_by: authorization
    condition: "{items} in {entries} rest on row {record} of a subcontractor that no prime's row in force carries."
    effect: The terms that bind the prime do not demonstrably bind the one who holds the data.
    recommendation: Chain the row to the prime's and record the clauses that were flowed down.

  - id: AUTH-11
    title: More items than authorized
    severity: medium
    citations:
      - {text: SA-8(33) Minimization, source: sp800-53}
    inconclusive: >-
      auth.matched && has(auth.maxItems) && auth.itemsHeld > auth.maxItems && auth.distinctItemsHeld <= auth.maxItems
    violation: auth.matched && has(auth.maxItems) && auth.distinctItemsHeld > auth.maxItems
    cause_from: 'auth.distinctItemsHeld > auth.maxItems ? "max-items" : "max-items-with-duplicates"'
    group_by: authorization
    condition: "{items} in {entries} ({distinct}) are held under row {record}, more than it allows."
    effect: The holder collected or kept more people's data than was agreed.
    recommendation: Reduce the set to what was agreed, or have the data owner raise the number.

  - id: AUTH-12
    title: Could not be decided
    severity: low
    citations:
      - {text: CM-12(1) Automated Tools to Support Information Location, source: sp800-53}
    when: {subjects: [items, entries]}
    inconclusive: >-
      item.dataClass == "none"
      ? item.disposition == "opaque" && snapshot.items > 0
      : auth.state == "active"
        && (auth.retention in ["clock-unknown", "clock-unreliable", "zone-unknown", "receipt-unknown"]
            || (auth.encryptionRequired && item.encrypted == "unknown"))
    cause_from: >-
      item.dataClass == "none" ? "opaque"
      : auth.retention in ["clock-unknown", "clock-unreliable", "zone-unknown", "receipt-unknown"] ? auth.retention
      : "encryption-unknown"
    condition: "{entries} ({distinct}) could not be decided: {cause}."
    effect: The answer of this audit is incomplete for these entries.
    recommendation: >-
      Supply what is missing (keys of containers, records with capture times, the encryption in use) and judge again.

"""####),
    (name: "eu-uk-biometrics", text: ####"""
# Data protection law of the European Union and the United Kingdom, as far as storage and side records show it. Paragraphs
# whose number was not confirmed are cited by article alone.
pack: eu-uk-biometrics
version: "1.0.0"
title: EU and UK data protection
description: >-
  A photograph is personal data; a template drawn from it is biometric data and a special category when used to identify.
  The pack is asked about rows whose jurisdictions name one of its countries or a part of it, and about data without any
  row; its rules on incidents, searches and gathering from the web ask for no row. Nothing here is legal advice.
review: counsel-required

parameters:
  countries:
    type: list
    default: [GB, AT, BE, BG, HR, CY, CZ, DK, EE, FI, FR, DE, GR, HU, IE, IT, LV, LT, LU, MT, NL, PL, PT, RO, SK, SI, ES, SE]
    meaning: ISO 3166-1 codes of the countries whose law this pack is about
  report_clock: {type: duration, default: PT72H, meaning: longest time from discovery of a breach to its report}
  authorization_clock: {type: duration, default: PT48H, meaning: longest time from a search to its authorization}

sources:
  gdpr: Regulation (EU) 2016/679 and UK GDPR
  ico: UK Information Commissioner's Office, guidance on biometric data
  ai-act: Regulation (EU) 2024/1689

rules:
  - id: EU-01
    title: Biometric templates without documented instruction
    severity: critical
    citations:
      - {text: "article 28: processing on documented instructions only", source: gdpr, standing: secondary}
    when: {classes: [face.template, finger.template, iris.template, voice.template, biometric.record, biometric.database]}
    inconclusive: auth.state == "holder-unknown"
    violation: >-
      !auth.hasRecord || "signature" in auth.failed
      || (auth.jurisdictions.exists(j, j.substring(0, 2) in params.countries)
          && (auth.state == "draft" || (auth.state == "active" && !has(auth.instruction))))
    cause_from: >-
      auth.state != "active" ? auth.state : "signature" in auth.failed ? "not-verified" : "no-instruction"
    condition: "{items} of {classes} in {entries} ({distinct}): {cause}; closest row: {record}."
    effect: The holder processes for itself what it may process only for another.
    recommendation: Supply the controller's instruction, or stop and return or delete the templates.

  - id: EU-02
    title: Copies after the end of the service
    severity: critical
    citations:
      - {text: article 28(3)(g), source: gdpr, standing: primary}
    violation: >-
      auth.hasRecord && auth.jurisdictions.exists(j, j.substring(0, 2) in params.countries) && !auth.held
      && !("category" in auth.failed) && (auth.purposeEnded || (has(auth.contractEnded) && auth.contractEnded))
    cause_from: 'auth.purposeEnded ? "purpose-ended" : "contract-ended"'
    condition: "{items} of {classes} in {entries} ({distinct}) are still held under row {record}: {cause}."
    effect: The processor keeps what it had to delete or return.
    recommendation: Delete or return all copies as the controller chooses, and confirm it in writing.

  - id: EU-03
    title: Special category without basis and condition
    severity: high
    citations:
      - {text: article 9, source: gdpr, standing: secondary}
    when: {classes: [face.template, finger.template, finger.image, palm.image, iris.image, iris.template, vein.image, voice.template, dna.profile, biometric.record, biometric.database]}
    violation: >-
      auth.state == "active" && auth.jurisdictions.exists(j, j.substring(0, 2) in params.countries)
      && (!has(auth.lawfulBasis) || !has(auth.specialCondition))
    cause_from: 'has(auth.lawfulBasis) ? "no-condition" : "no-lawful-basis"'
    group_by: authorization
    condition: "{items} of {classes} in {entries} rest on row {record}: {cause}."
    effect: What the law forbids unless a condition is met is done without naming one.
    recommendation: Have the controller name basis and condition in the row; explicit consent is the usual one.

  - id: EU-04
    title: No data protection impact assessment
    severity: high
    citations:
      - {text: an assessment is expected for biometric recognition, source: ico, standing: primary}
    when: {classes: ["face.*", "finger.*", "palm.*", "iris.*", "vein.*", "voice.*", "biometric.*"]}
    violation: >-
      auth.state == "active" && auth.jurisdictions.exists(j, j.substring(0, 2) in params.countries)
      && !has(auth.dpia)
    cause: no-dpia
    group_by: authorization
    condition: "{items} in {entries} rest on row {record}, which names no impact assessment."
    effect: Nobody has weighed what this does to the people concerned.
    recommendation: Make the assessment and name it in the row.

  - id: EU-05
    title: Further processor without approval
    severity: high
    citations:
      - {text: "article 28: further processors need the controller's approval", source: gdpr, standing: secondary}
    violation: >-
      auth.state == "active" && auth.jurisdictions.exists(j, j.substring(0, 2) in params.countries)
      && auth.holderRole == "sub" && !has(auth.subprocessorApproval)
    cause: no-approval
    group_by: authorization
    condition: "{items} in {entries} rest on row {record} of a further processor whose approval the row does not name."
    effect: The controller may not know who holds its data.
    recommendation: Obtain the approval and name it in the row.

  - id: EU-06
    title: Breach reported late
    severity: high
    citations:
      - {text: article 33, source: gdpr, standing: primary}
    scope: record
    when: {records: [incident]}
    violation: >-
      has(record.regime) && record.regime == "gdpr"
      && (has(record.reportedAt) ? record.reportedAt : audit.asOf) > record.discoveredAt.plus(params.report_clock)
    cause_from: 'has(record.reportedAt) ? "reported-late" : "not-reported"'
    condition: "Incident {record}: {cause}."
    effect: Authority and people concerned learned of it too late.
    recommendation: Report now with the reasons for the delay.

  - id: EU-07
    title: Faces gathered from the web
    severity: high
    citations:
      - {text: article 5(1)(e), source: ai-act, standing: secondary}
    when: {classes: ["face.*"]}
    inconclusive: item.scrapeWord && !item.nearScrape
    violation: item.nearScrape
    cause_from: 'item.nearScrape ? "near-address-lists" : "scrape-word"'
    condition: "{items} of {classes} in {entries} ({distinct}) bear marks of having been gathered from the web: {cause}."
    effect: Untargeted gathering of faces to build recognition is prohibited.
    recommendation: Find out where the set comes from and what was built with it.

  - id: EU-08
    title: Identification without authorization
    severity: medium
    citations:
      - {text: article 26(10), source: ai-act, standing: secondary}
    scope: record
    when: {records: [search]}
    violation: "!has(record.authorizationId) && audit.asOf > record.occurredAt.plus(params.authorization_clock)"
    cause: no-authorization-id
    condition: "Search {record} names no authorization."
    effect: Somebody was looked for without anybody having allowed it.
    recommendation: Supply the authorization or stop the use and delete the results.

"""####),
    (name: "in-dpdp", text: ####"""
# India, Digital Personal Data Protection Act 2023 and Rules 2025. The substantive duties start in the middle of May 2027:
# the pack starts with the fifteenth, the later reading.
pack: in-dpdp
version: "1.0.0"
title: India, digital personal data
description: >-
  Asked about rows whose jurisdictions name IN or a part of it, and silent before its duties start. Nothing here is
  legal advice.
review: counsel-required
effective: {from: 2027-05-15}

parameters:
  report_clock: {type: duration, default: PT72H, meaning: longest time from discovery of a breach to the detailed report}
  log_minimum: {type: duration, default: P1Y, meaning: shortest keeping of logs}

sources:
  act: Digital Personal Data Protection Act 2023
  rules: Digital Personal Data Protection Rules 2025

rules:
  - id: IN-01
    title: No contract with the processor
    severity: high
    citations:
      - {text: section 8(2), source: act, standing: secondary}
    violation: >-
      auth.state == "active" && auth.jurisdictions.exists(j, j.startsWith("IN")) && !has(auth.processorContract)
    cause: no-contract
    group_by: authorization
    condition: "{items} in {entries} rest on row {record}, which names no contract between fiduciary and processor."
    effect: Processing by another is lawful under a valid contract only.
    recommendation: Name the contract in the row, or stop.

  - id: IN-02
    title: Readable personal data
    severity: high
    citations:
      - {text: section 8(5), source: act, standing: secondary}
      - {text: rule 6, source: rules, standing: secondary}
    inconclusive: >-
      auth.state == "active" && auth.jurisdictions.exists(j, j.startsWith("IN")) && item.encrypted == "unknown"
    violation: >-
      auth.state == "active" && auth.jurisdictions.exists(j, j.startsWith("IN")) && item.encrypted == "no"
    cause_from: 'item.encrypted == "no" ? "plaintext" : "encryption-unknown"'
    condition: "{items} of {classes} in {entries} ({distinct}) under row {record}: {cause}."
    effect: The safeguard that the rules name first is missing.
    recommendation: Encrypt or mask the data.

  - id: IN-03
    title: Purpose served and data kept
    severity: high
    citations:
      - {text: section 8, source: act, standing: secondary}
    violation: >-
      auth.hasRecord && auth.jurisdictions.exists(j, j.startsWith("IN")) && !auth.held
      && !("category" in auth.failed) && (auth.purposeEnded || (has(auth.contractEnded) && auth.contractEnded))
    cause_from: 'auth.purposeEnded ? "purpose-ended" : "contract-ended"'
    condition: "{items} of {classes} in {entries} ({distinct}) are still held under row {record}: {cause}."
    effect: Data without purpose can only do harm.
    recommendation: Erase it, have processors erase it, and certify it.

  - id: IN-04
    title: Breach reported late
    severity: high
    citations:
      - {text: report of a breach, source: rules, standing: secondary}
    scope: record
    when: {records: [incident]}
    violation: >-
      has(record.regime) && record.regime == "dpdp"
      && (has(record.reportedAt) ? record.reportedAt : audit.asOf) > record.discoveredAt.plus(params.report_clock)
    cause_from: 'has(record.reportedAt) ? "reported-late" : "not-reported"'
    condition: "Incident {record}: {cause}."
    effect: Board and people concerned learned of it too late.
    recommendation: Report now with the reasons for the delay.

  - id: IN-05
    title: Logs kept too short
    severity: medium
    citations:
      - {text: rule 6, source: rules, standing: secondary}
    inconclusive: >-
      auth.state == "active" && auth.jurisdictions.exists(j, j.startsWith("IN")) && !has(auth.logRetention)
    violation: >-
      auth.state == "active" && auth.jurisdictions.exists(j, j.startsWith("IN"))
      && auth.logRetention.isShorterThan(params.log_minimum)
    cause_from: 'has(auth.logRetention) ? "logs-too-short" : "logs-not-stated"'
    group_by: authorization
    condition: "{items} in {entries} rest on row {record}: {cause}."
    effect: Who saw the data can no longer be found out.
    recommendation: Keep logs for the time the rules ask for, and state it in the row.

"""####),
    (name: "nist-cui", text: ####"""
# Controls of NIST SP 800-53 and SP 800-171 that a storage snapshot and side records can show.
pack: nist-cui
version: "1.0.0"
title: Controlled unclassified information
description: >-
  Stores nobody declared, backups in the clear, data kept past the contract, media without owner or sanitization, rights
  that are too wide. Nothing here is legal advice.
review: counsel-required

sources:
  sp800-53: NIST SP 800-53 Rev. 5
  sp800-171: NIST SP 800-171 Rev. 3
  sp800-88: NIST SP 800-88 Rev. 2

rules:
  - id: NIST-01
    title: Store of personal data that nobody declared
    severity: high
    citations:
      - {text: PM-5(1) Inventory of Personally Identifiable Information, source: sp800-53, standing: primary}
    scope: collection
    inconclusive: collection.undecided > 0 && collection.unauthorized == collection.undecided
    violation: collection.unauthorized > collection.undecided
    cause_from: 'collection.unauthorized > collection.undecided ? "undeclared" : "undecided"'
    condition: "{items} of {classes} in {entries} ({distinct}) lie in a folder that no row in force covers: {cause}."
    effect: What is in no inventory is in nobody's care.
    recommendation: Declare the store or clear it, and find out who fills it.

  - id: NIST-02
    title: Backup in the clear
    severity: high
    citations:
      - {text: 03.08.09 System Backup - Cryptographic Protection, source: sp800-171, standing: secondary}
    inconclusive: item.mediaClass == "backup" && item.encrypted == "unknown"
    violation: item.mediaClass == "backup" && item.encrypted == "no"
    cause_from: 'item.encrypted == "no" ? "plaintext" : "encryption-unknown"'
    condition: "{items} of {classes} in {entries} ({distinct}) lie in what its path calls a backup: {cause}."
    effect: Backups travel further than the systems they were made of.
    recommendation: Encrypt the backups and replace those already made.

  - id: NIST-03
    title: Kept after the end of the contract
    severity: high
    citations:
      - {text: 03.14.08 Information Management and Retention, source: sp800-171, standing: secondary}
    violation: has(auth.contractEnded) && auth.contractEnded && !auth.held && !("category" in auth.failed)
    cause: contract-ended
    group_by: authorization
    condition: "{items} in {entries} are still held; the contract of row {record} has ended."
    effect: The protection that the contract paid for has ended, the data has not.
    recommendation: Return or destroy the data and certify it.

  - id: NIST-04
    title: Maintenance equipment left without sanitization
    severity: high
    citations:
      - {text: 03.07.04 Maintenance Tools, source: sp800-171, standing: secondary}
    scope: record
    when: {records: [media]}
    violation: >-
      has(record.reason) && record.reason == "maintenance" && !record.hasProof
    cause: maintenance-media
    condition: "Medium {record} left for maintenance, and no certificate with a passed verification is about it."
    effect: This is the way in which field data left the field before.
    recommendation: Find the medium and what was copied to it; sanitize equipment before it leaves.

  - id: NIST-05
    title: Sanitization record incomplete or not verified
    severity: medium
    citations:
      - {text: "MP-6(1) Review, Approve, Track, Document, and Verify", source: sp800-53, standing: primary}
      - {text: 4.6 Certificate of Sanitization, source: sp800-88, standing: secondary}
    scope: record
    when: {records: [certificate]}
    violation: record.result != "PASS" || !record.complete
    cause_from: 'record.result != "PASS" ? "not-verified" : "incomplete"'
    condition: "Certificate {record} is {cause}."
    effect: The certificate proves nothing.
    recommendation: Repeat the sanitization or complete the record, with a second person verifying.

  - id: NIST-06
    title: Removable medium without an owner
    severity: medium
    citations:
      - {text: MP-7 Media Use, source: sp800-53, standing: primary}
    inconclusive: item.mediaClass == "removable" && records.removableMedia == 0
    violation: item.mediaClass == "removable" && records.ownerlessMedia > 0
    cause_from: 'records.ownerlessMedia > 0 ? "no-owner" : "owner-not-recorded"'
    condition: "{items} of {classes} in {entries} ({distinct}) lie on what bears the marks of removable media: {cause}."
    effect: Nobody answers for the medium or notices when it is gone.
    recommendation: Record the owner of every removable medium; bar the others.

  - id: NIST-07
    title: Biometric data readable by everybody on the machine
    severity: medium
    citations:
      - {text: AC-3 Access Enforcement, source: sp800-53, standing: primary}
    violation: item.worldReadable
    cause: world-readable
    condition: "{items} of {classes} in {entries} ({distinct}) have mode bits that let everybody read them."
    effect: Every account and every intruder on the machine can take the data.
    recommendation: Take the rights away and look at who could have used them.

  - id: NIST-08
    title: Test or training set with identifying biometrics
    severity: medium
    citations:
      - {text: SI-19 De-identification, source: sp800-53, standing: primary}
    when: {classes: ["face.*", "finger.*", "palm.*", "iris.*", "vein.*", "voice.*", "plate.*"]}
    inconclusive: >-
      item.trainingWord && !item.nearTraining && !(auth.matched && auth.deidentification == "not-required")
    violation: item.nearTraining && !(auth.matched && auth.deidentification == "not-required")
    cause_from: 'item.nearTraining ? "not-de-identified" : "training-word"'
    condition: "{items} of {classes} in {entries} ({distinct}) lie beside training material: {cause}."
    effect: People are recognizable in a set that many hands copy.
    recommendation: De-identify the set, or have the data owner say in the row that it need not be.

  - id: NIST-09
    title: No exchange agreement
    severity: low
    citations:
      - {text: CA-3 Information Exchange, source: sp800-53, standing: primary}
    violation: auth.state == "active" && !has(auth.agreement)
    cause: no-agreement
    group_by: authorization
    condition: "{items} in {entries} rest on row {record}, which names no exchange agreement."
    effect: How the data may travel between the two parties is written down nowhere.
    recommendation: Name the agreement in the row.

"""####),
    (name: "us-alpr-retention", text: ####"""
# Keeping of licence plate reads. The numbers stand in tables/alpr-limits.yaml; which of them applies is said by the row's
# jurisdictions, never guessed. Most of these laws bind agencies; a vendor inherits them through its contract.
pack: us-alpr-retention
version: "1.0.0"
title: Licence plate readers
description: >-
  Whether a read matched a hot list is not visible in storage: every read past its cap counts as unmatched unless a hold
  commands keeping it. Nothing here is legal advice.
review: counsel-required

tables: {alpr_limits: tables/alpr-limits.yaml}

sources:
  caps: the statute of the row's jurisdiction, see tables/alpr-limits.yaml
  nh: New Hampshire RSA
  tn: Tennessee Code
  ar: Arkansas Code
  or: Oregon Laws
  ca: California Civil Code
  va: Code of Virginia
  md: Maryland Code, Public Safety
  design: this pack's own design

rules:
  - id: LPR-01
    title: Licence plate reads past the state's cap
    severity: high
    citations:
      - {text: cap on keeping unmatched reads, source: caps, standing: secondary}
    when: {classes: ["plate.*"]}
    inconclusive: >-
      auth.hasRecord && !auth.held
      && cel.bind(caps, auth.jurisdictions.filter(j, j in tables.alpr_limits && has(tables.alpr_limits[j].cap)
          && (!has(tables.alpr_limits[j].from) || timestamp(tables.alpr_limits[j].from) <= audit.asOf))
          .map(j, tables.alpr_limits[j].cap),
        !caps.exists(c, item.captureTime.againstLimit(c) == "past")
        && caps.exists(c, item.captureTime.againstLimit(c) != "within"))
    violation: >-
      auth.hasRecord && !auth.held && !("litigation-hold" in auth.purposes)
      && auth.jurisdictions.exists(j, j in tables.alpr_limits && has(tables.alpr_limits[j].cap)
          && (!has(tables.alpr_limits[j].from) || timestamp(tables.alpr_limits[j].from) <= audit.asOf)
          && item.captureTime.againstLimit(tables.alpr_limits[j].cap) == "past")
    cause_from: >-
      !item.clockIsReliable ? "clock-" + item.clock
      : auth.jurisdictions.exists(j, j in tables.alpr_limits && has(tables.alpr_limits[j].cap)
          && (!has(tables.alpr_limits[j].from) || timestamp(tables.alpr_limits[j].from) <= audit.asOf)
          && item.captureTime.againstLimit(tables.alpr_limits[j].cap) == "past")
      ? "past-cap"
      : item.captureTime.againstLimit("PT1S") == "clock-unreliable" ? "clock-ahead" : "zone-unknown"
    condition: "{items} of {classes} in {entries} ({distinct}) under row {record}, held against the cap of its jurisdiction: {cause}."
    effect: People's movements are kept longer than the law lets the agency keep them.
    recommendation: Delete what is past the cap, certify it, and mend the deletion job; name the hold where one applies.

  - id: LPR-02
    title: Occupants in a set of licence plate reads
    severity: high
    citations:
      - {text: "261:75-b", source: nh, standing: primary}
    when: {classes: ["face.*"]}
    violation: >-
      auth.hasRecord && (item.withPlates || auth.platesOnly)
      && auth.jurisdictions.exists(j, j in tables.alpr_limits && has(tables.alpr_limits[j].occupants))
    cause_from: 'item.withPlates ? "with-plates" : "plates-only-row"'
    condition: "{items} of {classes} in {entries} ({distinct}) show occupants: {cause}; row {record}."
    effect: A reader that may see plates only has recorded people.
    recommendation: Mask or delete the occupants and mend the camera's framing.

  - id: LPR-03
    title: Reads kept for a hold that is not named or has lapsed
    severity: medium
    citations:
      - {text: 55-10-302, source: tn, standing: primary}
      - {text: 12-12-1804(b), source: ar, standing: primary}
    when: {classes: ["plate.*"]}
    violation: >-
      auth.hasRecord && !auth.held && "litigation-hold" in auth.purposes
      && auth.jurisdictions.exists(j, j in tables.alpr_limits && has(tables.alpr_limits[j].cap)
          && (!has(tables.alpr_limits[j].from) || timestamp(tables.alpr_limits[j].from) <= audit.asOf)
          && item.captureTime.againstLimit(tables.alpr_limits[j].cap) == "past")
    cause: no-hold
    condition: "{items} of {classes} in {entries} ({distinct}) are past the cap; row {record} speaks of a hold and names none in force."
    effect: An exception is claimed that nobody can look up.
    recommendation: Name the hold and its end in a new version of the row, or delete the reads.

  - id: LPR-04
    title: Vendor's reads in the clear (Oregon)
    severity: high
    citations:
      - {text: "2026 ch. 77", source: or, standing: secondary}
    when: {classes: ["plate.*"]}
    inconclusive: >-
      auth.hasRecord && item.encrypted == "unknown"
      && auth.jurisdictions.exists(j, j in tables.alpr_limits && has(tables.alpr_limits[j].encryption))
    violation: >-
      auth.hasRecord && item.encrypted == "no"
      && auth.jurisdictions.exists(j, j in tables.alpr_limits && has(tables.alpr_limits[j].encryption))
    cause_from: 'item.encrypted == "no" ? "plaintext" : "encryption-unknown"'
    condition: "{items} of {classes} in {entries} ({distinct}) under row {record}: {cause}."
    effect: The vendor holds in the clear what it must hold encrypted.
    recommendation: Encrypt the reads at rest.

  - id: LPR-05
    title: Nobody said whose cap applies
    severity: medium
    citations:
      - {text: the strictest cap of the table where the jurisdiction is not known, source: design}
    when: {classes: ["plate.*"]}
    inconclusive: >-
      !(auth.hasRecord && auth.jurisdictions.exists(j, j in tables.alpr_limits))
      && !(auth.hasRecord && auth.held)
      && item.captureTime.againstLimit(tables.alpr_limits["strictest"].cap) != "within"
    cause: jurisdiction-unknown
    condition: "{items} of {classes} in {entries} ({distinct}) may be past a cap: no jurisdiction of the table is named; row: {record}."
    effect: Whether the reads may still be here cannot be said.
    recommendation: Name the jurisdiction in the row and judge again.

  - id: LPR-06
    title: Reads given to a recipient who is not listed
    severity: medium
    citations:
      - {text: 1798.90.55, source: ca, standing: secondary}
      - {text: 2.2-5517, source: va, standing: secondary}
    scope: record
    when: {records: [disclosure]}
    inconclusive: '!record.hasRow && record.categories.exists(c, c.startsWith("plate."))'
    violation: >-
      (size(record.categories) == 0 || record.categories.exists(c, c.startsWith("plate.")))
      && record.jurisdictions.exists(j, j in tables.alpr_limits && has(tables.alpr_limits[j].recipients))
      && !(record.recipient in record.recipients)
    cause_from: 'record.hasRow ? "recipient-not-listed" : "row-unknown"'
    condition: "Disclosure {record}, held against the recipients of its row: {cause}."
    effect: Movements of people went to somebody the agency did not agree to.
    recommendation: Have the recipient delete the reads, and inform the agency.

  - id: LPR-07
    title: No cap in the law and no policy of the agency
    severity: low
    citations:
      - {text: 1798.90.51, source: ca, standing: secondary}
      - {text: 3-509, source: md, standing: secondary}
    when: {classes: ["plate.*"]}
    violation: >-
      auth.state == "active" && !has(auth.agencyPolicy)
      && auth.jurisdictions.exists(j, j in tables.alpr_limits && !has(tables.alpr_limits[j].cap))
    cause: no-agency-policy
    group_by: authorization
    condition: "{items} in {entries} rest on row {record}: its jurisdiction sets no number and the row names no policy."
    effect: Nothing says how long the reads may be kept.
    recommendation: Name the agency's usage and privacy policy in the row.

"""####),
    (name: "us-cbp-field-maintenance", text: ####"""
# Data of field devices that left them under cover of maintenance. Only part of these rules replays DHS OIG report
# OIG-20-71: see the description.
pack: us-cbp-field-maintenance
version: "1.0.0"
title: Field device data and maintenance (US border agency)
description: >-
  Looks for the marks of the 2018-2019 incident. Only part of the rules replays DHS OIG report OIG-20-71: copies away from
  the field device and on removable media, work orders as cover, a holder nobody assessed (CBP-01, 02, 03, 10), in part as
  the press retold the report. CBP-04 and CBP-05 follow what was published about the pilot (83 FR 56862): pictures not
  kept, and an end. Faces where plates were due, decks and mail, training material and cloud face services, several
  agencies together, secrets beside the data (CBP-06, 07, 08, 09, 11) come from press reports or are this pack's own
  design, and are not presented as findings of the report. Citations of NIST SP 800-53 name the control that a rule
  checks, not a finding of that time. Layouts and words in paths are indications, so rules ask the register before they
  speak. Nothing here is legal advice.
review: counsel-required

sources:
  sp800-53: NIST SP 800-53 Rev. 5
  fr-2018: 83 FR 56862 (2018-11-14)
  oig-20-71: DHS OIG report OIG-20-71 (2020-09-21)

rules:
  - id: CBP-01
    title: Camera or lane export away from the field device
    severity: critical
    citations:
      - {text: MA-3(3) Prevent Unauthorized Removal, source: sp800-53}
    when: {classes: ["face.*", "plate.*"]}
    inconclusive: >-
      item.fieldExport
      && (item.mediaClass == "unknown"
      ? !auth.matched : item.mediaClass in ["share", "workstation", "backup", "cloud-cache"] && auth.undecided)
    violation: >-
      item.fieldExport && item.mediaClass in ["share", "workstation", "backup", "cloud-cache"]
      && !(auth.matched && auth.mediaAllowed)
    cause_from: 'item.mediaClass == "unknown" ? "media-unknown" : item.mediaClass'
    condition: "{items} of {classes} in {entries} ({distinct}) lie in the layout of a camera or lane export: {cause}."
    effect: Traveller data left the device on which the agency controls it.
    recommendation: Find out who exported it, by which port and ticket; secure the copies; inform the agency.

  - id: CBP-02
    title: Faces on removable media
    severity: critical
    citations:
      - {text: MP-7 Media Use, source: sp800-53}
    when: {classes: ["face.*"]}
    inconclusive: item.mediaClass == "removable" && auth.undecided
    violation: item.mediaClass == "removable" && !(auth.matched && auth.mediaAllowed)
    cause_from: '"removable-" + item.mediaEvidence'
    condition: "{items} of {classes} in {entries} ({distinct}) lie on what bears the marks of removable media: {cause}."
    effect: A disk that fits a pocket carries people's faces.
    recommendation: Secure the medium, look for other copies, and bar writable ports on field devices.

  - id: CBP-03
    title: Work order used as cover for data
    severity: high
    citations:
      - {text: MA-5 Maintenance Personnel, source: sp800-53}
    inconclusive: >-
      item.hasTicket && auth.maintenanceInForce && auth.undecided && !auth.maintenanceOnly
    violation: >-
      item.hasTicket && ((auth.hasRecord && auth.maintenanceOnly) || (auth.maintenanceInForce && !auth.matched))
    cause_from: 'auth.undecided && !auth.maintenanceOnly ? "undecided" : "maintenance-only"'
    condition: >-
      {items} of {classes} in {entries} ({distinct}) lie under a work order, and the holder has a record that grants
      maintenance only; closest record: {record}.
    effect: Access given for repairs was used to take data.
    recommendation: Compare the work orders with what was copied, and ask who ordered the copy.

  - id: CBP-04
    title: Field faces where the record allows no retention
    severity: critical
    citations:
      - {text: "notice of the vehicle face test: images for the test only, not kept permanently", source: fr-2018}
    when: {classes: ["face.*"]}
    inconclusive: >-
      item.fieldContext
      && (!auth.hasRecord
      || (!(auth.retentionZero && auth.retention == "expired") && (auth.undecided || auth.retention == "not-stated")))
    violation: >-
      auth.hasRecord && item.fieldContext && auth.retentionZero && auth.retention == "expired"
    cause_from: >-
      !auth.hasRecord ? (auth.undecided ? "undecided" : "no-row")
      : auth.retentionZero && auth.retention == "expired" ? "retention-zero"
      : auth.undecided ? "undecided" : "retention-not-stated"
    condition: >-
      {items} of {classes} in {entries} ({distinct}) bear marks of field work; closest record: {record}; retention: {cause}.
    effect: >-
      Where a record allows no retention, every copy kept is one too many; without a record it is not known how long any
      may be kept.
    recommendation: >-
      Find the record and the term under which the pictures were taken. Where none may be kept, stop use, report to the
      agency, return or destroy as it directs, and certify it.

  - id: CBP-05
    title: Kept after the end of the pilot
    severity: high
    citations:
      - {text: SI-12 Information Management and Retention, source: sp800-53}
    violation: auth.hasRecord && auth.purposeEnded && !auth.held && !("category" in auth.failed)
    cause: purpose-ended
    condition: "{items} of {classes} in {entries} ({distinct}) are still held; the purpose of row {record} has ended."
    effect: The reason for having the data is gone, the data is not.
    recommendation: Return or destroy the data and give the agency a certificate.

  - id: CBP-06
    title: Faces where only plates were due
    severity: high
    citations:
      - {text: PT-2 Authority to Process Personally Identifiable Information, source: sp800-53}
    when: {classes: ["face.*"]}
    violation: auth.plateOnlyInForce || (auth.hasRecord && auth.platesOnly)
    cause: plates-only
    condition: >-
      {items} of {classes} in {entries} ({distinct}) are held where the holder's record is about plates only; closest
      record: {record}.
    effect: Occupants are recorded by a system that was bought to read plates.
    recommendation: Remove occupants from the pictures or the pictures from the system; inform the agency.

  - id: CBP-07
    title: Field pictures in decks, documents or mail
    severity: high
    citations:
      - {text: SI-12(3) Information Disposal, source: sp800-53}
    when: {classes: ["face.*", "plate.image"]}
    inconclusive: >-
      item.embeddedIn in ["office", "mail", "pdf"] && !auth.matched && (!item.fieldContext || auth.undecided)
    violation: >-
      item.fieldContext && item.embeddedIn in ["office", "mail", "pdf"] && !auth.matched
    cause_from: 'item.fieldContext ? "in-" + item.embeddedIn : "origin-unknown"'
    condition: "{items} of {classes} in {entries} ({distinct}) are embedded in documents or mail."
    effect: Copies travel with every forwarded deck, and no deletion job finds them.
    recommendation: Ask where the pictures come from, recall the documents, and replace the pictures by synthetic ones.

  - id: CBP-08
    title: Field pictures beside training material or output of a cloud face service
    severity: high
    citations:
      - {text: PT-3 Personally Identifiable Information Processing Purposes, source: sp800-53}
    inconclusive: item.fieldContext && (item.nearTraining || item.nearCloudFace) && auth.undecided
    violation: >-
      item.fieldContext && (item.nearTraining || item.nearCloudFace)
      && !(auth.matched && "training" in auth.purposes)
    cause_from: 'item.nearTraining ? "near-training" : "near-cloud-face"'
    condition: "{items} of {classes} in {entries} ({distinct}) from the field lie beside training material or cloud face output."
    effect: Travellers' data may have been used to improve the holder's own product or handed to a third party.
    recommendation: Secure models and service logs, ask for the purpose, and inform the agency.

  - id: CBP-09
    title: Data of several agencies mixed
    severity: medium
    citations:
      - {text: AC-4 Information Flow Enforcement, source: sp800-53}
    violation: item.agencies > 0 && snapshot.agencies > 1 && !snapshot.agenciesCovered
    cause: agencies-mixed
    group_by: snapshot
    condition: "{items} of {classes} in {entries} ({distinct}) lie in folders of two or more agencies, and no row names them all."
    effect: One breach exposes several customers, and none of them knows of the others.
    recommendation: Separate the customers' data and tell each of them what lay beside theirs.

  - id: CBP-10
    title: Holder not assessed
    severity: medium
    citations:
      - {text: recommendation 3 on routine assessment of third-party equipment, source: oig-20-71}
      - {text: SA-9 External System Services, source: sp800-53}
    violation: auth.state == "active" && auth.assessment != "current"
    cause_from: '"assessment-" + auth.assessment'
    group_by: authorization
    condition: "{items} in {entries} rest on row {record}, whose holder's assessment is {cause}."
    effect: Nobody outside the holder has looked at how the data is kept.
    recommendation: Have the holder's equipment and network assessed and record the date and the interval.

  - id: CBP-11
    title: Keys or passwords beside plaintext biometrics
    severity: medium
    citations:
      - {text: SC-12 Cryptographic Key Establishment and Management, source: sp800-53}
      - {text: SC-28 Protection of Information at Rest, source: sp800-53}
    inconclusive: item.nearSecrets && item.encrypted == "unknown"
    violation: item.nearSecrets && item.encrypted == "no"
    cause_from: 'item.encrypted == "no" ? "secrets-beside-plaintext" : "secrets-beside-unknown"'
    condition: "{items} of {classes} in {entries} ({distinct}) lie beside key or password files."
    effect: Whoever takes the folder also takes the way into other systems.
    recommendation: Rotate the secrets, move them to a vault, and look for their use.

"""####),
    (name: "us-cjis-biometrics", text: ####"""
# Criminal justice biometrics. Numbers of the CJIS Security Policy changed with its editions: the older ones are given as such.
pack: us-cjis-biometrics
version: "1.0.0"
title: Criminal justice biometrics (CJIS)
description: >-
  Criminal justice information includes fingerprints, palms, irises and face recognition data. Use this pack for holders
  of such data. Nothing here is legal advice.
review: counsel-required

sources:
  cjis: CJIS Security Policy
  sp800-53: NIST SP 800-53 Rev. 5

rules:
  - id: CJIS-01
    title: Criminal justice biometrics readable outside a secure location
    severity: critical
    citations:
      - {text: encryption at rest outside a physically secure location, source: cjis, formerly: 5.10.1.2.2, standing: secondary}
      - {text: SC-28(1) Cryptographic Protection, source: sp800-53, standing: primary}
    when: {classes: ["finger.*", "palm.*", "iris.*", "face.*", "biometric.*"]}
    inconclusive: >-
      item.encrypted == "no" ? !has(auth.secureLocation)
      : item.encrypted == "unknown" && !(has(auth.secureLocation) && auth.secureLocation)
    violation: item.encrypted == "no" && !auth.secureLocation
    cause_from: >-
      item.encrypted == "unknown" ? "encryption-unknown" : has(auth.secureLocation) ? "plaintext" : "location-unknown"
    condition: "{items} of {classes} in {entries} ({distinct}); {cause}; closest row: {record}."
    effect: Whoever gets the medium or the file gets criminal justice biometrics.
    recommendation: Encrypt with a FIPS-validated module or AES-256, or bring the data into a secure location.

  - id: CJIS-02
    title: No security addendum
    severity: high
    citations:
      - {text: "agreements: private contractors sign the Security Addendum", source: cjis, standing: secondary}
    violation: auth.state == "active" && !has(auth.securityAddendum)
    cause: no-addendum
    group_by: authorization
    condition: "{items} in {entries} rest on row {record}, which names no signed security addendum."
    effect: The holder has not bound itself to the policy.
    recommendation: Have the addendum signed and named in the row.

  - id: CJIS-03
    title: Medium released without certified sanitization
    severity: high
    citations:
      - {text: media protection, source: cjis, formerly: "5.8", standing: secondary}
      - {text: MP-6 Media Sanitization, source: sp800-53, standing: primary}
    scope: record
    when: {records: [media]}
    violation: >-
      has(record.reason) && record.reason in ["release", "disposal", "reuse"] && !record.hasProof
    cause_from: '"media-" + record.reason'
    condition: "Medium {record} left, and no certificate with a passed verification is about it: {cause}."
    effect: Criminal justice data may have left with the medium.
    recommendation: Find the medium and certify its sanitization, or report its loss.

  - id: CJIS-04
    title: Encryption without record of algorithm and module
    severity: medium
    citations:
      - {text: encryption, source: cjis, formerly: 5.10.1.2, standing: secondary}
      - {text: SC-13 Cryptographic Protection, source: sp800-53, standing: primary}
    violation: >-
      auth.state == "active" && auth.encryptionRequired && (!has(auth.algorithm) || !has(auth.moduleCertificate))
    cause_from: 'has(auth.algorithm) ? "module-not-recorded" : "algorithm-not-recorded"'
    group_by: authorization
    condition: "{items} in {entries} rest on row {record}, which demands encryption: {cause}."
    effect: It cannot be shown that the encryption is of the kind the policy allows.
    recommendation: Record the algorithm and the certificate of the module.

  - id: CJIS-05
    title: Fingerprint file in a place that is not listed
    severity: medium
    citations:
      - {text: "criminal justice information includes fingerprints", source: cjis, standing: secondary}
      - {text: CM-12 Information Location, source: sp800-53, standing: primary}
    when: {classes: ["finger.*", "palm.*", "biometric.record"]}
    violation: auth.state == "active" && "path" in auth.failed
    cause: path
    condition: "{items} of {classes} in {entries} ({distinct}) lie where row {record} lists no place."
    effect: Fingerprints lie where nobody protects them as such.
    recommendation: Move the files to a listed place, sanitize this one, and find out how they came here.

"""####),
    (name: "us-dhs-contractor", text: ####"""
# Duties of contractors of the US Department of Homeland Security who hold sensitive personal data. The clause of 2023
# binds contracts that carry it: rules that rest on it are asked by the date of the row's contract.
pack: us-dhs-contractor
version: "1.0.0"
title: DHS contractors and sensitive personal data
description: >-
  Biometric identifiers are sensitive on their own. A firm's own laptop may lie outside the duty to have an authorization
  to operate, which reaches systems run for the agency: data there without a grant is a matter of AUTH-01. Nothing here is
  legal advice.
review: counsel-required

parameters:
  agencies:
    type: list
    default: [DHS, CBP, TSA, ICE, USCIS, USSS, FEMA, CISA]
    meaning: agencies, as rows name them, whose data this pack is about
  pii_report_clock: {type: duration, default: PT1H, meaning: longest time from discovery of an incident with personal data to its report}
  training_interval: {type: duration, default: P1Y, meaning: longest time between privacy trainings}

sources:
  far: Federal Acquisition Regulation (FAR)
  hsar: Homeland Security Acquisition Regulation (HSAR)
  handbook: DHS Directive 047-01-007 Rev. 3
  privacy-act: 5 USC 552a
  sp800-53: NIST SP 800-53 Rev. 5

rules:
  - id: DHS-01
    title: Sensitive personal data without a grant that carries the HSAR clause
    severity: critical
    citations:
      - {text: 3052.204-72 Safeguarding of Controlled Unclassified Information, source: hsar, standing: primary}
    when: {classes: ["face.*", "finger.*", "palm.*", "iris.*", "vein.*", "voice.*", "dna.*", "identity.*", "biometric.*"]}
    effective: {from: 2023-07-21, by: contract}
    inconclusive: auth.state == "holder-unknown"
    violation: >-
      "signature" in auth.failed ? true
      : auth.state == "active"
      ? auth.agency in params.agencies && !auth.clauses.exists(c, c.contains("3052.204-72"))
      : !auth.hasRecord || auth.agency in params.agencies
    cause_from: >-
      auth.state != "active" ? auth.state : "signature" in auth.failed ? "not-verified" : "no-clause"
    condition: "{items} of {classes} in {entries} ({distinct}); the register's answer: {cause}; closest row: {record}."
    effect: Nothing binds the holder to the protection, reporting and sanitization that the clause demands.
    recommendation: Stop use, tell the contracting officer, and settle under which contract the data came here.

  - id: DHS-02
    title: System run for the agency without a current authorization to operate
    severity: high
    citations:
      - {text: 3052.204-72(h), source: hsar, standing: secondary}
    effective: {from: 2023-07-21, by: contract}
    inconclusive: auth.state == "active" && auth.agency in params.agencies && "system" in auth.unknown
    violation: >-
      auth.state == "active" && auth.agency in params.agencies && has(auth.operatedForAgency) && auth.operatedForAgency
      && auth.ato != "current"
    cause_from: '"system" in auth.unknown ? "system-unknown" : "ato-" + auth.ato'
    group_by: authorization
    condition: "{items} in {entries} lie on a system that row {record} says is run for the agency: {cause}."
    effect: Nobody accountable has accepted the risk of this system.
    recommendation: Take the data off the system until the authorization to operate is granted, and record its id and end.

  - id: DHS-03
    title: Sensitive personal data readable
    severity: high
    citations:
      - {text: sensitive personal data is protected where it is stored, source: handbook, standing: secondary}
    when: {classes: ["face.*", "finger.*", "palm.*", "iris.*", "vein.*", "voice.*", "dna.*", "identity.*", "biometric.*"]}
    inconclusive: auth.state == "active" && auth.agency in params.agencies && item.encrypted == "unknown"
    violation: auth.state == "active" && auth.agency in params.agencies && item.encrypted == "no"
    cause_from: 'item.encrypted == "no" ? "plaintext" : "encryption-unknown"'
    condition: "{items} of {classes} in {entries} ({distinct}) are held for the agency: {cause}."
    effect: Whoever gets the medium or the file gets the biometrics.
    recommendation: Encrypt with a validated module, and report what was already exposed.

  - id: DHS-04
    title: Contract ended and no sanitization certified
    severity: high
    citations:
      - {text: 3052.204-72 Safeguarding of Controlled Unclassified Information, source: hsar, standing: secondary}
    effective: {from: 2023-07-21, by: contract}
    violation: >-
      auth.hasRecord && auth.agency in params.agencies && has(auth.contractEnded) && auth.contractEnded
      && !auth.destructionCertified && !("category" in auth.failed)
    cause: contract-ended
    group_by: authorization
    condition: "{items} in {entries} are still held; the contract of row {record} has ended, and no certificate with a passed verification is about it."
    effect: The agency cannot know that its data is gone.
    recommendation: Return or sanitize the data (NIST SP 800-88) and certify it.

  - id: DHS-05
    title: Incident with personal data reported late
    severity: high
    citations:
      - {text: "3052.204-72, one hour for incidents with personal data", source: hsar, standing: secondary}
    scope: record
    when: {records: [incident]}
    effective: {from: 2023-07-21}
    violation: >-
      (has(record.regime) ? record.regime == "hsar" : !has(record.agency) || record.agency in params.agencies)
      && record.personal && record.discoveredAt >= timestamp("2023-07-21T00:00:00Z")
      && (has(record.reportedAt) ? record.reportedAt : audit.asOf) > record.discoveredAt.plus(params.pii_report_clock)
    cause_from: 'has(record.reportedAt) ? "reported-late" : "not-reported"'
    condition: "Incident {record}: {cause}."
    effect: The agency lost the time in which it could have protected the people concerned.
    recommendation: Report now, and find out why it took so long.

  - id: DHS-06
    title: Subcontractor not named in a flow-down
    severity: medium
    citations:
      - {text: 52.224-2 Privacy Act, source: far, standing: primary}
    violation: auth.state == "active" && auth.agency in params.agencies && auth.holderRole == "sub" && !auth.flowdown
    cause: no-flow-down
    group_by: authorization
    condition: "{items} in {entries} rest on row {record} of a subcontractor that the prime's row names in no flow-down."
    effect: The clause that makes the contractor answer like the agency does not demonstrably reach the holder.
    recommendation: Flow the clause down and record it in the prime's row.

  - id: DHS-07
    title: Records about people without a system of records notice
    severity: medium
    citations:
      - {text: (m) Government contractors, source: privacy-act, standing: primary}
      - {text: "24.101: a photograph, fingerprint or voiceprint tied to an identifier counts as a record", source: far, standing: primary}
    violation: auth.state == "active" && auth.agency in params.agencies && !has(auth.sorn)
    cause: no-sorn
    group_by: authorization
    condition: "{items} in {entries} rest on row {record}, which names no system of records notice."
    effect: It is not shown that the public was told of this system.
    recommendation: Name the notice in the row, or have the privacy office say that none is due.

  - id: DHS-08
    title: Privacy training out of date
    severity: medium
    citations:
      - {text: 52.224-3 Privacy Training, source: far, standing: primary}
    scope: snapshot
    inconclusive: snapshot.items > 0 && !has(records.lastTraining)
    violation: snapshot.items > 0 && records.lastTraining.plus(params.training_interval) < audit.asOf
    cause_from: 'has(records.lastTraining) ? "training-overdue" : "training-not-shown"'
    condition: "{items} are held; privacy training of the holder's staff: {cause}."
    effect: People handle sensitive data whose limits nobody has explained to them of late.
    recommendation: Train the staff that handles the data and record it.

  - id: DHS-09
    title: Medium disposed of or reused without certified sanitization
    severity: medium
    citations:
      - {text: "52.240-93, sanitize media before disposal or reuse", source: far, formerly: 52.204-21, standing: secondary}
    scope: record
    when: {records: [media]}
    violation: has(record.reason) && record.reason in ["disposal", "reuse"] && !record.hasProof
    cause_from: '"media-" + record.reason'
    condition: "Medium {record} left for {cause}, and no certificate with a passed verification is about it."
    effect: The data may have left with the medium.
    recommendation: Find the medium, and certify its sanitization or report its loss.

  - id: DHS-10
    title: No contact for privacy incidents
    severity: low
    citations:
      - {text: 3052.204-72 Safeguarding of Controlled Unclassified Information, source: hsar, standing: secondary}
      - {text: IR-6 Incident Reporting, source: sp800-53, standing: primary}
    effective: {from: 2023-07-21, by: contract}
    violation: auth.state == "active" && auth.agency in params.agencies && !has(auth.incidentContact)
    cause: no-contact
    group_by: authorization
    condition: "{items} in {entries} rest on row {record}, which says nobody to be told of an incident."
    effect: When it matters, the first hour goes by with asking whom to call.
    recommendation: Name the contact in the row.

"""####),
    (name: "us-state-biometrics", text: ####"""
# Biometric statutes of US states. Which law applies is said by the row's jurisdictions, never guessed.
pack: us-state-biometrics
version: "1.0.0"
title: State biometric privacy laws
description: >-
  Illinois, Texas, Washington, Colorado. Illinois and Washington leave photographs out: faces in pictures get a scope note,
  not a violation of these laws. The Illinois limit runs from the last interaction, which no snapshot shows: the age is
  measured from capture. Nothing here is legal advice.
review: counsel-required

parameters:
  il_limit: {type: duration, default: P3Y, meaning: longest keeping under Illinois law after the last interaction}
  tx_limit: {type: duration, default: P1Y, meaning: longest keeping under Texas law after the purpose has ended}
  illinois_applies: {type: flag, default: true, meaning: false where counsel finds that the holder is exempt in Illinois}

sources:
  il: 740 ILCS (Biometric Information Privacy Act)
  tx: Texas Business and Commerce Code
  wa: Revised Code of Washington
  co: Colorado Revised Statutes

rules:
  - id: STB-01
    title: Biometric template kept too long (Illinois)
    severity: high
    citations:
      - {text: 14/15(a), source: il, standing: primary}
    when: {classes: [face.template, finger.template, finger.image, palm.image, iris.image, iris.template, voice.template]}
    inconclusive: >-
      params.illinois_applies && auth.hasRecord && "US-IL" in auth.jurisdictions && !auth.purposeEnded
      && item.captureTime.againstLimit(params.il_limit) in ["clock-unknown", "clock-unreliable", "zone-unknown"]
    violation: >-
      params.illinois_applies && auth.hasRecord && "US-IL" in auth.jurisdictions
      && (auth.purposeEnded || item.captureTime.againstLimit(params.il_limit) == "past")
    cause_from: >-
      auth.purposeEnded ? "purpose-ended"
      : item.captureTime.againstLimit(params.il_limit) == "past" ? "older-than-limit"
      : item.captureTime.againstLimit(params.il_limit)
    condition: >-
      {items} of {classes} in {entries} ({distinct}) under row {record}: {cause}; the age is measured from capture, the law
      counts from the last interaction.
    effect: Identifiers that cannot be changed are kept after their purpose.
    recommendation: Destroy them by the published schedule and certify it.

  - id: STB-02
    title: No public retention policy
    severity: high
    citations:
      - {text: 14/15(a), source: il, standing: primary}
      - {text: 6-1-1314, source: co, standing: secondary}
    when: {classes: [face.template, finger.template, finger.image, palm.image, iris.image, iris.template, voice.template]}
    violation: >-
      auth.state == "active" && !has(auth.retentionPolicy)
      && ((params.illinois_applies && "US-IL" in auth.jurisdictions)
          || ("US-CO" in auth.jurisdictions && audit.asOf >= timestamp("2025-07-01T00:00:00Z")))
    cause: no-retention-policy
    group_by: authorization
    condition: "{items} in {entries} rest on row {record}, which names no public retention policy."
    effect: The people concerned cannot know how long their identifiers are kept.
    recommendation: Publish the policy and name it in the row.

  - id: STB-03
    title: No consent or release
    severity: high
    citations:
      - {text: 14/15(b), source: il, standing: primary}
      - {text: 503.001(b), source: tx, standing: primary}
    when: {classes: [face.template, finger.template, finger.image, palm.image, iris.image, iris.template, voice.template]}
    inconclusive: >-
      auth.hasRecord && ("US-TX" in auth.jurisdictions || (params.illinois_applies && "US-IL" in auth.jurisdictions))
      && !records.given
    violation: >-
      auth.hasRecord && ("US-TX" in auth.jurisdictions || (params.illinois_applies && "US-IL" in auth.jurisdictions))
      && item.consent != "given"
    cause_from: 'records.given ? "consent-" + item.consent : "no-records"'
    condition: "{items} of {classes} in {entries} ({distinct}) under row {record}: {cause}."
    effect: People's identifiers are held without their having been asked.
    recommendation: Supply the releases, or stop use and destroy the identifiers.

  - id: STB-04
    title: Kept more than a year after the purpose ended (Texas)
    severity: high
    citations:
      - {text: 503.001(c)(3), source: tx, standing: primary}
    when: {classes: [face.template, finger.template, finger.image, palm.image, iris.image, iris.template, voice.template]}
    violation: >-
      auth.hasRecord && "US-TX" in auth.jurisdictions && has(auth.purposeEnd)
      && auth.purposeEnd.plus(params.tx_limit) < audit.asOf
    cause: purpose-ended
    condition: "{items} of {classes} in {entries} ({distinct}) are still held; the purpose of row {record} ended long ago."
    effect: Identifiers that cannot be changed are kept without any purpose.
    recommendation: Destroy them and certify it.

  - id: STB-05
    title: Biometrics protected less than their neighbours (Texas)
    severity: medium
    citations:
      - {text: 503.001(c)(2), source: tx, standing: primary}
    when: {classes: [face.template, finger.template, finger.image, palm.image, iris.image, iris.template, voice.template]}
    violation: >-
      auth.hasRecord && "US-TX" in auth.jurisdictions && item.encrypted == "no" && item.besideEncrypted
    cause: weaker-than-neighbours
    condition: "{items} of {classes} in {entries} ({distinct}) are readable beside files that are encrypted."
    effect: The law asks for at least the care that other confidential data gets.
    recommendation: Encrypt the biometrics too.

  - id: STB-06
    title: No retention limit (Washington)
    severity: medium
    citations:
      - {text: 19.375.020, source: wa, standing: secondary}
    when: {classes: [face.template, finger.template, finger.image, palm.image, iris.image, iris.template, voice.template]}
    violation: auth.state == "active" && "US-WA" in auth.jurisdictions && !auth.hasRetentionLimit
    cause: no-retention
    group_by: authorization
    condition: "{items} in {entries} rest on row {record}, which states no retention limit."
    effect: Nothing makes the holder let go of what it no longer needs.
    recommendation: State the limit in the row.

  - id: STB-07
    title: Given to others without a basis (Illinois)
    severity: high
    citations:
      - {text: 14/15(c)-(d), source: il, standing: primary}
    scope: record
    when: {records: [disclosure]}
    inconclusive: >-
      params.illinois_applies && !has(record.basis) && !record.hasRow
      && (record.categories.size() == 0 || record.categories.exists(c, c in [
        "face.template", "finger.template", "finger.image", "palm.image", "iris.image", "iris.template",
        "voice.template"]))
    violation: >-
      params.illinois_applies && !has(record.basis) && "US-IL" in record.jurisdictions
      && (record.categories.size() == 0 || record.categories.exists(c, c in [
        "face.template", "finger.template", "finger.image", "palm.image", "iris.image", "iris.template",
        "voice.template"]))
    cause_from: 'record.hasRow ? "no-basis" : "row-unknown"'
    condition: "Disclosure {record}: {cause}."
    effect: Identifiers went to others without anything that allowed it.
    recommendation: Find the basis, or have the recipient destroy what it got.

  - id: STB-08
    title: Photograph, which the law may not reach
    severity: info
    citations:
      - {text: 14/10, source: il, standing: secondary}
      - {text: 19.375.020, source: wa, standing: secondary}
    when: {classes: [face.image]}
    inconclusive: >-
      auth.hasRecord
      && ((params.illinois_applies && "US-IL" in auth.jurisdictions) || "US-WA" in auth.jurisdictions)
    cause: photograph
    condition: "{items} of {classes} in {entries} ({distinct}) are pictures; a photograph alone may lie outside these laws."
    effect: Whether these laws apply depends on whether faces were measured.
    recommendation: Ask whether templates were drawn from the pictures, and where they are.

"""####),
  ]

  /// Tables that packs name, by file.
  static let tables: [(name: String, text: String)] = [
    (name: "tables/alpr-limits.yaml", text: ####"""
# How long unmatched licence plate reads may be kept, by jurisdiction (ISO 3166-2). Most of these laws bind agencies; a
# vendor inherits them through its contract. Rows whose standing is `secondary` rest on one dated state-by-state account
# and want counsel's check of number and scope. A jurisdiction that has a statute without a number has no `cap`.
table: alpr-limits
version: "2026-09-06"
description: Caps of state law on keeping unmatched licence plate reads; ISO 8601 durations.
sources:
  statute: the statute's text
  account: a state-by-state account dated 2026-09-06
rows:
  # The strictest of all: what is held against data of which nobody said whose law applies.
  strictest: {cap: PT3M, citation: "NH RSA 261:75-b", standing: primary}
  US-NH: {cap: PT3M, citation: "NH RSA 261:75-b", standing: primary, occupants: barred}
  US-ME: {cap: P21D, citation: "29-A MRSA 2117-A", standing: secondary}
  US-VA: {cap: P21D, citation: "Va. Code 2.2-5517", standing: secondary, recipients: listed}
  US-WA: {cap: P21D, citation: "ch. 10.130 RCW (ESSB 6002)", standing: secondary, from: "2026-03-30T00:00:00Z"}
  US-CT: {cap: P21D, citation: "PA 26-14", standing: secondary, from: "2026-10-01T00:00:00Z"}
  US-OR: {cap: P30D, citation: "Or. Laws 2026 ch. 77", standing: secondary, encryption: vendor}
  US-IA: {cap: P30D, citation: "Iowa Code 321P.4", standing: secondary}
  US-MN: {cap: P60D, citation: "Minn. Stat. 13.824", standing: secondary}
  US-TN: {cap: P90D, citation: "TN Code 55-10-302", standing: primary}
  US-NC: {cap: P90D, citation: "N.C.G.S. 20-183.32", standing: secondary}
  US-MT: {cap: P90D, citation: "MCA 46-5-118", standing: secondary}
  US-KY: {cap: P90D, citation: "KRS 189.632", standing: secondary}
  # Government users; private users have P60D.
  US-AR: {cap: P150D, citation: "Ark. Code 12-12-1804", standing: primary}
  US-NE: {cap: P180D, citation: "Neb. Rev. Stat. 60-3204", standing: secondary}
  # A range in the account: its shorter end.
  US-UT: {cap: P9M, citation: "Utah Code 41-6a-2004", standing: secondary}
  US-VT: {cap: P18M, citation: "23 VSA 1607", standing: secondary}
  US-GA: {cap: P30M, citation: "O.C.G.A. 35-1-22", standing: secondary}
  US-NJ: {cap: P3Y, citation: "AG Directive 2022-12", standing: secondary}
  US-AL: {cap: P5Y, citation: "Ala. Admin. Code 265-X-6", standing: secondary}
  # The cap of CHP Veh. 2413 (P60D) binds the Highway Patrol alone.
  US-CA: {citation: "Cal. Civ. Code 1798.90.51 and .55", standing: secondary, recipients: listed}
  US-FL: {citation: "Fla. Stat. 316.0778", standing: secondary}
  US-ID: {citation: "Idaho Code 49-1432", standing: secondary}
  US-IL: {citation: "625 ILCS 5/2-130", standing: secondary}
  US-MD: {citation: "Md. Code PS 3-509", standing: secondary}
  US-NM: {citation: "NM SB 40", standing: secondary}

"""####),
  ]
}
