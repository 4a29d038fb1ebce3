import CustodyCore
import Yams

/// Reads one YAML document from untrusted bytes into `YAMLNode`s.
///
/// Registers come from the party under audit, so the document is bounded before and while it is read: size, nesting,
/// number of nodes, and no anchors or aliases at all (a few lines of aliases can stand for billions of nodes).
enum YAMLDocument {
  static let sizeLimit = 16 << 20
  static let depthLimit = 32
  static let nodeLimit = 2_000_000
  /// Aliases tolerated until the composed document is looked at; so few cannot multiply into much.
  static let aliasLimit = 12

  /// The root node, or nil after a complaint.
  static func parse(_ bytes: [UInt8], into page: YAMLPage) -> YAMLNode? {
    guard bytes.count <= sizeLimit else {
      page.complain("yaml.too-large", "the file is larger than 16 MiB", at: nil, hint: "split it into several files")
      return nil
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      page.complain("yaml.not-utf8", "the file is not UTF-8 text", at: nil)
      return nil
    }
    if let mark = excessiveAliases(bytes) {
      complainOfAliases(at: mark, page)
      return nil
    }
    if let mark = excessiveNesting(bytes) {
      page.complain("yaml.too-deep", "more than \(depthLimit) levels of nesting", at: mark)
      return nil
    }
    do {
      // The parser owns the anchors; nodes refer to them weakly, so it must outlive the walk.
      let parser = try Parser(yaml: text, resolver: Resolver.basic, constructor: Constructor.default, encoding: .utf8)
      guard let root = try parser.singleRoot() else {
        page.complain("yaml.empty", "the file is empty", at: nil)
        return nil
      }
      var walk = Walk(page: page)
      let node = walk.convert(root, depth: 0, fallback: YAMLMark(line: 1, column: 1))
      return withExtendedLifetime(parser) { walk.refused ? nil : node }
    } catch let error as YamlError {
      complain(of: error, page)
    } catch {
      page.complain("yaml.syntax", "the file cannot be read as YAML", at: nil)
    }
    return nil
  }

  private static func complainOfAliases(at mark: YAMLMark, _ page: YAMLPage) {
    page.complain(
      "yaml.alias", "anchors and aliases are not accepted", at: mark,
      hint: "write the value out, and quote text that begins with & or *")
  }

  private static func complain(of error: YamlError, _ page: YAMLPage) {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      page.complain(
        problem.hasPrefix("Maximum nesting") ? "yaml.too-deep" : "yaml.syntax", "YAML: " + problem,
        at: YAMLMark(line: mark.line, column: mark.column))
    case .reader(_, let offset, _, _):
      page.complain("yaml.syntax", "YAML: control characters are not allowed", at: offset.map(page.mark(atByte:)))
    case .duplicatedKeysInMapping(let keys, let context):
      let names = keys.map { "`" + Printable.escape($0, limit: 60) + "`" }.joined(separator: ", ")
      page.complain(
        "yaml.duplicate-key", "key \(names) is given twice",
        at: YAMLMark(line: context.mark.line, column: context.mark.column))
    default:
      page.complain("yaml.syntax", "the file cannot be read as YAML", at: nil)
    }
  }

  /// Where the first alias stands when there are more than a harmless few; looks at places where a node may begin.
  static func excessiveAliases(_ bytes: [UInt8]) -> YAMLMark? {
    var first: YAMLMark?
    var count = 0
    var line = 1
    var lineStart = 0
    for i in bytes.indices {
      let byte = bytes[i]
      if byte == 0x0A {
        line += 1
        lineStart = i + 1
      }
      guard byte == 0x2A, i + 1 < bytes.count, isAnchorByte(bytes[i + 1]) else { continue }
      var before = i - 1
      while before >= lineStart, bytes[before] == 0x20 || bytes[before] == 0x09 { before -= 1 }
      guard before < lineStart || [0x2D, 0x3A, 0x3F, 0x5B, 0x7B, 0x2C].contains(bytes[before]) else { continue }
      if first == nil { first = YAMLMark(line: line, column: i - lineStart + 1) }
      count += 1
      if count > aliasLimit { return first }
    }
    return nil
  }

  private static func isAnchorByte(_ b: UInt8) -> Bool {
    (0x30...0x39).contains(b) || (0x41...0x5A).contains(b & 0xDF) || b == 0x2D || b == 0x5F
  }

  /// Where `[[[[…`, `{{{{…` or `- - - -…` goes deeper than any real file: stops the recursive reader before it starts.
  static func excessiveNesting(_ bytes: [UInt8]) -> YAMLMark? {
    var run = 0
    var line = 1
    var lineStart = 0
    for i in bytes.indices {
      switch bytes[i] {
      case 0x0A:
        line += 1
        lineStart = i + 1
      case 0x5B, 0x7B:
        run += 1
        if run > 256 { return YAMLMark(line: line, column: i - lineStart + 1) }
      case 0x2D where i + 1 < bytes.count && bytes[i + 1] == 0x20:
        run += 1
        if run > 256 { return YAMLMark(line: line, column: i - lineStart + 1) }
      case 0x20, 0x09, 0x0D: break
      default: run = 0
      }
    }
    return nil
  }

  private struct Walk {
    let page: YAMLPage
    var nodes = 0
    var refused = false

    mutating func convert(_ node: Node, depth: Int, fallback: YAMLMark) -> YAMLNode? {
      let mark = node.mark.map { YAMLMark(line: $0.line, column: $0.column) } ?? fallback
      guard !refused else { return nil }
      nodes += 1
      guard depth <= depthLimit else {
        return refuse("yaml.too-deep", "more than \(depthLimit) levels of nesting", mark)
      }
      guard nodes <= nodeLimit else {
        return refuse("yaml.too-many-nodes", "more than \(nodeLimit) values", mark)
      }
      guard node.anchor == nil else {
        complainOfAliases(at: mark, page)
        refused = true
        return nil
      }
      switch node {
      case .scalar(let scalar):
        return YAMLNode(content: .scalar(scalar.string, plain: scalar.style == .plain), mark: mark)
      case .sequence(let sequence):
        var items: [YAMLNode] = []
        for child in sequence {
          guard let item = convert(child, depth: depth + 1, fallback: mark) else { return nil }
          items.append(item)
        }
        return YAMLNode(content: .sequence(items), mark: mark)
      case .mapping(let mapping):
        var pairs: [(key: String, mark: YAMLMark, value: YAMLNode)] = []
        for (key, value) in mapping {
          let keyMark = key.mark.map { YAMLMark(line: $0.line, column: $0.column) } ?? mark
          guard case .scalar(let scalar) = key, key.anchor == nil else {
            return refuse("yaml.key", "a key must be plain text", keyMark)
          }
          guard let child = convert(value, depth: depth + 1, fallback: keyMark) else { return nil }
          pairs.append((scalar.string, keyMark, child))
        }
        return YAMLNode(content: .mapping(pairs), mark: mark)
      case .alias:
        return refuse("yaml.alias", "anchors and aliases are not accepted", mark)
      }
    }

    private mutating func refuse(_ code: String, _ message: String, _ mark: YAMLMark) -> YAMLNode? {
      page.complain(code, message, at: mark)
      refused = true
      return nil
    }
  }
}
