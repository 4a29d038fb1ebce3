internal import CustodyCore
internal import Detection
internal import VisionProtocol

extension EntryFacts {
  /// Adds what was seen by decoding the entry.
  ///
  /// The verdict settles what the bytes alone had to leave open. What a detector of bytes complained of (a limit, say)
  /// stays the entry's disposition.
  mutating func see(_ verdict: VisionVerdict, size: UInt64) {
    let isOpen = reason == .pixelsNotExamined || reason == .videoNotExamined || disposition == .examined
    if isOpen {
      if verdict.reason == .unsupportedFormat {
        notes.append("no decoder for this format: pixels were not looked at")
      } else {
        disposition = verdict.disposition
        reason = verdict.reason
      }
    }
    notes += verdict.notes
    if verdict.attributes["width"] != nil {
      // Somebody has looked into it by now.
      observations.removeAll { $0.dataClass == .videoUnexamined }
    }
    for observation in verdict.observations {
      var observation = observation
      if observation.place == nil { observation.place = Place(offset: 0, length: size) }
      observation.attributes["inPicture"] = true
      observations.append(observation)
    }
    // What the bytes said first stays: it was checked by code that holds nothing of the worker's.
    for (key, value) in verdict.attributes.entries where attributes[key] == nil { attributes[key] = value }
    if let hash = verdict.hash {
      attributes["pdq"] = .string(hash.bits.description)
      attributes["pdqQuality"] = .int(Int64(hash.quality))
    }
  }

  /// Says why nobody looked.
  mutating func overlook(_ trouble: SightTrouble) {
    guard reason == .pixelsNotExamined || reason == .videoNotExamined else { return }
    disposition = .limited
    switch trouble {
    case .tooLarge: reason = .pictureSizeLimit
    case .noSpool: reason = .spoolLimit
    }
  }
}
