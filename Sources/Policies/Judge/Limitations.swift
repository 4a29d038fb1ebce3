import CustodyCore

/// What a reader must know before relying on the answer.
enum Limitations {
  /// - Parameters:
  ///   - linked: pictures with the files that are about them.
  ///   - hasScanRecord: the inputs that the inventory was made from are known.
  ///   - rolledUp: rules whose findings were gathered under parent folders.
  ///   - indicated: entries under findings that rest on words in paths.
  ///   - uncompared: classes whose pictures are too many to be compared with each other.
  static func list(
    judge: Judge, linked: CollectionLinker.Result = CollectionLinker.Result(), hasScanRecord: Bool, rolledUp: [String],
    indicated: Int, uncompared: [DataClass],
    waivers: [WaiverUse] = []
  ) -> [Limitation] {
    var list: [Limitation] = []
    if !uncompared.isEmpty {
      list.append(
        Limitation(
          code: "near-duplicates-not-counted",
          text: "Pictures that look alike were not counted, because there are too many to compare: "
            + uncompared.map(\.rawValue).joined(separator: ", ") + ".", entries: 0))
    }
    if !hasScanRecord {
      list.append(
        Limitation(
          code: "no-scan-record",
          text: "The inventory came without its scan record: which snapshot it was made from, and whether lines are"
            + " missing at its end, is not known.", entries: 0))
    }
    if indicated > 0 {
      list.append(
        Limitation(
          code: "indications",
          text: "Layouts and words in paths are indications, not facts: findings that ask for the kind of storage, the"
            + " layout of an export, a work order, a site, an agency or neighbouring files rest on them.",
          entries: indicated))
    }
    list += ofCollections(linked)
    list += ofWaivers(waivers)
    list += ofRegister(judge)
    list += ofPolicies(judge, rolledUp)
    list += ofCoverage(judge)
    if let video = judge.exposure[.videoUnexamined] {
      let entries = video.entriesByStrength.values.reduce(0, +)
      if !list.contains(where: { $0.code == Reason.videoNotExamined.rawValue }) {
        list.append(Limitation(code: Reason.videoNotExamined.rawValue, text: videoText, entries: entries))
      }
    }
    return list.sorted { ($0.code, $0.text) < ($1.code, $1.text) }
  }

  private static func ofCollections(_ linked: CollectionLinker.Result) -> [Limitation] {
    var list: [Limitation] = []
    func add(_ code: String, _ text: String) { list.append(Limitation(code: code, text: text, entries: 0)) }
    let more = linked.total - linked.collections.count
    if more > 0 {
      add(
        "collections-not-listed",
        "Folders of pictures with files about them: the \(linked.collections.count) whose pictures are named and most are listed, and"
          + " \(more) more are not.")
    }
    if linked.omittedSides > 0 {
      add(
        "sidecars-not-linked",
        "Files that name pictures: those with the most names were linked, and \(linked.omittedSides) more were not.")
    }
    if linked.isEstimated {
      add(
        "collections-estimated",
        "Files that name more pictures than a sample holds: numbers about them are estimates with bounds, and folders of few"
          + " pictures that they name can be missing.")
    }
    if linked.isCut {
      add(
        "shared-names",
        "Names of pictures that stand in more than \(NameIndex.widest) files were followed into that many of them.")
    }
    return list
  }

  private static func ofWaivers(_ uses: [WaiverUse]) -> [Limitation] {
    var list: [Limitation] = []
    func add(_ code: String, _ text: String, _ uses: [WaiverUse]) {
      guard !uses.isEmpty else { return }
      list.append(
        Limitation(
          code: code,
          text: text + " " + uses.prefix(20).map(\.id).joined(separator: ", ")
            + (uses.count > 20 ? " and \(uses.count - 20) more" : "") + ".",
          entries: uses.reduce(0) { $0 + $1.entries }))
    }
    add(
      "waivers-applied", "Findings for which somebody answers are shown as waived and do not fail the audit:",
      uses.filter { $0.state == .applied })
    add("waivers-expired", "Waivers whose day has passed waive nothing:", uses.filter { $0.state == .expired })
    add(
      "waivers-unmatched", "Waivers that name nothing that was found:", uses.filter { $0.state == .unmatched })
    return list
  }

