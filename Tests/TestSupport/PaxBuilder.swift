/// Extended headers of tars, record by record (POSIX.1-2001, pax Interchange Format).
extension HandBuilt {
  public static func paxRecord(_ key: [UInt8], _ value: [UInt8]) -> [UInt8] {
    let rest = [0x20] + key + [0x3D] + value + [0x0A]
    var length = rest.count + 1
    while String(length).utf8.count + rest.count != length { length += 1 }
    return Array(String(length).utf8) + rest
  }

  public static func paxRecord(_ key: String, _ value: [UInt8]) -> [UInt8] { paxRecord(Array(key.utf8), value) }

  /// A header of this type (`x` for the next member, `g` for all) with its records, padded.
  public static func pax(_ records: [UInt8], type: Character = "x", padding: [UInt8] = []) -> [UInt8] {
    let rest = (512 - records.count % 512) % 512
    return tarHeader(Array("pax".utf8), size: UInt64(records.count), type: type.asciiValue ?? 0x78) + records
      + padding.prefix(rest) + [UInt8](repeating: 0, count: max(0, rest - padding.count))
  }
}
