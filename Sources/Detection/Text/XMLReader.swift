/// XML elements and attributes as named values, read forward byte by byte.
///
/// `XMLTokens` reads mark-up in memory; this one keeps its place between two bytes of an entry of any size. No
/// document type is read, no entity replaced but the five of XML 1.0 section 4.6, prefixes are dropped.
struct XMLReader {
  private enum State {
    case text, open, name, closing, inside, attribute, equals, quoted, special, comment, data, other
  }

  private var state = State.text
  private var hash = ColumnNames.Hash()
  private var field = FieldBuffer()
  private var role = ColumnRole.none
  private var attribute = ColumnRole.none
  private var quote: UInt8 = 0
  /// The last bytes, for ends of several characters.
  private var recent: UInt32 = 0
  private var isSlash = false
  /// The innermost element has had no element inside it.
  private var isLeaf = false
  private var start = 0

  mutating func read(_ bytes: UnsafeBufferPointer<UInt8>, _ map: TextOffsets, into records: inout TextRecords) {
    for i in bytes.indices {
      let c = bytes[i]
      recent = recent << 8 | UInt32(c)
      switch state {
      case .text:
        if c == 0x3C {
          state = .open
          start = map.offset(i)
        } else if role.isChecked || (c > 0x20 && role != .none) {
          field.append(c)
        }
      case .open: opened(c)
      case .name, .inside, .attribute, .equals, .quoted: tag(c, &records)
      case .closing:
        if c == 0x3E {
          closeElement(map.offset(i) + 1, &records)
          state = .text
        }
      case .special: special(c)
      case .comment: if recent & 0xFF_FFFF == 0x2D_2D3E { state = .text }
      case .data:
        if recent & 0xFF_FFFF == 0x5D_5D3E {
          state = .text
        } else if role.isChecked, c != 0x5D {
          field.append(c)
        }
      case .other: if c == 0x3E { state = .text }
      }
    }
  }

  mutating func finish(at end: Int, into records: inout TextRecords) { records.finish(at: end) }

  private mutating func opened(_ c: UInt8) {
    switch c {
    case 0x2F: state = .closing
    case 0x21:
      state = .special
      recent = 0
    case 0x3F: state = .other
    case 0x41...0x5A, 0x61...0x7A, 0x5F, 0x80...:
      hash = ColumnNames.Hash()
      hash.add(c)
      isSlash = false
      state = .name
    default: state = .text
    }
  }

  private mutating func special(_ c: UInt8) {
    if recent == 0x2D2D {
      state = .comment
      recent = 0
    } else if recent == 0x4154_415B {
      // `<![CDATA[`
      state = .data
    } else if c == 0x3E {
      state = .text
    }
  }

  private mutating func tag(_ c: UInt8, _ records: inout TextRecords) {
    if state == .quoted {
      if c == quote {
        field.deliver(as: attribute, to: &records)
        state = .inside
      } else {
        field.append(c)
      }
      return
    }
    if state == .name {
      if c == 0x3A {
        hash = ColumnNames.Hash()
        return
      }
      guard c <= 0x20 || c == 0x3E || c == 0x2F else {
        hash.add(c)
        return
      }
      role = ColumnNames.role(hash)
      records.open(role, at: start)
      isLeaf = true
      state = .inside
    }
    switch c {
    case 0x3E:
      field.clear()
      state = .text
      if isSlash { closeElement(start, &records) }
    case 0x2F: isSlash = true
    case 0x3D:
      attribute = ColumnNames.role(hash)
      state = .equals
    case 0x22, 0x27:
      if state == .equals {
        quote = c
        field.clear()
        state = .quoted
      }
    case 0...0x20: if state == .attribute { state = .inside }
    default:
      isSlash = false
      if state != .attribute {
        hash = ColumnNames.Hash()
        state = .attribute
      }
      if c == 0x3A { hash = ColumnNames.Hash() } else { hash.add(c) }
    }
  }

  private mutating func closeElement(_ end: Int, _ records: inout TextRecords) {
    let named = isLeaf ? role : records.key
    records.close(at: end)
    if named != .none {
      if isLeaf { field.deliver(as: named, to: &records) } else { records.mark(named) }
    }
    isLeaf = false
    field.clear()
    role = .none
  }
}
