/// What kind of storage an entry's path says it lies on.
public enum MediaClass: String, CaseIterable, Sendable, Hashable {
  case removable
  case fieldDevice = "field-device"
  case workstation, share, backup
  case cloudCache = "cloud-cache"
  case unknown
}

/// What an entry is embedded in, beyond archives: a copy in a deck or a mail is a copy.
public enum Embedding: String, CaseIterable, Sendable, Hashable {
  case none, office, mail, pdf, database
}
