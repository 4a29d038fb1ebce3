import CustodyCore
import CustodyKit

/// `--config FILE`: every flag of a command can be set in YAML, as `flag-name: value`.
///
/// A list repeats the flag, `true` sets it, `false` leaves it out. A flag that stands on the command line wins over the
/// file. Unknown names are refused by the command itself, like a misspelt flag.
enum ConfigurationFile {
  private static let short = ["-p": "policy", "-r": "register", "-o": "output"]

  /// The arguments with the file's settings put in.
  static func expand(_ arguments: [String]) throws -> [String] {
    guard let at = arguments.firstIndex(where: { $0 == "--config" || $0.hasPrefix("--config=") }) else {
      return arguments
    }
    let path: String
    if arguments[at] == "--config" {
      guard at + 1 < arguments.count else { return arguments }
      path = arguments[at + 1]
    } else {
      path = String(arguments[at].dropFirst("--config=".count))
    }
    var given = Set<String>()
    for argument in arguments where argument.hasPrefix("-") && argument != "-" {
      let name = argument.prefix { $0 != "=" }
      given.insert(short[String(name)] ?? String(name.drop { $0 == "-" }))
    }
    var added: [String] = []
    for (key, values) in try SettingsFile.read(path) where !given.contains(key) {
      guard key != "config" else {
        throw Complaint(code: "config.nested", "a configuration file cannot name another one", at: path)
      }
      for value in values {
        switch value {
        case .flag(true): added.append("--" + key)
        case .flag(false): break
        case .text(let text): added.append("--" + key + "=" + text)
        }
      }
    }
    // Before the first flag, so that `--` and what follows it stay where they are.
    let start = arguments.firstIndex { $0.hasPrefix("-") && $0 != "-" } ?? arguments.count
    return Array(arguments[..<start]) + added + Array(arguments[start...])
  }
}
