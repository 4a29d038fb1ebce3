/// Files of the ICAO logical data structure (Doc 9303 part 10): BER-TLV, definite lengths.
public enum LDSBuilder {
  /// EF.COM: version 0107, Unicode 4.0.0, the list of data groups by tag.
  public static func com(groups: [UInt8] = [0x61, 0x75, 0x63]) -> [UInt8] {
    tlv(
      [0x60],
      tlv([0x5F, 0x01], Array("0107".utf8)) + tlv([0x5F, 0x36], Array("040000".utf8)) + tlv([0x5C], groups))
  }

  /// DG1: the machine-readable zone.
  public static func dg1(mrz: [String] = MRZBuilder.td3()) -> [UInt8] {
    tlv([0x61], tlv([0x5F, 0x1F], Array(mrz.joined().utf8)))
  }

  /// DG2: face records (ISO/IEC 19794-5) in a biometric information group.
  public static func dg2(_ records: [[UInt8]] = [FaceRecordBuilder.iso2005()]) -> [UInt8] {
    tlv([0x75], group(records, type: 0x02, format: 0x0008))
  }

  /// DG3: finger image records (ISO/IEC 19794-4) in a biometric information group.
  public static func dg3(_ records: [[UInt8]] = [FingerImageRecordBuilder.iso2005()]) -> [UInt8] {
    tlv([0x63], group(records, type: 0x08, format: 0x0007))
  }

  /// Template `7F61`: the number of records, then each with its header `A1` and its data `5F2E`.
  private static func group(_ records: [[UInt8]], type: UInt8, format: UInt8) -> [UInt8] {
    var body = tlv([0x02], [UInt8(truncatingIfNeeded: records.count)])
    for record in records {
      let header =
        tlv([0x81], [type]) + tlv([0x82], [0]) + tlv([0x87], [0x01, 0x01]) + tlv([0x88], [0x00, format])
      body += tlv([0x7F, 0x60], tlv([0xA1], header) + tlv([0x5F, 0x2E], record))
    }
    return tlv([0x7F, 0x61], body)
  }

  /// One BER-TLV (ISO/IEC 8825-1) with the shortest definite length.
  public static func tlv(_ tag: [UInt8], _ value: [UInt8]) -> [UInt8] {
    let n = value.count
    let length: [UInt8] =
      switch n {
      case 0..<0x80: [UInt8(n)]
      case 0x80..<0x100: [0x81, UInt8(n)]
      case 0x100..<0x10000: [0x82, UInt8(n >> 8), UInt8(n & 0xFF)]
      default: [0x83, UInt8(n >> 16 & 0xFF), UInt8(n >> 8 & 0xFF), UInt8(n & 0xFF)]
      }
    return tag + length + value
  }
}
