public import CustodyCore
internal import Policies

/// Which entries a list holds.
public struct NotifySelection: Sendable {
  /// Empty: every class.
  public var classes: Set<DataClass>
  /// Nil: every leaf.
  public var leaves: LeafChoice?

  public init(classes: [DataClass] = [], leaves: LeafChoice? = nil) {
    self.classes = Set(classes)
    self.leaves = leaves
  }

  /// What the list says of an entry; nil when the entry is not on it.
  ///
  /// An entry is listed for its data classes, and of those only the chosen ones are told. Without chosen classes an entry
  /// that was named by its leaf is listed also when nothing was observed in it: an encrypted archive holds what it holds.
  func row(of examination: Examination) -> [ObservedClass]? {
    if let leaves, !leaves.contains(examination.index) { return nil }
    if examination.observations.isEmpty { return leaves != nil && classes.isEmpty ? [] : nil }
    let observed = ObservedClass.read(examination)
    let chosen = classes.isEmpty ? observed : observed.filter { classes.contains($0.dataClass) }
    return chosen.isEmpty ? nil : chosen
  }
}
