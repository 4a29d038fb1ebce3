internal import CustodyCore

/// What of a database could not be read, whatever its format.
struct DatabaseTrouble: Sendable {
  /// Pages and definitions that are none, lie outside, or were met twice.
  var pages = 0
  /// Rows and values that make no sense or are longer than what is here.
  var rows = 0
  /// The rows amount to more than a file of this size can hold.
  var isExhausted = false
  var isEmpty: Bool { pages == 0 && rows == 0 && !isExhausted }

  /// What was not read, said whether or not something was found.
  func limits(_ context: DetectionContext) -> [DetectionLimit] {
    var limits: [DetectionLimit] = []
    if isExhausted {
      limits.append(
        DetectionLimit(.expandedBytesLimit, "a database of more rows or tables than its size allows: not all were read")
      )
    }
    // Pages beyond the window are missing without being damaged.
    if !context.windowReachesEnd {
      limits.append(.beginning(of: "a database"))
    } else if pages > 0 || rows > 0 {
      limits.append(
        DetectionLimit(.corrupt, "a damaged database: \(pages) pages and \(rows) rows could not be read"))
    }
    return limits
  }
}
