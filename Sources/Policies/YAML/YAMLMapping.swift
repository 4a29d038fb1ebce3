import CustodyCore

/// Typed reading of one mapping: every key is asked for by name, what nobody asked for is refused.
///
/// A wrong value gives a complaint and nil (or an empty list), so that reading goes on and all complaints come in one go.
struct YAMLMapping {
  let page: YAMLPage
  let mark: YAMLMark
  let form: Form
  private let pairs: [String: (mark: YAMLMark, value: YAMLNode)]
  private let code: String

  /// - Parameters:
  ///   - code: prefix of complaint codes: `policy`, `register`, `records`.
  ///   - form: says which keys the mapping may have.
  init?(_ node: YAMLNode, _ form: Form, code: String, page: YAMLPage) {
    let keys = form.keys
    guard case .mapping(let entries) = node.content else {
      // A file that is one text is no file of ours: perhaps a key, given by mistake. Its text is not repeated.
      page.complain(
        code + ".wrong-type", "\(form.subject) must be a mapping of keys to values, not \(node.kindName)",
        at: page.begins(at: node.mark) ? nil : node.mark)
      return nil
    }
    var pairs: [String: (mark: YAMLMark, value: YAMLNode)] = [:]
    for entry in entries {
      if keys.contains(entry.key) {
        pairs[entry.key] = (entry.mark, entry.value)
      } else if !page.isFull {
        // Looking for the word that was meant takes far longer than reading the one that is there.
        let shown = Printable.escape(entry.key, limit: 60)
        let nearest = Suggestion.nearest(to: entry.key, in: keys)
        page.complain(
          code + ".unknown-key", "\(form.subject) has no key `\(shown)`", at: entry.mark,
          hint: nearest.map { "did you mean `\($0)`?" } ?? "known keys: " + keys.joined(separator: ", "))
      }
    }
    self.page = page
    self.mark = node.mark
    self.form = form
    self.pairs = pairs
    self.code = code
  }

  func has(_ key: String) -> Bool { pairs[key] != nil }
  func mark(of key: String) -> YAMLMark { pairs[key]?.value.mark ?? mark }
  func node(_ key: String) -> YAMLNode? { pairs[key]?.value }

  /// The node of a key that must be there.
  func required(_ key: String) -> YAMLNode? {
    if let value = pairs[key]?.value { return value }
    page.complain(code + ".missing-key", "\(form.subject) needs the key `\(key)`", at: mark)
    return nil
  }

  func complain(_ suffix: String, _ message: String, at key: String? = nil, hint: String? = nil) {
    page.complain(code + "." + suffix, message, at: key.map(mark(of:)) ?? mark, hint: hint)
  }

  func warn(_ suffix: String, _ message: String, at key: String? = nil, hint: String? = nil) {
    page.warn(code + "." + suffix, message, at: key.map(mark(of:)) ?? mark, hint: hint)
  }

  private func wrongType(_ key: String, _ wanted: String, _ node: YAMLNode) {
    page.complain(code + ".wrong-type", "`\(key)` must be \(wanted), not \(node.kindName)", at: node.mark)
  }

  /// Text of a scalar as it was written, never empty; nil when the key is absent or its value is wrong.
  func text(_ key: String) -> String? { node(key).flatMap { text(of: $0, key) } }

  func requiredText(_ key: String) -> String? { required(key).flatMap { text(of: $0, key) } }

  private func text(of node: YAMLNode, _ key: String) -> String? {
    guard case .scalar(let text, _) = node.content, !node.isNull else {
      wrongType(key, "text", node)
      return nil
    }
    guard text.utf8.contains(where: { $0 > 0x20 }) else {
      page.complain(code + ".empty", "`\(key)` is empty", at: node.mark)
      return nil
    }
    return text
  }

  func integer(_ key: String, in range: ClosedRange<Int64>) -> Int64? {
    guard let node = node(key) else { return nil }
    guard case .scalar(let text, plain: true) = node.content, let value = Int64(text) else {
      wrongType(key, "a whole number", node)
      return nil
    }
    guard range.contains(value) else {
      page.complain(
        code + ".out-of-range", "`\(key)` must be between \(range.lowerBound) and \(range.upperBound)", at: node.mark)
      return nil
    }
    return value
  }

  func flag(_ key: String) -> Bool? {
    guard let node = node(key) else { return nil }
    if case .scalar(let text, plain: true) = node.content {
      switch text {
      case "true": return true
      case "false": return false
      default: break
      }
    }
    wrongType(key, "true or false", node)
    return nil
  }

  /// One of a fixed set of words.
  func choice<T: RawRepresentable & CaseIterable>(_ key: String, _ type: T.Type) -> T? where T.RawValue == String {
    guard let text = text(key) else { return nil }
    return choice(text, of: key, at: mark(of: key), type)
  }

  private func choice<T: RawRepresentable & CaseIterable>(
    _ text: String, of key: String, at mark: YAMLMark, _ type: T.Type
  ) -> T? where T.RawValue == String {
    if let value = T(rawValue: text) { return value }
    guard !page.isFull else { return nil }
    let words = T.allCases.map(\.rawValue)
    let nearest = Suggestion.nearest(to: text, in: words)
    page.complain(
      code + ".unknown-value", "`\(key)` cannot be `\(Printable.escape(text, limit: 60))`", at: mark,
      hint: nearest.map { "did you mean `\($0)`?" } ?? "one of: " + words.joined(separator: ", "))
    return nil
  }

  /// The items of a list; a single value is not a list.
  func list(_ key: String) -> [YAMLNode] {
    guard let node = node(key) else { return [] }
    guard case .sequence(let items) = node.content else {
      wrongType(key, "a list", node)
      return []
    }
    return items
  }

  func texts(_ key: String) -> [String] {
    list(key).compactMap { text(of: $0, key) }
  }

  func choices<T: RawRepresentable & CaseIterable>(_ key: String, _ type: T.Type) -> [T] where T.RawValue == String {
    list(key).compactMap { node in
      text(of: node, key).flatMap { choice($0, of: key, at: node.mark, type) }
    }
  }

  /// A nested mapping.
  func mapping(_ key: String, _ form: Form) -> YAMLMapping? {
    node(key).flatMap { YAMLMapping($0, form, code: code, page: page) }
  }

  func mappings(_ key: String, _ form: Form) -> [YAMLMapping] {
    list(key).compactMap { YAMLMapping($0, form, code: code, page: page) }
  }

  /// RFC 3339 date-time, or a bare date that stands for its first (or last) second in UTC.
  func instant(_ key: String, endOfDay: Bool = false) -> Instant? {
    guard let text = text(key) else { return nil }
    if let instant = Instant(rfc3339: text) { return instant }
    let bare = Array(text.utf8)
    if bare.count == 10, let day = Instant(rfc3339: text + (endOfDay ? "T23:59:59Z" : "T00:00:00Z")) { return day }
    complain(
      "bad-time", "`\(key)` is no RFC 3339 time", at: key, hint: "write 2019-05-31T12:00:00Z, or a date: 2019-05-31")
    return nil
  }

  /// ISO 8601 duration.
  func duration(_ key: String) -> CalendarDuration? {
    guard let text = text(key) else { return nil }
    if let duration = CalendarDuration(text) { return duration }
    complain(
      "bad-duration", "`\(key)` is no ISO 8601 duration", at: key,
      hint: "P30D is thirty days, P3M three months, PT3M three minutes, PT0S no time at all")
    return nil
  }
}
