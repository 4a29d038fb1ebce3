@testable import Policies

/// One way to spoil a file, or to leave out what may be left out.
struct SchemaMutation {
  /// `row.status: wrong word`
  var label: String
  var root: YAMLNode
}

/// Walks a file along its form and makes every mutation at every place.
struct SchemaMutator {
  /// Each must be refused.
  private(set) var spoiled: [SchemaMutation] = []
  /// Files without one key that is not required.
  private(set) var reduced: [SchemaMutation] = []
  /// Files with another scalar in place of one: whether it fits depends on the type that loader and schema see there.
  private(set) var probes: [SchemaMutation] = []
  /// `form.key` of every key met.
  private(set) var met: Set<String> = []

  private typealias Rebuild = (YAMLNode) -> YAMLNode

  /// Forms that are spoiled in files of their own.
  private let others: Set<String>

  init(_ root: YAMLNode, _ form: Form, except others: Set<String> = []) {
    self.others = others
    walk(root, .mapping(form), form.name) { $0 }
  }

  /// Every `form.key` of a form and those below it.
  static func keys(_ form: Form) -> Set<String> {
    Set(below(form).values.flatMap { form in form.keys.map { form.name + "." + $0 } })
  }

  static func names(_ form: Form) -> Set<String> { Set(below(form).keys) }

  private static func below(_ form: Form) -> [String: Form] {
    var seen: [String: Form] = [:]
    collect(.mapping(form), &seen)
    return seen
  }

  private static func collect(_ type: FormType, _ seen: inout [String: Form]) {
    switch type {
    case .mapping(let form):
      guard seen.updateValue(form, forKey: form.name) == nil else { return }
      for field in form.fields { collect(field.type, &seen) }
    case .list(let item, _), .names(let item, _), .orNothing(let item): collect(item, &seen)
    case .either(let all): all.forEach { collect($0, &seen) }
    default: break
    }
  }

  private static func scalar(_ text: String, plain: Bool = false) -> YAMLNode {
    YAMLNode(content: .scalar(text, plain: plain), mark: YAMLMark(line: 1, column: 1))
  }
  private static func list(_ items: [YAMLNode]) -> YAMLNode {
    YAMLNode(content: .sequence(items), mark: YAMLMark(line: 1, column: 1))
  }
  private static func mapping(_ pairs: [(key: String, mark: YAMLMark, value: YAMLNode)]) -> YAMLNode {
    YAMLNode(content: .mapping(pairs), mark: YAMLMark(line: 1, column: 1))
  }

  private mutating func walk(
    _ node: YAMLNode, _ type: FormType, _ path: String, orNothing: Bool = false, _ rebuild: @escaping Rebuild
  ) {
    for (what, wrong) in Self.wrongs(type) where !(orNothing && wrong.isNull) {
      spoiled.append(SchemaMutation(label: path + ": " + what, root: rebuild(wrong)))
    }
    if case .scalar = node.content, !orNothing {
      for (text, plain) in Self.probes {
        probes.append(SchemaMutation(label: path + ": " + text, root: rebuild(Self.scalar(text, plain: plain))))
      }
    }
    switch (type, node.content) {
    case (.mapping(let form), .mapping(let pairs)): walk(pairs, form, rebuild)
    case (.list(let item, let count), .sequence(let items)):
      for (i, child) in items.enumerated() {
        walk(child, item, path + "[]") { new in
          var copy = items
          copy[i] = new
          return rebuild(Self.list(copy))
        }
      }
      if let first = items.first, count.upperBound < 1000 {
        let many = Array(repeating: first, count: count.upperBound + 1)
        spoiled.append(SchemaMutation(label: path + ": too many", root: rebuild(Self.list(many))))
      }
    case (.names(let item, let pattern), .mapping(let pairs)):
      for (i, pair) in pairs.enumerated() {
        walk(pair.value, item, path + ".*") { new in
          var copy = pairs
          copy[i].value = new
          return rebuild(Self.mapping(copy))
        }
      }
      if pattern != nil, var pair = pairs.first {
        pair.key = "Not a name"
        spoiled.append(SchemaMutation(label: path + ": bad name", root: rebuild(Self.mapping([pair]))))
      }
    case (.orNothing(let inner), _): walk(node, inner, path, orNothing: true, rebuild)
    case (.either(let all), _):
      for inner in all where Self.fits(node, inner) { descend(node, inner, path, rebuild) }
    default: break
    }
  }

  /// Below a value that might have had another shape: its own shape is not to be spoiled, what is in it is.
  private mutating func descend(_ node: YAMLNode, _ type: FormType, _ path: String, _ rebuild: @escaping Rebuild) {
    switch (type, node.content) {
    case (.mapping(let form), .mapping(let pairs)): walk(pairs, form, rebuild)
    case (.list(let item, _), .sequence(let items)):
      for (i, child) in items.enumerated() {
        walk(child, item, path + "[]") { new in
          var copy = items
          copy[i] = new
          return rebuild(Self.list(copy))
        }
      }
    default: break
    }
  }

