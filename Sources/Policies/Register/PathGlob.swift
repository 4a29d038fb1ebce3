/// A pattern over locators: `*` and `?` stay inside one path component, `**` crosses `/` and `!/`.
///
/// It is tried against the whole locator (`night.tar!/lane3/0001.jpg`) and against the part inside the snapshot
/// (`lane3/0001.jpg`). Patterns are bytes, as paths are; matching is exact in case.
public struct PathGlob: Sendable, Hashable, CustomStringConvertible {
  private enum Token: Sendable, Hashable {
    case byte(UInt8)
    case anyByte
    case anyInComponent
    case anything
  }

  public let description: String
  private let tokens: [Token]
  /// True when the answer depends on the folder alone: the pattern ends with `/**`, or is `**`.
  let dependsOnFolderOnly: Bool

  /// Patterns longer than this many bytes are refused.
  public static let lengthLimit = 4096

  /// Turns back after which a path counts as not covered: a hostile name of many thousand bytes must not cost seconds,
  /// and "not covered" is the answer that authorizes nothing.
  static let stepLimit = 100_000

  /// Nil when the pattern is empty or longer than `lengthLimit`.
  public init?(_ pattern: String) {
    let bytes = Array(pattern.utf8)
    guard !bytes.isEmpty, bytes.count <= Self.lengthLimit else { return nil }
    var tokens: [Token] = []
    var i = 0
    while i < bytes.count {
      switch bytes[i] {
      case 0x2A:
        var stars = 0
        while i < bytes.count, bytes[i] == 0x2A {
          stars += 1
          i += 1
        }
        tokens.append(stars > 1 ? .anything : .anyInComponent)
        continue
      case 0x3F: tokens.append(.anyByte)
      default: tokens.append(.byte(bytes[i]))
      }
      i += 1
    }
    description = pattern
    self.tokens = tokens
    dependsOnFolderOnly =
      tokens.last == .anything && (tokens.count == 1 || tokens[tokens.count - 2] == .byte(0x2F))
  }

  /// Whether the pattern covers the whole of `text`.
  func matches(_ text: ArraySlice<UInt8>) -> Bool {
    // Two levels of backtracking are enough: a later `**` makes every earlier star final, and a later `*` makes an
    // earlier `*` final as long as both stand after the same `**`.
    var t = 0
    var i = text.startIndex
    var star: (token: Int, at: Int)?
    var deep: (token: Int, at: Int)?
    var steps = 0
    while true {
      if t < tokens.count {
        switch tokens[t] {
        case .anything:
          deep = (t, i)
          star = nil
          t += 1
          continue
        case .anyInComponent:
          star = (t, i)
          t += 1
          continue
        case .byte(let b):
          if i < text.endIndex, text[i] == b {
            t += 1
            i += 1
            continue
          }
        case .anyByte:
          if i < text.endIndex, text[i] != 0x2F {
            t += 1
            i += 1
            continue
          }
        }
      } else if i == text.endIndex {
        return true
      }
      steps += 1
      guard steps <= Self.stepLimit else { return false }
      if let s = star, s.at < text.endIndex, text[s.at] != 0x2F {
        star = (s.token, s.at + 1)
        t = s.token + 1
        i = s.at + 1
      } else if let d = deep, d.at < text.endIndex {
        deep = (d.token, d.at + 1)
        star = nil
        t = d.token + 1
        i = d.at + 1
      } else {
        return false
      }
    }
  }

  /// Whether the pattern covers a locator, as a whole or without its first component (the snapshot's own name).
  func matches(locator: [UInt8], innerStart: Int) -> Bool {
    matches(locator[...]) || (innerStart > 0 && matches(locator[innerStart...]))
  }
}
