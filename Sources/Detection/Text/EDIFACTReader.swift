/// Passenger lists in UN/EDIFACT syntax (ISO 9735): PAXLST of UN/CEFACT D.02B and later, as APIS uses it.
///
/// A person is a `NAD+FL` (passenger) or `NAD+FM` (crew) with the segments up to the next `NAD`; one with a `DOC` segment
/// and a name is a record. The counts the message carries about itself are compared with what is there.
struct EDIFACTReader {
  private static let longestSegment = 1024

  private var segment: [UInt8] = []
  private var terminator: UInt8 = 0x27
  private var element: UInt8 = 0x2B
  private var release: UInt8 = 0x3F
  private var isReleased = false
  /// Characters of `UNA` still to come.
  private var advice = 0
  private var isPassengerList = false
  private var segments = 0
  private var person: (start: Int, hasDocument: Bool, hasName: Bool)?
  private var start = 0
  private var persons: (count: Int, extent: TextTally.Extent) = (0, .init())

  mutating func read(_ bytes: UnsafeBufferPointer<UInt8>, _ map: TextOffsets, into records: inout TextRecords) {
    for i in bytes.indices {
      let c = bytes[i]
      if segment.isEmpty {
        if c <= 0x20 { continue }
        start = map.offset(i)
      }
      if advice > 0 {
        takeAdvice(c)
        continue
      }
      if c == terminator, !isReleased {
        end(map.offset(i) + 1, &records)
        segment.removeAll(keepingCapacity: true)
        continue
      }
      isReleased = c == release && !isReleased
      if segment.count < Self.longestSegment { segment.append(c) }
      if segment.count == 3, segment.elementsEqual("UNA".utf8) { advice = 6 }
    }
  }

  mutating func finish(at end: Int, into records: inout TextRecords) {
    endPerson(end)
    deliver(false, &records)
  }

  /// `UNA:+.? '`: component, element, decimal mark, release, reserved, terminator.
  private mutating func takeAdvice(_ c: UInt8) {
    switch advice {
    case 5: element = c
    case 3: release = c
    case 1:
      terminator = c
      segment.removeAll(keepingCapacity: true)
    default: break
    }
    advice -= 1
  }

  private mutating func end(_ offset: Int, _ records: inout TextRecords) {
    let parts = segment.split(separator: element, omittingEmptySubsequences: false)
    guard let tag = parts.first, tag.count == 3 else { return }
    segments += 1
    switch String(decoding: tag, as: UTF8.self) {
    case "UNH":
      segments = 1
      isPassengerList = parts.count > 2 && parts[2].starts(with: "PAXLST".utf8)
    case "NAD":
      endPerson(start)
      guard isPassengerList, parts.count > 1, parts[1].elementsEqual("FL".utf8) || parts[1].elementsEqual("FM".utf8)
      else { break }
      person = (start, false, parts.count > 4 && parts[4].count > 1)
    case "DOC": if parts.count > 2, !parts[2].isEmpty { person?.hasDocument = true }
    case "CNT": endPerson(start)
    case "UNT":
      endPerson(start)
      let count = parts.count > 1 ? Int(String(decoding: parts[1], as: UTF8.self)) : nil
      deliver(count == segments, &records)
      isPassengerList = false
    default: break
    }
  }

  private mutating func endPerson(_ end: Int) {
    if let person, person.hasDocument, person.hasName {
      persons.count += 1
      persons.extent.add(person.start, end)
    }
    person = nil
  }

  private mutating func deliver(_ isConfirmed: Bool, _ records: inout TextRecords) {
    guard persons.count > 0 else { return }
    records.add(persons: persons.count, isConfirmed: isConfirmed, extent: persons.extent)
    persons = (0, .init())
  }
}
