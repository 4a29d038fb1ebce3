/// A worker as the pool sees it: a stream socket to it, and a way to end it.
///
/// Whoever makes one decides what a worker is: a process started here (`VisionWorkerProcess`), or one that another
/// process started and passed on.
public struct VisionConnection: Sendable {
  /// The pool's end of the socket; the pool closes it.
  public let descriptor: Int32
  /// Ends the worker at once. May be called when it has ended already, never after `reap`.
  public let kill: @Sendable () -> Void
  /// Waits until the worker is gone and forgets it. Called once, after `kill`.
  public let reap: @Sendable () -> Void

  public init(descriptor: Int32, kill: @escaping @Sendable () -> Void, reap: @escaping @Sendable () -> Void) {
    self.descriptor = descriptor
    self.kill = kill
    self.reap = reap
  }
}
