import CustodyCore
import Foundation

/// The key of waivers' values: any file of 16 bytes or more, as `head -c 32 /dev/urandom` writes it.
enum WaiverKey {
  static func read(_ path: String) throws(Complaint) -> [UInt8] {
    let bytes = try FileBytes.read(path, atMost: 4096)
    guard bytes.count >= 16 else {
      throw Complaint(
        code: "waivers.key", "the key has fewer than 16 bytes", at: Printable.escape(path, limit: 300),
        hint: "make one: head -c 32 /dev/urandom > waiver.key")
    }
    return bytes
  }
}
