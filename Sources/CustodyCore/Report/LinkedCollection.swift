/// The pictures of one folder together with the files whose rows, vectors or names are about them.
public struct LinkedCollection: Sendable, Hashable {
  /// Within the report, from 1: those whose pictures something names before those with files only beside them, then the most pictures first.
  public var ordinal: Int
  /// The folder of the pictures, shown only with `--disclose paths`.
  public var path: String?
  /// Entries of the folder that are pictures, whether anything was seen in them or not.
  public var pictures: Int
  /// Inventory lines of the pictures.
  public var leaves: LeafReferences
  /// What was observed in the pictures, by class.
  public var classes: [ClassCount]
  /// Pictures that at least one sidecar names; nil when all of them only lie beside.
  public var named: NameCount?
  /// Pictures that no sidecar names; nil as above.
  public var unnamed: NameCount?
  /// The strongest links first.
  public var sidecars: [Sidecar]
  /// Linked sidecars that are not listed.
  public var moreSidecars: Int

  public init(
    ordinal: Int, path: String? = nil, pictures: Int, leaves: LeafReferences, classes: [ClassCount],
    named: NameCount? = nil, unnamed: NameCount? = nil, sidecars: [Sidecar], moreSidecars: Int = 0
  ) {
    self.ordinal = ordinal
    self.path = path
    self.pictures = pictures
    self.leaves = leaves
    self.classes = classes
    self.named = named
    self.unnamed = unnamed
    self.sidecars = sidecars
    self.moreSidecars = moreSidecars
  }
}

/// One file, or files of one kind in one folder, about pictures.
public struct Sidecar: Sendable, Hashable {
  /// How it is known to belong to the pictures, the surest first.
  public enum Link: String, CaseIterable, Sendable, Hashable {
    /// Its rows name the files.
    case names
    /// Its rows hold keys that are the files' names without extension.
    case keys
    /// It is called like a picture, but for the extension.
    case stem
    /// It lies in the same folder, and neither names anything.
    case beside
  }
  /// Where it lies, seen from the pictures.
  public enum Place: String, CaseIterable, Sendable, Hashable {
    case same, above, below, sibling, elsewhere
  }

  /// Content kind, e.g. `text/csv`.
  public var kind: String
  public var entries: Int
  /// Its inventory lines, as ascending ranges.
  public var leaves: [String]
  /// What it holds, by class: rows count as items.
  public var classes: [ClassCount]
  public var link: Link
  public var place: Place
  /// Values that name pictures, or that are keys; nil for the other links.
  public var values: Int?
  /// Pictures of this collection that it names; nil when it lies beside.
  public var linked: NameCount?
  /// Different names in it whose picture is in none of the folders it is linked to; nil when it lies beside.
  public var absent: NameCount?

  public init(
    kind: String, entries: Int, leaves: [String], classes: [ClassCount], link: Link, place: Place, values: Int? = nil,
    linked: NameCount? = nil, absent: NameCount? = nil
  ) {
    self.kind = kind
    self.entries = entries
    self.leaves = leaves
    self.classes = classes
    self.link = link
    self.place = place
    self.values = values
    self.linked = linked
    self.absent = absent
  }
}

/// What of one data class is in some entries.
public struct ClassCount: Sendable, Hashable {
  public var dataClass: DataClass
  public var entries: Int
  public var items: Int
  public init(dataClass: DataClass, entries: Int, items: Int) {
    self.dataClass = dataClass
    self.entries = entries
    self.items = items
  }
}

/// A number that is exact, or estimated from a sample with bounds that hold 19 times in 20.
public struct NameCount: Sendable, Hashable {
  public var count: Int
  public var atLeast: Int
  public var atMost: Int
  public var isExact: Bool { atLeast == atMost }

  public init(exactly count: Int) { (self.count, atLeast, atMost) = (count, count, count) }
  /// The count is brought between the bounds.
  public init(about count: Int, atLeast: Int, atMost: Int) {
    self.atLeast = min(atLeast, atMost)
    self.atMost = max(atLeast, atMost)
    self.count = min(max(count, self.atLeast), self.atMost)
  }
}
