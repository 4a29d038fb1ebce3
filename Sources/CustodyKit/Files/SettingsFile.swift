public import CustodyCore
import Foundation
internal import Yams

/// `custody.yaml`: a mapping of flag names to values.
public enum SettingsFile {
  public enum Value: Sendable, Hashable {
    case flag(Bool)
    case text(String)
  }

  /// The settings in the order of the file; a list gives several values.
  ///
  /// - Throws: when the file is no mapping of names to scalars or lists of scalars, with the line.
  public static func read(_ path: String) throws(Complaint) -> [(key: String, values: [Value])] {
    let bytes = try FileBytes.read(path, atMost: 1 << 20)
    let place = Printable.escape(path, limit: 300)
    let root: Node?
    do { root = try Yams.compose(yaml: String(decoding: bytes, as: UTF8.self)) } catch {
      throw Complaint(code: "config.syntax", "\(error)", at: place)
    }
    guard let root else { return [] }
    guard let mapping = root.mapping else {
      throw Complaint(
        code: "config.shape", "not a mapping of flag names to values", at: place, hint: "write `fail-on: medium`")
    }
    var settings: [(key: String, values: [Value])] = []
    for (key, value) in mapping {
      let line = place + (key.mark.map { ":\($0.line):\($0.column)" } ?? "")
      guard let name = key.string, !name.isEmpty,
        name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
      else {
        throw Complaint(
          code: "config.key", "not the name of a flag", at: line,
          hint: "write it as on the command line, without dashes in front")
      }
      guard !settings.contains(where: { $0.key == name }) else {
        throw Complaint(code: "config.key", "\(name) stands twice", at: line, hint: "use a list for several values")
      }
      if let list = value.sequence {
        var values: [Value] = []
        for item in list { values.append(.text(try scalar(item, of: name, at: line))) }
        settings.append((name, values))
      } else if let flag = value.bool, value.scalar?.style == .plain {
        settings.append((name, [.flag(flag)]))
      } else {
        settings.append((name, [.text(try scalar(value, of: name, at: line))]))
      }
    }
    return settings
  }

  private static func scalar(_ node: Node, of name: String, at line: String) throws(Complaint) -> String {
    guard let text = node.scalar?.string else {
      throw Complaint(code: "config.value", "\(name) takes a value or a list of values", at: line)
    }
    return text
  }
}