  private mutating func walk(
    _ pairs: [(key: String, mark: YAMLMark, value: YAMLNode)], _ form: Form, _ rebuild: @escaping Rebuild
  ) {
    if others.contains(form.name) {
      met.formUnion(pairs.map { form.name + "." + $0.key })
      return
    }
    let stranger = (key: "no_such_key", mark: YAMLMark(line: 1, column: 1), value: Self.scalar("x"))
    spoiled.append(SchemaMutation(label: form.name + ": unknown key", root: rebuild(Self.mapping(pairs + [stranger]))))
    for (i, pair) in pairs.enumerated() {
      guard let field = form[pair.key] else { continue }
      let path = form.name + "." + pair.key
      met.insert(path)
      var rest = pairs
      rest.remove(at: i)
      let without = SchemaMutation(label: path + ": left out", root: rebuild(Self.mapping(rest)))
      if field.isRequired {
        spoiled.append(without)
      } else if case .orNothing = field.type {
        // Whether a row that is changed needs the key depends on the row it changes.
      } else {
        reduced.append(without)
      }
      walk(pair.value, field.type, path) { new in
        var copy = pairs
        copy[i].value = new
        return rebuild(Self.mapping(copy))
      }
    }
  }

  private static let probes: [(text: String, plain: Bool)] = [
    ("x y", false), ("Xy-1", false), ("p1y", false), ("P7W", false), ("2019-02-03", false), ("7", true), ("-7", true),
    ("true", true), (String(repeating: "b2", count: 32), false),
  ]

  private static func fits(_ node: YAMLNode, _ type: FormType) -> Bool {
    switch (node.content, type) {
    case (.mapping, .mapping), (.sequence, .list): true
    default: false
    }
  }

  /// Values that are none of the type.
  private static func wrongs(_ type: FormType) -> [(String, YAMLNode)] {
    let text = scalar("x y")
    let aList = ("a list", list([scalar("x")]))
    let aMapping = ("a mapping", mapping([(key: "x", mark: YAMLMark(line: 1, column: 1), value: text)]))
    let nothing = ("nothing", scalar("null", plain: true))
    let shapes = [aList, aMapping, nothing]
    switch type {
    case .text, .expression: return shapes + [("empty", scalar("  "))]
    case .anyText: return [aList, aMapping]
    case .matching: return shapes + [("not of the form", scalar("?? !!"))]
    case .integer(let range):
      let above = range.upperBound == Int64.max ? [] : [("above", scalar(String(range.upperBound + 1), plain: true))]
      return shapes + above
        + [
          ("below", scalar(String(range.lowerBound - 1), plain: true)), ("a fraction", scalar("1.5", plain: true)),
          ("words", text), ("quoted", scalar("5")),
        ]
    case .flag: return shapes + [("another word", scalar("maybe", plain: true)), ("quoted", scalar("true"))]
    case .choice: return shapes + [("wrong word", scalar("no-such-word"))]
    case .instant:
      return shapes
        + ["2019-13-01", "2019-01-32", "yesterday", "2019-01-01T10:00", "2019-01-01T25:00:00Z", "2019-1-1"].map {
          ("no time: " + $0, scalar($0))
        }
    case .duration:
      return shapes
        + ["P", "PT", "3 months", "P1H", "PT1D", "P1.5Y", "P-1Y", "p1y"].map { ("no duration: " + $0, scalar($0)) }
    case .digest:
      return shapes + [("too short", scalar("a1a1")), ("no digits", scalar(String(repeating: "g", count: 64)))]
    case .list(_, let count):
      return [("text", text), aMapping, nothing] + (count.lowerBound > 0 ? [("empty", list([]))] : [])
    case .mapping, .names: return [("text", text), aList, nothing]
    // What else it may be is checked by hand.
    case .either, .orNothing: return []
    }
  }
}

extension YAMLNode {
  /// As flow style on one line: what is plain stays plain unless its characters would read otherwise there.
  var flow: String {
    switch content {
    case .sequence(let items): return "[" + items.map(\.flow).joined(separator: ", ") + "]"
    case .mapping(let pairs):
      return "{" + pairs.map { Self.quoted($0.key) + ": " + $0.value.flow }.joined(separator: ", ") + "}"
    case .scalar(let text, let plain):
      let isSafe =
        Int64(text) != nil
        || text.utf8.allSatisfy { byte in
          (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF) || byte == 0x2E || byte == 0x5F
        }
      return plain && isSafe && !text.isEmpty ? text : Self.quoted(text)
    }
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") + "\""
  }
}
