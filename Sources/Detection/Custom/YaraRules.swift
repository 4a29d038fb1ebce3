internal import CYara
public import CustodyCore
import Foundation

/// Rules of the operator's own in the language of YARA, compiled.
///
/// Every rule that is not private names a data class in its metadata:
///
///     rule badge_export {
///       meta:
///         custody_class = "face.image"
///         custody_strength = "strong"
///       strings: $a = "BADGE-EXPORT"
///       condition: $a
///     }
public final class YaraRules: @unchecked Sendable {
  /// A file of rules as the operator named it.
  public struct Source: Sendable, Hashable {
    public var name: String
    public var text: String
    public init(name: String, text: String) {
      self.name = name
      self.text = text
    }
  }

  /// Bytes of all sources together: they travel in one message to the process that reads the snapshot.
  public static let most = 96 << 10
  /// Modules without a parser of files of their own: a rule must not bring one into the reading of hostile bytes.
  static let modules: Set<String> = ["console", "math", "string", "time"]
  /// Processor seconds for one entry.
  private static let seconds: Int32 = 60

  /// What a rule says of itself.
  struct Meaning: Sendable, Hashable {
    var dataClass: DataClass
    var strength: Strength
  }

  private let rules: OpaquePointer
  private(set) var meanings: [String: Meaning] = [:]

  /// Starts the library, which reads the configuration of the cryptographic library from the disk.
  public static func prepare() { _ = cy_prepare() }

  /// - Throws: `usage.yara` with file and line when a rule cannot be compiled, names no class, or imports a module.
  public init(_ sources: [Source]) throws(Complaint) {
    let size = sources.reduce(0) { $0 + $1.text.utf8.count }
    guard size <= Self.most else {
      throw Self.complaint("the rules have \(size) bytes", hint: "at most \(Self.most) bytes of rules are taken")
    }
    guard !sources.contains(where: { $0.text.utf8.contains(0) }) else {
      throw Self.complaint("a file of rules holds a zero byte", hint: "name files of text")
    }
    let texts = sources.map { strdup($0.text) }
    let names = sources.map { strdup(Printable.escape($0.name, limit: 200)) }
    defer { for pointer in texts + names { free(pointer) } }
    var message = [CChar](repeating: 0, count: 1024)
    let compiled = cy_compile(
      texts.map { UnsafePointer($0) }, names.map { UnsafePointer($0) }, sources.count, &message, message.count)
    guard let compiled else {
      let text = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      throw Self.complaint(
        Printable.escape(text, limit: 900), hint: "see https://yara.readthedocs.io/en/v4.2.3/writingrules.html")
    }
    rules = compiled
    // From here on `deinit` frees them, also when this throws.
    try readMeanings()
    try refuseModules()
  }

  deinit { cy_free(rules) }

  private func readMeanings() throws(Complaint) {
    var seen: [(rule: String, dataClass: String?, strength: String?)] = []
    withUnsafeMutablePointer(to: &seen) { out in
      cy_list(
        rules,
        { match, context in
          guard let match = match?.pointee, let rule = match.rule, let context else { return }
          context.assumingMemoryBound(to: [(rule: String, dataClass: String?, strength: String?)].self).pointee.append(
            (
              String(cString: rule), match.data_class.map { String(cString: $0) },
              match.strength.map { String(cString: $0) }
            ))
        }, out)
    }
    guard !seen.isEmpty else {
      throw Self.complaint("there is no rule", hint: "write at least one rule that is not private")
    }
    for one in seen {
      guard let dataClass = one.dataClass.flatMap(DataClass.init(rawValue:)) else {
        throw Self.complaint(
          "rule \(one.rule) names no data class",
          hint: "add meta: custody_class = \"face.image\"; `custody policy vocabulary` lists the classes")
      }
      let strength: Strength? = one.strength.map { Strength(rawValue: $0) } ?? .weak
      guard let strength, strength != .proof else {
        throw Self.complaint(
          "rule \(one.rule) has no strength that a pattern can have",
          hint: "custody_strength is weak or strong; proof needs a record whose structure was verified")
      }
      guard meanings.updateValue(Meaning(dataClass: dataClass, strength: strength), forKey: one.rule) == nil else {
        throw Self.complaint("there are two rules \(one.rule)", hint: "give every rule a name of its own")
      }
    }
  }

  private func refuseModules() throws(Complaint) {
    var names: [String] = []
    withUnsafeMutablePointer(to: &names) { out in
      cy_imports(
        rules,
        { name, context in
          guard let name, let context else { return }
          context.assumingMemoryBound(to: [String].self).pointee.append(String(cString: name))
        }, out)
    }
    if let refused = names.first(where: { !Self.modules.contains($0) }) {
      throw Self.complaint(
        "the module \(Printable.escape(refused, limit: 60)) is not allowed",
        hint: "rules may import \(Self.modules.sorted().joined(separator: ", ")); the others parse files themselves")
    }
  }

  /// A rule that matched.
  struct Match: Sendable {
    var rule: String
    var place: Place?
  }

  /// - Returns: nil when matching did not come to its end.
  func matches(_ bytes: UnsafeRawBufferPointer) -> [Match]? {
    var found: [Match] = []
    let status = withUnsafeMutablePointer(to: &found) { out in
      cy_scan(
        rules, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count, Self.seconds,
        { match, context in
          guard let match = match?.pointee, let rule = match.rule, let context else { return }
          let place = match.length > 0 ? Place(offset: match.offset, length: match.length) : nil
          context.assumingMemoryBound(to: [Match].self).pointee.append(Match(rule: String(cString: rule), place: place))
        }, out)
    }
    return status == 0 ? found : nil
  }

  private static func complaint(_ message: String, hint: String) -> Complaint {
    Complaint(code: "usage.yara", message, hint: hint)
  }
}
