import Testing

@testable import Records

@Suite struct LineSplitterTests {
  private func split(_ pieces: [[UInt8]]) -> (lines: [[UInt8]?], isInLine: Bool) {
    var splitter = LineSplitter()
    var lines: [[UInt8]?] = []
    for piece in pieces {
      piece.withUnsafeBytes { bytes in splitter.feed(bytes) { line in lines.append(line.map { Array($0) }) } }
    }
    return (lines, splitter.isInLine)
  }

  @Test func anyCutGivesTheSameLines() {
    let text = Array("a\n\nbcd\ne".utf8)
    let whole = split([text])
    #expect(whole.lines == [Array("a".utf8), [], Array("bcd".utf8)])
    #expect(whole.isInLine)
    for cut in 0...text.count {
      let parts = split([Array(text[..<cut]), Array(text[cut...])])
      #expect(parts.lines == whole.lines, "cut at \(cut)")
      #expect(parts.isInLine)
    }
  }

  @Test func aLineThatIsTooLongIsNoLine() {
    let long = [UInt8](repeating: 0x61, count: InventoryLine.longest + 1)
    let half = Array(long[..<1000])
    #expect(split([long + [0x0A], [0x62, 0x0A]]).lines == [nil, [0x62]])
    // The same in pieces; what follows is a line again.
    #expect(split([half, Array(long[1000...]), [0x0A, 0x62, 0x0A]]).lines == [nil, [0x62]])
    let longest = Array(long.dropLast())
    #expect(split([half, Array(longest[1000...]), [0x0A]]).lines == [longest])
  }
}
