/// The form in which Outlook keeps bodies in RTF ([MS-OXRTFCP] 2.1): runs of a dictionary of 4 KiB that begins with
/// words every RTF has.
enum CompressedRTF {
  private static let most = 16 << 20
  private static let start: [UInt8] = Array(
    (#"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript "#
      + #"\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"# + "\r\n"
      + #"\par \pard\plain\f0\fs20\b\i\u\tab\tx"#).utf8)

  struct Text {
    var bytes: [UInt8]
    /// There was more than may be unpacked.
    var isCut = false
  }

  /// - Returns: the text as far as it could be made out, and behind it what stands behind its end; nil when this is no
  ///   such form.
  static func unpack(_ bytes: [UInt8]) -> Text? {
    guard let (text, end) = text(bytes) else { return nil }
    let isCut = text.count >= most
    // Nobody reads what a writer leaves behind the end: it is searched with the text.
    return Text(bytes: bytes.count - end >= 24 ? text + bytes[end...] : text, isCut: isCut)
  }

  /// The text, and where what belongs to it ends.
  private static func text(_ bytes: [UInt8]) -> ([UInt8], end: Int)? {
    let head = Fields(bytes)
    guard head.count >= 16 else { return nil }
    let wanted = min(Int(head.little(4, 4)), most)
    let form = head.little(8, 4)
    if form == 0x414C_454D {
      // MELA: as it is.
      let text = Array(bytes[16...].prefix(wanted))
      return (text, 16 + text.count)
    }
    guard form == 0x7546_5A4C else { return nil }  // LZFu
    var window = [UInt8](repeating: 0x20, count: 4096)
    window.replaceSubrange(0..<start.count, with: start)
    var write = start.count
    var output: [UInt8] = []
    var at = 16
    func put(_ byte: UInt8) {
      output.append(byte)
      window[write] = byte
      write = (write + 1) & 4095
    }
    while at < bytes.count, output.count < wanted {
      let control = bytes[at]
      at += 1
      for bit in 0..<8 {
        guard at < bytes.count, output.count < wanted else { break }
        if control >> bit & 1 == 0 {
          put(bytes[at])
          at += 1
          continue
        }
        guard at + 1 < bytes.count else { return (output, at) }
        let token = Int(bytes[at]) << 8 | Int(bytes[at + 1])
        at += 2
        let from = token >> 4
        guard from != write else { return (output, at) }
        for i in 0..<((token & 15) + 2) where output.count < wanted { put(window[(from + i) & 4095]) }
      }
    }
    return (output, at)
  }
}
