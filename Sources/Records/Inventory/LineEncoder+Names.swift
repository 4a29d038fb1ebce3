internal import CustodyCore

extension LineEncoder {
  mutating func names(_ names: PictureNames) {
    put(",\"names\":{")
    if let files = names.files { sketch("\"files\":{\"values\":", files) }
    if names.files != nil, names.keys != nil { put(0x2C) }
    if let keys = names.keys { sketch("\"keys\":{\"values\":", keys) }
    put(0x7D)
  }

  private mutating func sketch(_ open: StaticString, _ sketch: NameSketch) {
    put(open)
    positive(sketch.values)
    put(",\"hashes\":\"")
    for hash in sketch.hashes { for i in 0..<HashText.characters { put(HashText.character(hash, i)) } }
    put("\"}")
  }
}
