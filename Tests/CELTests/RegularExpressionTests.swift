import CEL
import Foundation
import Testing

/// `matches`: RE2 syntax, found anywhere in the text unless anchored.
@Suite struct RegularExpressionTests {
  static let cases: [(String, String, Bool)] = [
    ("abc", "b", true), ("abc", "^b", false), ("abc", "^abc$", true), ("abc", "^ab$", false), ("", "^$", true),
    ("a\nb", "a.b", false), ("a\nb", "(?s)a.b", true), ("a\nb", "^b", false), ("a\nb", "(?m)^b$", true),
    ("ABC", "abc", false), ("ABC", "(?i)abc", true), ("aBC", "a(?i:b)C", true), ("aBC", "a(?i:b)c", false),
    ("ÉCOLE", "(?i)école", true), ("\u{212A}", "(?i)k", true), ("ΣΑΣ", "(?i)σας", true),
    ("a1", "^\\w\\d$", true), ("é", "^\\w$", false), ("a b", "a\\sb", true), ("a", "^\\D\\S?$", true),
    ("foo.bar", "foo\\.bar", true), ("fooxbar", "foo\\.bar", false), ("a+b", "\\Qa+b\\E", true),
    ("face.image", "^(face|finger)\\.(image|template)$", true), ("iris.image", "^(face|finger)\\.", false),
    ("aaa", "^a{3}$", true), ("aaa", "^a{2}$", false), ("aaaa", "^a{2,}$", true), ("aaaa", "^a{1,3}$", false),
    ("a{,2}", "^a{,2}$", true), ("x", "^(?:x|y)+?$", true), ("xyz", "(?P<name>y)z$", true),
    ("xyz", "(?<name>y)z$", true),
    ("]", "[]]", true), ("-", "[a-]", true), ("b", "[^a-c]", false), ("d", "[^a-c]", true), ("5", "[[:digit:]]", true),
    ("x", "[[:^digit:]]", true), ("_", "[\\w-]", true), ("é", "\\p{L}", true), ("é", "\\pL", true),
    ("é", "\\P{L}", false),
    ("É", "^\\p{Lu}$", true), ("5", "\\p{^L}", true), ("foo bar", "\\bbar\\b", true), ("foobar", "\\bbar", false),
    ("foobar", "o\\Bb", true), ("日本", "^.{2}$", true), ("😀", "^\\x{1F600}$", true), ("A", "\\x41", true),
    ("A", "\\101", true),
    ("ab", "\\Aab\\z", true), ("", "", true), ("abc", "(|a)b", true), ("a\u{0}b", "a\\x00b", true),
    ("aXbXc", "X.*X", true), ("zzz", "[^\\d\\s]{3}", true),
  ]

  private func match(_ text: String, _ pattern: String) throws -> (
    constant: Result<Bool, CELError>, dynamic: Result<Bool, CELError>
  ) {
    let environment = CELEnvironment(
      variables: [CELVariable(name: "t", type: .string), CELVariable(name: "p", type: .string)])
    var escaped = ""
    for scalar in pattern.unicodeScalars {
      escaped +=
        "\\U" + String(repeating: "0", count: 8 - String(scalar.value, radix: 16).count)
        + String(scalar.value, radix: 16)
    }
    func run(_ source: String) throws -> Result<Bool, CELError> {
      let program = try CELProgram(source, in: environment, costLimit: 1_000_000)
      do throws(CELError) {
        return .success(try program.test([.string(text), .string(pattern)]))
      } catch {
        return .failure(error)
      }
    }
    return (try run("t.matches('\(escaped)')"), try run("t.matches(p)"))
  }

  @Test(arguments: cases) func matches(_ text: String, _ pattern: String, _ expected: Bool) throws {
    let result = try match(text, pattern)
    #expect(try result.constant.get() == expected)
    #expect(try result.dynamic.get() == expected)
  }

  @Test(arguments: [
    "(", ")", "a)", "[", "[b-a]", "*", "a**", "a{1001}", "a{2,1}", "(?=a)", "(?!a)", "(?<=a)", "\\1", "(a)\\1",
    "\\p{Greek}",
    "\\C", "\\q", "[[:nope:]]", "(?P<1a>b", "(?z)", "\\", "\\x{110000}", "\\xZZ", "((a{1000}){1000}){1000}",
    String(repeating: "(", count: 3000), String(repeating: "a", count: 5000),
  ])
  func refuses(_ pattern: String) throws {
    let result = try match("aaa", pattern)
    #expect(throws: CELError.self) { try result.constant.get() }
    #expect(throws: CELError.self) { try result.dynamic.get() }
  }

  @Test(arguments: [
    "(a*)*b", "(a|a)*b", "(a|aa)+$b", "a*a*a*a*a*b", "(.*)(.*)(.*)(.*)(.*)b", "(((){1000}){1000}){1000}b",
  ])
  func takesLinearTime(_ pattern: String) throws {
    let clock = ContinuousClock()
    let spent = try clock.measure {
      let result = try match(String(repeating: "a", count: 3000), pattern)
      #expect(try result.constant.get() == false)
      #expect(try result.dynamic.get() == false)
    }
    #expect(spent < .seconds(10))
  }

  /// A backtracking engine as the oracle, on patterns both understand alike.
  @Test func agreesWithAnotherEngine() throws {
    var random = Random(11)
    let pieces = [
      "a", "b", "c", ".", "[ab]", "[^a]", "(a|b)", "(ab|c)", "(a*b)", "^", "$", "\\b", "(a?)", "(|b)", "\\w",
    ]
    let repeats = ["", "", "", "*", "+", "?", "{2}", "{0,2}", "*?"]
    var positive = 0
    for _ in 0..<400 {
      let count = Int.random(in: 1...4, using: &random)
      var pattern = ""
      for _ in 0..<count {
        let piece = pieces.randomElement(using: &random) ?? "a"
        // What can be empty is not repeated: the other engine backtracks over it without end.
        let anchor = ["^", "$", "\\b", "(a?)", "(|b)"].contains(piece)
        pattern += piece + (anchor ? "" : repeats.randomElement(using: &random) ?? "")
        if Int.random(in: 0..<6, using: &random) == 0 { pattern += "|" }
      }
      let oracle = try NSRegularExpression(pattern: pattern)
      for _ in 0..<4 {
        let length = Int.random(in: 0...6, using: &random)
        let text = String((0..<length).map { _ in "abc ".randomElement(using: &random) ?? "a" })
        let expected = oracle.firstMatch(in: text, range: NSRange(location: 0, length: text.utf16.count)) != nil
        let result = try match(text, pattern)
        #expect(try result.constant.get() == expected, "\(pattern) in '\(text)'")
        #expect(try result.dynamic.get() == expected, "\(pattern) in '\(text)'")
        positive += expected ? 1 : 0
      }
    }
    #expect(positive > 200 && positive < 1500)
  }
}
