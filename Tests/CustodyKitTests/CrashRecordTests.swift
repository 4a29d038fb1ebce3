import CustodyCore
import Foundation
import Records
import Snapshots
import TestSupport
import Testing

@testable import CustodyKit

/// The memory of a dead process is read as if an enemy had written it.
@Suite struct CrashRecordTests {
  private func put<T: FixedWidthInteger>(_ value: T, _ at: Int, _ page: inout [UInt8]) {
    withUnsafeBytes(of: value) { page.replaceSubrange(at..<(at + $0.count), with: $0) }
  }
  private func page(died: UInt32 = 0, signal: Int32 = 0, _ slots: [(kind: UInt32, numbers: [UInt64])] = []) -> [UInt8] {
    var page = [UInt8](repeating: 0, count: CrashRecord.size)
    put(UInt32(0x4350_4C31), 0, &page)
    put(died, 4, &page)
    put(signal, 8, &page)
    for (i, slot) in slots.enumerated() {
      put(slot.kind, 16 + 40 * i, &page)
      for (n, number) in slot.numbers.enumerated() { put(number, 24 + 40 * i + 8 * n, &page) }
    }
    return page
  }

  /// A recovery that an expectation can call.
  private final class Deaths {
    private(set) var recovery: Recovery
    init(inputs: Int = 1, isPossible: Bool = true) { recovery = Recovery(inputs: inputs, isPossible: isPossible) }
    func goesOn(after status: Int32, places: [UInt8]) -> Bool { recovery.goesOn(after: status, places: places) }
    var quarantine: Quarantine { recovery.quarantine }
    var isStepwise: Bool { recovery.isStepwise }
    var restarts: Int { recovery.restarts }
  }

