internal import CScan
import Synchronization

/// What detectors cost while entries are examined: off unless asked for, because looking at the clock costs too.
public enum DetectorCosts {
  /// The search for places at which detectors are asked.
  public static let search = "search"

  private static let isOn = Atomic<Bool>(false)
  private static let all = Mutex<[String: Cost]>([:])

  public struct Cost: Sendable, Hashable {
    public var nanoseconds: UInt64 = 0
    public var calls: UInt64 = 0
    public init(nanoseconds: UInt64 = 0, calls: UInt64 = 0) {
      self.nanoseconds = nanoseconds
      self.calls = calls
    }
  }

  /// Begins to measure, for the rest of the process.
  public static func start() { isOn.store(true, ordering: .relaxed) }

  /// What was measured so far, by detector; empty when nothing is measured.
  public static var measured: [String: Cost] { all.withLock { $0 } }

  /// A moment to give to `note`; 0 when nothing is measured.
  @inline(__always)
  static func now() -> UInt64 { isOn.load(ordering: .relaxed) ? cscan_nanoseconds() : 0 }

  @inline(__always)
  static func note(_ name: @autoclosure () -> String, since started: UInt64) {
    guard started > 0 else { return }
    let elapsed = cscan_nanoseconds() &- started
    let name = name()
    all.withLock {
      $0[name, default: Cost()].nanoseconds &+= elapsed
      $0[name, default: Cost()].calls &+= 1
    }
  }
}
