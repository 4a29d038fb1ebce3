internal import CustodyCore

/// Sentences that several views share.
enum Wording {
  /// `184 entries, 190 items, 120 distinct contents, 12.3 MiB`
  static func counts(_ counts: FindingCounts) -> String {
    [
      Quantity.entries(counts.entries), Quantity.of(counts.items, "item", "items"),
      Quantity.of(counts.distinct, "distinct content", "distinct contents"), Quantity.bytes(counts.bytes),
    ].joined(separator: ", ")
  }

  /// `3 entries (12.0 MiB) opaque: encrypted, and no key was supplied`
  static func gap(_ line: Coverage.Line) -> String {
    Quantity.entries(line.entries) + " (" + Quantity.bytes(line.bytes) + ") " + line.disposition.rawValue
      + (line.reason.map { ": " + explanation($0) } ?? "")
  }

  /// What a reason means to someone who does not know the codes; the code itself when it is a new one.
  static func explanation(_ reason: Reason) -> String { explanations[reason] ?? reason.rawValue }

  private static let explanations: [Reason: String] = [
    .pixelsNotExamined: "pictures nobody has looked into; headers and metadata were read",
    .videoNotExamined: "video nobody has looked into; its frames may show faces or plates",
    .videoSampled: "video of which single pictures were looked at; the rest was not",
    .rawPreviewOnly: "camera raw files of which the preview was looked at",
    .childLimit: "pictures that hold more pictures than are examined",
    .detectorError: "pictures on which a detector gave up",
    .workerCrashed: "pictures that ended the image worker twice",
    .workerProtocol: "pictures to which the image worker gave no valid answer",
    .workerUnavailable: "pictures for which no image worker could be started",
    .quarantined: "ended the process that read them: left out, or read up to that place; what is behind them was read",
    .crashLimit: "listed and hashed only: too much before them ended the process that reads the snapshot",
    .examinerCrashed: "the rest of the snapshot was not seen: the process that read it died for good",
    .pictureSizeLimit: "pictures or videos whose file is larger than the limit",
    .pixelLimit: "pictures with more pixels than the limit",
    .memoryLimit: "pictures that need more memory than the limit",
    .frameLimit: "pictures or videos with more frames than are looked at in one file",
    .scanLimit: "progressive pictures with more scans than the limit",
    .audioNotExamined: "audio nobody has listened to",
    .contentNotDecoded: "documents, databases or disk images not decoded in full; the rest was scanned as raw bytes",
    .appendedDataNotOpened: "an archive at the end of another file was not opened, or not read whole",
    .directoryMismatch: "the directory of the archive and its members disagree",
    .encrypted: "encrypted: what is inside is unknown",
    .possiblyEncrypted: "of no known form and without structure: perhaps encrypted, what is inside is unknown",
    .unsupportedFormat: "a recognized format that cannot be opened",
    .unsupportedMethod: "a compression or encryption method that cannot be undone",
    .corrupt: "damaged: what could be read was examined",
    .truncated: "cut short: the rest is missing from the snapshot",
    .unreadable: "could not be read from storage",
    .changedWhileReading: "changed while it was read",
    .timeout: "the attempt took too long and was ended",
    .depthLimit: "nested more deeply than the limit",
    .entriesLimit: "beyond the limit on the number of entries",
    .expandedBytesLimit: "beyond the limit on expanded bytes",
    .ratioLimit: "expands more than the limit allows",
    .entrySizeLimit: "larger than the limit on one entry",
    .timeLimit: "beyond the time limit of one entry",
    .spoolLimit: "beyond the limit on temporary storage",
    .pathLengthLimit: "a path longer than the limit",
    .recordWindowLimit: "records larger than the window in which they are validated",
  ]

  /// `2 critical, 1 high`, most severe first, without the absent ones.
  static func severities(_ findings: [Finding]) -> String {
    Severity.allCases.reversed().compactMap { severity in
      let n = findings.count { $0.severity == severity }
      return n == 0 ? nil : Quantity.count(n) + " " + severity.rawValue
    }.joined(separator: ", ")
  }
}