  private static func ofRegister(_ judge: Judge) -> [Limitation] {
    let context = judge.context
    guard let register = context.policies.register else {
      return [
        Limitation(
          code: "no-register",
          text:
            "No register of authorizations was given: nothing is authorized, and every item counts as held without.",
          entries: 0)
      ]
    }
    var list: [Limitation] = []
    func add(_ code: String, _ text: String) { list.append(Limitation(code: code, text: text, entries: 0)) }
    if context.matcher.holderIsAssumed {
      add(
        "holder-assumed",
        "The holder was not named: the register names only one, and its rows were taken to be about the one audited.")
    } else if context.matcher.holder != nil, context.matcher.holderRows.isEmpty, !context.matcher.rows.isEmpty {
      add(
        "holder-without-rows",
        "The register has no row for the holder that was named, and has rows for others: is the name spelled as there?")
    } else if context.matcher.holder == nil, !context.matcher.rows.isEmpty {
      add("holder-unknown", "No holder was named: nothing could be decided about authorization; give --holder.")
    }
    if context.engagement.system == nil, context.matcher.rows.contains(where: { !$0.systems.isEmpty }) {
      add("system-unknown", "The system was not named: rows that are restricted to systems could not be decided.")
    }
    for line in RegisterCheck.limitations(register, counted: context.matcher.verifications) {
      add(line.code, line.text)
    }
    if context.rowFacts.contains(where: { $0.row.encryption?.required ?? false }) {
      add(
        "storage-encryption-not-visible",
        "Encryption below the file system cannot be seen in a snapshot: what was readable in it counts as plaintext.")
    }
    return list
  }

  private static func ofPolicies(_ judge: Judge, _ rolledUp: [String]) -> [Limitation] {
    let context = judge.context
    var list: [Limitation] = []
    let unreviewed = context.policies.packs.filter { $0.review == .counselRequired }.map(\.name).sorted()
    if !unreviewed.isEmpty {
      list.append(
        Limitation(
          code: "counsel-required",
          text: "Counsel has not reviewed these packs, and nothing in them is legal advice: "
            + unreviewed.joined(separator: ", ") + ".", entries: 0))
    }
    if context.policies.packs.isEmpty {
      list.append(
        Limitation(code: "no-policies", text: "No policy pack was given: nothing was judged.", entries: 0))
    }
    list += ofAdjustments(context.policies.packs)
    if !context.skippedRules.isEmpty {
      list.append(
        Limitation(
          code: "rules-not-in-effect",
          text: "Not in effect at the as-of time and not applied: "
            + context.skippedRules.sorted().joined(separator: ", ")
            + ".", entries: 0))
    }
    if !rolledUp.isEmpty {
      list.append(
        Limitation(
          code: "folders-gathered",
          text: "More than \(judge.folderLimit) folders each: findings of these rules are gathered by parent"
            + " folder: " + rolledUp.sorted().joined(separator: ", ") + ".", entries: 0))
    }
    return list
  }

  /// A rule that a pack made milder, or took out, must not vanish from the report with its severity.
  private static func ofAdjustments(_ packs: [Pack]) -> [Limitation] {
    let changes = packs.flatMap { pack in
      pack.adjustments.map { change in
        let what =
          change.isEnabled ? change.severity.map { "severity " + $0.rawValue } ?? "unchanged" : "left out"
        return "\(change.rule) (\(pack.name)): \(what), because \(Printable.escape(change.reason, limit: 200))"
      }
    }
    guard !changes.isEmpty else { return [] }
    let rest = changes.count > adjustmentLimit ? "; and \(changes.count - adjustmentLimit) more" : ""
    return [
      Limitation(
        code: "rules-adjusted",
        text: "Packs change rules that they take over: " + changes.prefix(adjustmentLimit).joined(separator: "; ")
          + rest
          + ".", entries: 0)
    ]
  }

