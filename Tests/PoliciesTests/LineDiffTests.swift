import Testing

@testable import Policies

/// A diff shows what a patch needs: no more than necessary, and never a wrong line.
@Suite struct LineDiffTests {
  static let diffs: [(before: String, after: String, diff: String)] = [
    ("a\n", "a\n", ""),
    ("", "a\n", "@@ -0,0 +1 @@\n+a\n"),
    ("a\n", "", "@@ -1 +0,0 @@\n-a\n"),
    ("a\nb\nc\n", "a\nx\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n"),
    ("a", "a\n", "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"),
    ("a\r\n", "a\n", "@@ -1 +1 @@\n-a\\r\n+a\n"),
    (
      "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "0\n1\n2\n3\n4\n5\n6\n7\n8\n",
      "@@ -1,3 +1,4 @@\n+0\n 1\n 2\n 3\n@@ -6,4 +7,3 @@\n 6\n 7\n 8\n-9\n"
    ),
    (
      "1\n2\n3\n4\n5\n6\n7\n", "x\n2\n3\n4\n5\n6\ny\n",
      "@@ -1,7 +1,7 @@\n-1\n+x\n 2\n 3\n 4\n 5\n 6\n-7\n+y\n"
    ),
  ]

  @Test(arguments: diffs.indices) func unified(_ i: Int) {
    let (before, after, diff) = Self.diffs[i]
    let heading = diff.isEmpty ? "" : "--- f\n+++ f\n"
    #expect(LineDiff.unified(Array(before.utf8), Array(after.utf8), name: "f") == heading + diff)
  }

  /// Length of the longest common subsequence, by trying all.
  private static func common(_ a: ArraySlice<String>, _ b: ArraySlice<String>) -> Int {
    guard let x = a.first, let y = b.first else { return 0 }
    let skip = max(common(a.dropFirst(), b), common(a, b.dropFirst()))
    return x == y ? max(skip, 1 + common(a.dropFirst(), b.dropFirst())) : skip
  }

  @Test func editsLeadFromOneToTheOther() {
    var random = SeededGenerator(state: 3)
    for round in 0..<300 {
      let (a, b) = (Self.lines(&random), Self.lines(&random))
      let isBounded = round % 2 == 0
      let edits = LineDiff.edits(a, b, limit: isBounded ? 4 : 1000)
      let old = edits.filter { if case .add = $0 { false } else { true } }.map(Self.line)
      let new = edits.filter { if case .remove = $0 { false } else { true } }.map(Self.line)
      #expect(old == a)
      #expect(new == b)
      let kept = edits.count { if case .keep = $0 { true } else { false } }
      if !isBounded { #expect(kept == Self.common(a[...], b[...])) }
    }
  }

  private static func lines(_ random: inout SeededGenerator) -> [String] {
    (0..<Int.random(in: 0...7, using: &random)).map { _ in ["a", "b", "c"].randomElement(using: &random) ?? "" }
  }

  private static func line(_ edit: LineDiff.Edit) -> String {
    switch edit {
    case .keep(let line), .remove(let line), .add(let line): line
    }
  }
}
