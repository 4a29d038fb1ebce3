/// A file taken apart for laying it out anew: blocks with the comments that belong to them; values are text.
struct Layout {
  /// A blank line, or the text of a comment.
  enum Trivia: Equatable {
    case blank
    case comment(String)
  }

  indirect enum Block {
    case mapping(Mapping)
    case sequence(Sequence)
  }

  /// What follows the line of a key or a dash.
  enum Content {
    case none
    case lines(Continuation)
    case block(Block)
  }

  struct Mapping {
    /// Comments about the mapping as a whole: those at its head, set off by a blank line.
    var header: [Trivia] = []
    var entries: [Entry] = []
    /// Comments behind the last entry.
    var tail: [Trivia] = []
  }

  struct Entry {
    var leading: [Trivia]
    var key: String
    /// The line of the key with what stands on it, a comment included.
    var text: String
    var content: Content
  }

  struct Sequence {
    var items: [Item] = []
    var tail: [Trivia] = []
  }

  struct Item {
    var leading: [Trivia]
    /// What follows the dash on its line; empty when that is the first line of a block.
    var text: String
    var content: Content
  }

  /// The further lines of a value.
  struct Continuation {
    enum Place {
      /// The line furthest to the left goes one step in from the key or dash.
      case oneStep
      /// The lines keep their distance from the key or dash, which stood in this column, counted from 0.
      case shifted(from: Int)
    }
    /// Spaces before the text, and the text; an empty text is an empty line.
    var lines: [(indent: Int, text: String)]
    var place: Place
    /// Empty lines behind it are part of the value: block text with `+` (YAML 1.2.2 section 8.1.1.2).
    var keepsBlanks = false
  }

  /// Lines before the root: directives and `---`, with the comments between them.
  var preamble: [String] = []
  var root: Block
  /// Lines behind the root: `...` and what follows.
  var end: [String] = []
}
