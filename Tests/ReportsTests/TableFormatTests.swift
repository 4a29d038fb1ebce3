import CustodyCore
import Reports
import TestSupport
import Testing

struct TableFormatTests {
  private func table(_ report: Report, _ context: RenderContext = .sample()) -> String {
    String(decoding: TableFormat().render(report, context: context), as: UTF8.self)
  }

  @Test(arguments: [1, 80, 85, 95, 96, 97, 100, 5000]) func noLineIsWiderThanAskedFor(_ width: Int) {
    for disclose in [false, true] {
      let text = table(.sample(), .sample(disclosePaths: disclose, width: width))
      let limit = min(max(width, 80), 100)
      for line in text.split(separator: "\n") {
        // SHA-256 values are never broken: they are for copying.
        if line.contains("SHA-256") || line.contains("tree head") { continue }
        #expect(line.unicodeScalars.count <= limit, "\(line)")
      }
      #expect(text.unicodeScalars.allSatisfy { $0.isASCII })
      #expect(!text.contains(" \n"))
      for finding in Report.sample().findings { #expect(text.contains("\(finding.severity.rawValue)")) }
      #expect(text.contains("in canary-7f3a/WO-4471") == disclose)
    }
  }

  @Test func everyQuestionIsAnsweredEvenWhenNothingWasFound() {
    for report in [Report.sample(), .clean] {
      let text = table(report)
      for n in 1...7 { #expect(text.contains("\n\(n). ")) }
    }
    let clean = table(.clean)
    #expect(clean.hasPrefix("PASSED: no finding, all 2 entries examined in full\n"))
    #expect(clean.contains("holder  not supplied"))
    #expect(!clean.contains("see 6"))
  }

  @Test func nothingSeenIsSaidWithItsCaveatWhenNotAllWasExamined() {
    var report = Report.clean
    report.coverage.lines.append(.init(disposition: .opaque, reason: .encrypted, entries: 1, bytes: 5))
    report.result = .warned
    #expect(table(report).contains("None was seen. But 1 entry could not be examined in full: see 6."))
  }

  @Test func weakIdentityEvidenceIsNotCalledPresent() {
    var report = Report.sample()
    report.exposure[2].entriesByStrength = [.weak: 3, .proof: 0]
    #expect(table(report).contains("Possibly, on weak evidence: identity.mrz in 3 entries"))
  }

  @Test func coloursOnlyWhenAskedFor() {
    #expect(!table(.sample()).contains("\u{1B}"))
    let colored = table(.sample(), .sample(color: true))
    #expect(colored.hasPrefix("\u{1B}[1;31mFAILED\u{1B}[0m: "))
  }

  @Test func wideCharactersKeepColumnsAligned() {
    var report = Report.sample()
    report.limitations = [
      Limitation(code: "\u{6F22}\u{5B57}", text: "first", entries: 1),
      Limitation(code: "abcd", text: "second", entries: 1),
    ]
    let text = table(report)
    #expect(text.contains("\u{6F22}\u{5B57}              1  first"))
    #expect(text.contains("abcd              1  second"))
  }
}
