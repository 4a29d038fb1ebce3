/// `winmail.dat` ([MS-OXTNEF]), put together by code.
public struct TNEFBuilder {
  private var out = RecordBytes([0x78, 0x9F, 0x3E, 0x22, 1, 0])

  public init() {
    attribute(1, 0x0008_9006, [0, 0, 1, 0])
    attribute(1, 0x0006_9007, [0xE4, 4, 0, 0, 0, 0, 0, 0])
  }

  public var bytes: [UInt8] { out.bytes }

  public mutating func attribute(_ level: Int, _ identifier: Int, _ data: [UInt8]) {
    out.u8(level)
    out.u32le(identifier)
    out.u32le(data.count)
    out.raw(data)
    out.u16le(data.reduce(0) { $0 + Int($1) })
  }

  /// - Parameter properties: identifier, type, value of variable length.
  public static func properties(_ properties: [(Int, Int, [UInt8])]) -> [UInt8] {
    var list = RecordBytes()
    list.u32le(properties.count)
    for (identifier, kind, value) in properties {
      list.u16le(kind)
      list.u16le(identifier)
      if identifier >= 0x8000 {
        list.zeros(16)
        list.u32le(0)
        list.u32le(1)
      }
      list.u32le(1)
      list.u32le(value.count)
      list.raw(value)
      list.zeros((4 - value.count % 4) % 4)
    }
    return list.bytes
  }

  public mutating func subject(_ text: String) { attribute(1, 0x0001_8004, Array(text.utf8) + [0]) }
  public mutating func body(_ text: String) { attribute(1, 0x0002_800C, Array(text.utf8)) }
  public mutating func message(_ properties: [(Int, Int, [UInt8])]) {
    attribute(1, 0x0006_9003, Self.properties(properties))
  }

  /// - Parameter longName: in UTF-16, among the properties behind the content.
  public mutating func attachment(_ name: String, _ content: [UInt8], longName: String? = nil) {
    attribute(2, 0x0006_9002, [UInt8](repeating: 0, count: 14))
    attribute(2, 0x0001_8010, Array(name.utf8) + [0])
    attribute(2, 0x0006_800F, content)
    guard let longName else { return }
    let text = (longName + "\0").utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    attribute(2, 0x0006_9005, Self.properties([(0x8001, 0x102, [1, 2, 3]), (0x3707, 0x1F, text)]))
  }

  /// A message inside the message: an object that is a stream like this one.
  public mutating func embedded(_ message: [UInt8]) {
    attribute(2, 0x0006_9002, [UInt8](repeating: 0, count: 14))
    let interface: [UInt8] = [7, 3, 2, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46]
    attribute(2, 0x0006_9005, Self.properties([(0x3701, 0x0D, interface + message)]))
  }
}