  private static let adjustmentLimit = 50

  private static let videoText = "Video was recognized and its frames were not looked at."

  private static let texts: [Reason: String] = [
    .pixelsNotExamined: "Pictures whose pixels were not looked at: faces, plates and documents in them are not known.",
    .videoNotExamined: videoText,
    .videoSampled: "Videos of which single pictures were looked at: what only other frames show is not known.",
    .rawPreviewOnly: "Camera raw files of which the preview was looked at.",
    .childLimit: "Pictures that hold more pictures than are examined.",
    .detectorError: "Pictures on which a detector gave up: what they show is not known.",
    .workerCrashed: "Pictures that ended the image worker twice: what they show is not known.",
    .workerProtocol: "Pictures to which the image worker gave no valid answer: what they show is not known.",
    .workerUnavailable: "Pictures for which no image worker could be started: what they show is not known.",
    .quarantined:
      "Entries and containers that ended the process that read them: they were left out, or read up to that place, and "
      + "what they hold beyond it is not known. Reading went on behind them.",
    .crashLimit:
      "Entries and containers that were listed and hashed only, because too much before them ended the process that "
      + "reads the snapshot: what they hold is not known.",
    .examinerCrashed:
      "The rest of the snapshot was not seen: the process that read it died for good, and what was to come after the "
      + "lines of the inventory is not known.",
    .pictureSizeLimit: "Pictures or videos whose file is larger than the limit: what they show is not known.",
    .pixelLimit: "Pictures with more pixels than the limit: what they show is not known.",
    .memoryLimit: "Pictures that need more memory than the limit: what they show is not known.",
    .frameLimit: "Pictures or videos with more frames than are looked at in one file.",
    .scanLimit: "Progressive pictures with more scans than the limit.",
    .derivedLimit: "Entries with encoded content that is larger, more or deeper than is decoded.",
    .audioNotExamined: "Sound was recognized and not listened to: voices in it are not known.",
    .contentNotDecoded: "Contents that were not decoded in full: what was not decoded was only scanned as raw bytes.",
    .appendedDataNotOpened: "An archive at the end of other content was noticed and not opened, or not read whole.",
    .directoryMismatch: "Containers whose directory and members differ.",
    .encrypted: "Encrypted contents: what they hold is not known.",
    .possiblyEncrypted:
      "Contents of no known form and without structure, as encryption without a header leaves them: what they hold is "
      + "not known.",
    .unsupportedFormat: "Recognized formats that cannot be opened: what they hold is not known.",
    .unsupportedMethod: "Compression or packing methods that cannot be opened: what they hold is not known.",
    .corrupt: "Damaged contents that could not be read to the end.",
    .truncated: "Contents that end too early.",
    .unreadable: "Entries that the system did not let us read.",
    .changedWhileReading: "Entries that changed while they were read.",
    .timeout: "Entries whose examination took too long.",
  ]

  private static func ofCoverage(_ judge: Judge) -> [Limitation] {
    var entries: [String: (text: String, count: Int)] = [:]
    for (key, count) in judge.coverage where key.disposition != .examined {
      let code = key.reason?.rawValue ?? key.disposition.rawValue
      let text = key.reason.flatMap { texts[$0] } ?? general(key.disposition)
      entries[code, default: (text, 0)].count += count.entries
    }
    return entries.map { Limitation(code: $0.key, text: $0.value.text, entries: $0.value.count) }
  }

  private static func general(_ disposition: Disposition) -> String {
    switch disposition {
    case .examined: "Examined in full."
    case .partial: "Contents that were not interpreted in full."
    case .opaque: "Contents that could not be opened: what they hold is not known."
    case .failed: "Entries whose examination failed."
    case .limited: "Entries at which a limit was reached before the end."
    }
  }
}
