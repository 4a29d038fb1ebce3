// Made by scripts/embed-policies from policies/*.yaml. Do not edit.
// swift-format-ignore-file

/// The packs that ship with the program, by name.
enum ShippedPacks {
  static let all: [(name: String, text: String)] = [
    (name: "core-authorization", text: ####"""
# Was the holder ever authorized to hold this? Rules that hold for every contractor, whatever the agency.
pack: core-authorization
version: "1.0.0"
title: Authorization of biometric and plate data
review: counsel-required
description: >-
  Every biometric or plate item must be covered by a row of the register in force: holder, data class, system and path
  listed, kept no longer and in no other form than the row says. Nothing here is legal advice.

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
    evidence: record
    inconclusive: item.destruction == "unproven"
    violation: item.destruction == "certified"
    cause_from: 'item.destruction == "certified" ? "certified-destroyed" : "certificate-unproven"'
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
    (name: "us-cbp-field-maintenance", text: ####"""
# Data of field devices that left them under cover of maintenance. Only part of these rules replays DHS OIG report
# OIG-20-71: see the description.
pack: us-cbp-field-maintenance
version: "1.0.0"
title: Field device data and maintenance (US border agency)
review: counsel-required
description: >-
  Looks for the marks of the 2018-2019 incident. Only part of the rules replays DHS OIG report OIG-20-71: copies away from
  the field device and on removable media, work orders as cover, a holder nobody assessed (CBP-01, 02, 03, 10), in part as
  the press retold the report. CBP-04 and CBP-05 follow what was published about the pilot (83 FR 56862): pictures not
  kept, and an end. Faces where plates were due, decks and mail, training material and cloud face services, several
  agencies together, secrets beside the data (CBP-06, 07, 08, 09, 11) come from press reports or are this pack's own
  design, and are not presented as findings of the report. Citations of NIST SP 800-53 name the control that a rule
  checks, not a finding of that time. Layouts and words in paths are indications, so rules ask the register before they
  speak. Nothing here is legal advice.

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
      && (item.mediaClass == "unknown" ? !auth.matched : item.mediaClass != "field-device" && auth.undecided)
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
      item.fieldContext && auth.hasRecord && auth.retentionZero && auth.retention == "expired"
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
    violation: auth.hasRecord && auth.purposeEnded && !auth.held
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
      item.embeddedIn in ["office", "mail", "pdf"] && !auth.matched && item.fieldContext
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
    group_by: snapshot
    violation: item.agencies > 0 && snapshot.agencies > 1 && !snapshot.agenciesCovered
    cause: agencies-mixed
    condition: "{items} of {classes} in {entries} ({distinct}) lie in folders of two or more agencies, and no row names them all."
    effect: One breach exposes several customers, and none of them knows of the others.
    recommendation: Separate the customers' data and tell each of them what lay beside theirs.

  - id: CBP-10
    title: Holder not assessed
    severity: medium
    citations:
      - {text: recommendation 3 on routine assessment of third-party equipment, source: oig-20-71}
      - {text: SA-9 External System Services, source: sp800-53}
    group_by: authorization
    violation: auth.state == "active" && auth.assessment != "current"
    cause_from: '"assessment-" + auth.assessment'
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
  ]
}
