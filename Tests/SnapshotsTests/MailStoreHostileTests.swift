import CustodyCore
import Foundation
import Snapshots
import TestSupport
import Testing

/// Stores that were damaged on purpose.
@Suite struct MailStoreHostileTests {
  private static let forms: [(String, MailStoreBuilder.Form, Int)] = [
    ("ansi", .ansi, 0), ("unicode", .unicode, 1), ("large", .large, 0), ("packed", .large, 1),
  ]

  private func store(_ name: String) -> [UInt8] {
    let form = Self.forms.first { $0.0 == name }
    return MailStoreTests.store(form?.1 ?? .unicode, cipher: form?.2 ?? 0, isPacked: name == "packed")
  }

  @Test(arguments: forms.map(\.0))
  func mutations(name: String) throws {
    let bytes = store(name)
    // Both trees stand behind all blocks.
    try Mutations().mutate(bytes, structure: bytes.count - 8192..<bytes.count, name)
    try Mutations().mutate(bytes, structure: 180..<250, name)
  }

  @Test(arguments: forms.map(\.0))
  func truncations(name: String) throws { try Mutations().truncate(store(name), name) }

  @Test func tnef() throws {
    var message = TNEFBuilder()
    message.body("a body")
    message.message([(0x1009, 0x102, MailStoreTests.rtf), (0x8003, 0x1E, Array("named\0".utf8))])
    message.attachment("a.txt", MailStoreTests.note, longName: "a long name.txt")
    message.attachment("t.zip", MailStoreTests.zip)
    try Mutations().mutate(message.bytes, structure: message.bytes.indices, "tnef")
    try Mutations().truncate(message.bytes, "tnef")
  }

  /// A message inside itself, and attachments that all share one list of attachments.
  @Test func circles() throws {
    var bytes = MailStoreTests.store(.unicode)
    // Every list of nodes below leads to itself.
    for at in stride(from: 0x4800, to: bytes.count - 64, by: 64) where bytes[at] == 2 && bytes[at + 1] == 0 {
      let count = Int(bytes[at + 2])
      guard bytes[at + 3] == 0, (1...8).contains(count), bytes[at + 4..<at + 8].allSatisfy({ $0 == 0 }) else {
        continue
      }
      let end = at + (8 + 24 * count + 16 + 63) / 64 * 64
      let own = Array(bytes[end - 8..<end])
      for i in 0..<count { bytes.replaceSubrange(at + 24 + 24 * i..<at + 32 + 24 * i, with: own) }
    }
    let start = ContinuousClock.now
    let sink = try Feed.memory(bytes)
    #expect(ContinuousClock.now - start < .seconds(30))
    #expect(sink.broken.isEmpty)
    #expect(sink.entries.count < 200_000)
  }
}