  @Test func aPlaceIsRead() {
    let slots: [(kind: UInt32, numbers: [UInt64])] = [(1, [77, 3]), (0, []), (3, [9, 1, 2, 44])]
    let record = CrashRecord(page(died: 3, signal: SIGSEGV, slots), signal: SIGSEGV)
    #expect(record?.died?.work == .examining(entry: 9, content: .init(high: 1, low: 2)))
    #expect(record?.died?.ordinal == 44)
    #expect(record?.active.count == 2)
    #expect(
      CrashRecord(page(died: 1, signal: SIGABRT, slots), signal: SIGABRT)?.died?.work
        == .walk(.between(container: 77, entries: 3)))
    #expect(CrashRecord(page(died: 2, signal: SIGABRT, slots), signal: SIGABRT)?.died == nil)
    #expect(CrashRecord(page(died: .max, signal: SIGABRT, slots), signal: SIGABRT)?.died == nil)
  }

  @Test func nonsenseIsNothing() {
    let one: [(kind: UInt32, numbers: [UInt64])] = [(2, [5, 1])]
    #expect(CrashRecord([], signal: SIGSEGV) == nil)
    #expect(CrashRecord(Array(page().dropLast()), signal: SIGSEGV) == nil)
    #expect(CrashRecord([UInt8](repeating: 0, count: CrashRecord.size), signal: SIGSEGV) == nil)
    #expect(CrashRecord([UInt8](repeating: 255, count: CrashRecord.size), signal: SIGSEGV) == nil)
    // Another signal than the parent saw, one that the handler never notes, a slot that does not exist.
    #expect(CrashRecord(page(died: 1, signal: SIGABRT, one), signal: SIGSEGV) == nil)
    #expect(CrashRecord(page(died: 1, signal: SIGKILL, one), signal: SIGKILL) == nil)
    #expect(CrashRecord(page(died: 1025, signal: SIGSEGV, one), signal: SIGSEGV) == nil)
    // Kinds and counts that nobody writes.
    for slot: (kind: UInt32, numbers: [UInt64]) in [
      (4, [1, 1]), (2, [1, 0]), (2, [1, 1 << 41]), (1, [1, .max]), (1, [1, 1, 1]), (1, [1, 1, 0, .max]),
    ] {
      #expect(CrashRecord(page(died: 1, signal: SIGSEGV, [slot]), signal: SIGSEGV) == nil)
    }
  }

  @Test func anyBytesAreBorne() {
    var generator = SeededGenerator(seed: 23)
    for _ in 0..<2000 {
      var page = page(
        died: UInt32.random(in: 0...4, using: &generator), signal: SIGSEGV, [(1, [7, 3]), (3, [9, 0, 0])])
      for _ in 0..<Int.random(in: 1...8, using: &generator) {
        page[Int.random(in: 0..<200, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      let recovery = Deaths(inputs: 1, isPossible: true)
      var rounds = 0
      while recovery.goesOn(after: SIGSEGV, places: page) { rounds += 1 }
      #expect(rounds == recovery.restarts && rounds <= Recovery.mostRestarts + 1)
      #expect(recovery.quarantine.count <= 18)
    }
  }

  @Test func everyStepNarrows() throws {
    let recovery = Deaths(inputs: 1, isPossible: true)
    let reading = page(died: 1, signal: SIGSEGV, [(2, [77, 5])])
    #expect(recovery.goesOn(after: SIGSEGV, places: reading))
    #expect(recovery.quarantine.unread == [WalkPlace.entry(5, of: 77)])
    #expect(recovery.goesOn(after: SIGSEGV, places: reading))
    #expect(recovery.quarantine.stops == [77: 4])
    #expect(recovery.goesOn(after: SIGSEGV, places: page(died: 1, signal: SIGSEGV, [(1, [77, 2])])))
    #expect(recovery.quarantine.stops == [77: 2])
    #expect(recovery.goesOn(after: SIGSEGV, places: reading))
    #expect(recovery.quarantine.stops == [77: 0])
    #expect(!recovery.isStepwise)
    #expect(recovery.goesOn(after: SIGSEGV, places: reading))
    #expect(recovery.isStepwise)
    #expect(!recovery.goesOn(after: SIGSEGV, places: reading))
    // What travels to the next examiner arrives.
    #expect(
      try Quarantine(json: try JSONParser.parse(JSONWriter.compact(recovery.quarantine.json))) == recovery.quarantine)
  }

  @Test func anInputIsNoContainer() {
    let recovery = Deaths(inputs: 2, isPossible: true)
    let between = page(died: 1, signal: SIGSEGV, [(1, [WalkPlace.input(2), 5])])
    #expect(recovery.goesOn(after: SIGSEGV, places: between))
    #expect(recovery.quarantine.isEmpty && recovery.isStepwise)
    #expect(!recovery.goesOn(after: SIGSEGV, places: between))
  }

  /// Nobody failed: it was ended from outside. Only where one thing is done after the other is the place certain.
  @Test func anEndFromOutside() {
    let recovery = Deaths(inputs: 1, isPossible: true)
    let killed = page([(0, []), (3, [9, 0, 0])])
    #expect(recovery.goesOn(after: SIGKILL, places: killed))
    #expect(recovery.quarantine.isEmpty && recovery.isStepwise)
    #expect(recovery.goesOn(after: SIGKILL, places: killed))
    #expect(recovery.quarantine.unexamined == [9])
    #expect(!recovery.goesOn(after: SIGKILL, places: page([(1, [7, 1]), (3, [8, 0, 0])])))
    for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] {
      let recovery = Deaths(inputs: 1, isPossible: true)
      #expect(!recovery.goesOn(after: signal, places: killed))
    }
    let impossible = Deaths(inputs: 1, isPossible: false)
    #expect(!impossible.goesOn(after: SIGSEGV, places: page(died: 1, signal: SIGSEGV, [(2, [77, 5])])))
  }

  @Test func theTaskRefusesNonsense() throws {
    var full = Quarantine()
    for n in 0..<UInt64(Quarantine.most + 1) { full.unread.insert(n) }
    #expect(throws: Complaint.self) { try Quarantine(json: full.json) }
    for text in [
      "{}", #"{"listedFrom":null,"stops":[],"unread":[-1],"unexamined":[],"contents":[]}"#,
      #"{"listedFrom":null,"stops":[{"container":1}],"unread":[],"unexamined":[],"contents":[]}"#,
      #"{"listedFrom":null,"stops":[],"unread":[],"unexamined":[],"contents":[],"more":1}"#,
      #"{"listedFrom":"x","stops":[],"unread":[],"unexamined":[],"contents":[]}"#,
      #"{"stops":[],"unread":[],"unexamined":[],"contents":[]}"#,
    ] {
      #expect(throws: Complaint.self) { try Quarantine(json: try JSONParser.parse(Array(text.utf8))) }
    }
  }
}
