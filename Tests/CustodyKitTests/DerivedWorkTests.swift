import CustodyCore
import Detection
import TestSupport
import Testing

@testable import CustodyKit

/// What contents of one entry may cost together.
@Suite struct DerivedWorkTests {
  private static let photo = JPEGBuilder.testCard()

  private func family(_ offsets: [Int], _ encoding: DerivedEncoding = .carved) -> (lines: Int, isLimited: Bool) {
    var limits = DerivedLimits()
    (limits.freeWork, limits.workPerByte) = (4 * Self.photo.count, 1)
    let family = DerivedFamily(limits: limits, desk: nil, catalog: .standard)
    for offset in offsets {
      let place = Place(offset: UInt64(offset), length: UInt64(Self.photo.count))
      family.take(DerivedContent(place: place, encoding: encoding, bytes: Self.photo, isWhole: true))
    }
    return (family.examinations(in: Locator([Array("x".utf8)]), records: []).count, family.isLimited)
  }

  @Test(arguments: [DerivedEncoding.carved, .base64])
  func bytesPassedPayForContents(encoding: DerivedEncoding) {
    let apart = family((0..<40).map { $0 * Self.photo.count }, encoding)
    #expect(apart.lines == 40 && !apart.isLimited)
    // Forty times the same bytes.
    let piled = family([Int](repeating: 0, count: 40), encoding)
    #expect(piled.lines < 8 && piled.isLimited)
  }

  @Test func placesBeyondAllNumbers() {
    #expect(family([.max, .max]).lines == 2)
  }
}
