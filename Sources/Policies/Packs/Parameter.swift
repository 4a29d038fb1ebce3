import CEL
import CustodyCore

/// A number, a duration or a word that a pack leaves to the operator, with what it is when nobody says otherwise.
///
/// Rules read it as `params.NAME`. `--set PACK.NAME=VALUE`, or `set:` in `custody.yaml`, changes it.
public struct Parameter: Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    /// ISO 8601, given to functions as text
    case duration
    /// Whole number
    case number
    case text
    /// true or false
    case flag
    /// Texts; on the command line with commas between them
    case list
  }

  /// `[a-z][a-z0-9_]*`, so that it can stand in an expression.
  public var name: String
  public var kind: Kind
  public var meaning: String
  /// The value as it is written.
  public var text: String
  /// True when it is not the pack's default.
  public var isSet = false
  var value: CELValue

  static func isName(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, (0x61...0x7A).contains(first), bytes.count <= 48 else { return false }
    return bytes.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
  }

  var type: CELType {
    switch kind {
    case .duration, .text: .string
    case .number: .int
    case .flag: .bool
    case .list: .list(.string)
    }
  }

  /// The value of a text, or nil when it is none of the kind.
  static func value(_ text: String, _ kind: Kind) -> CELValue? {
    switch kind {
    case .duration: CalendarDuration(text) == nil ? nil : .string(text)
    case .number: Int64(text).map { .int($0) }
    case .text: text.isEmpty ? nil : .string(text)
    case .flag: text == "true" ? .bool(true) : text == "false" ? .bool(false) : nil
    case .list: .list(text.split(separator: ",").map { .string(trimmed($0)) })
    }
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }

  /// Reads the `parameters` of a pack.
  static func load(_ file: YAMLMapping, settings: inout [ParameterSetting], pack: String) -> [Parameter] {
    guard let node = file.node("parameters") else { return [] }
    guard case .mapping(let pairs) = node.content else {
      file.complain("wrong-type", "`parameters` must be a mapping of names, not \(node.kindName)", at: "parameters")
      return []
    }
    return pairs.compactMap { pair in
      guard let m = YAMLMapping(pair.value, .parameter, code: PackLoader.code, page: file.page) else { return nil }
      guard isName(pair.key) else {
        file.page.complain(
          PackLoader.code + ".bad-name", "a parameter's name is made of lower-case letters, digits and underscores",
          at: pair.mark)
        return nil
      }
      let kind = m.required("type").flatMap { _ in m.choice("type", Kind.self) }
      let meaning = m.requiredText("meaning")
      guard m.required("default") != nil, let kind, let meaning else { return nil }
      let text = kind == .list ? m.texts("default").joined(separator: ",") : m.text("default") ?? ""
      guard let value = value(text, kind) else {
        m.complain("bad-parameter", "the default is no \(kind.rawValue)", at: "default")
        return nil
      }
      var parameter = Parameter(name: pair.key, kind: kind, meaning: meaning, text: text, value: value)
      parameter.apply(&settings, pack: pack)
      return parameter
    }
  }

  private mutating func apply(_ settings: inout [ParameterSetting], pack: String) {
    for i in settings.indices where settings[i].pack == pack && settings[i].name == name {
      settings[i].isUsed = true
      guard let value = Self.value(settings[i].text, kind) else {
        settings[i].problem = "`\(Printable.escape(settings[i].text, limit: 60))` is no \(kind.rawValue)"
        continue
      }
      self.value = value
      text = settings[i].text
      isSet = true
    }
  }
}

/// What the operator wants a parameter to be.
public struct ParameterSetting: Sendable, Hashable {
  public var pack: String
  public var name: String
  public var text: String
  var isUsed = false
  var problem: String?

  /// `PACK.NAME=VALUE`; nil for anything else.
  public init?(_ argument: String) {
    guard let equals = argument.firstIndex(of: "="), let dot = argument[..<equals].lastIndex(of: ".") else {
      return nil
    }
    pack = String(argument[..<dot])
    name = String(argument[argument.index(after: dot)..<equals])
    text = String(argument[argument.index(after: equals)...])
    guard !pack.isEmpty, !name.isEmpty else { return nil }
  }

  init(pack: String, name: String, text: String) {
    self.pack = pack
    self.name = name
    self.text = text
  }
}

/// The parameters, or the tables, of one pack as CEL reads them.
struct ConstantObject: CELObject {
  let values: [CELValue]
  func celField(_ index: Int) -> CELValue? { values.indices.contains(index) ? values[index] : nil }
}
