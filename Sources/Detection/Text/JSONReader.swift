/// JSON and JSON Lines (RFC 8259), read forward byte by byte: keys, values and nesting, no tree.
///
/// Forgiving: a control character ends a string, unknown characters are stepped over, so that one broken line does
/// not hide the next.
struct JSONReader {
  private enum State { case between, key, value, skipped, bare }

  private var state = State.between
  private var isEscaped = false
  /// Hexadecimal digits of `\u` still to come.
  private var unicode = 0
  private var unit: UInt32 = 0
  private var hash = ColumnNames.Hash()
  private var field = FieldBuffer()
  /// Role of the last key.
  private var role = ColumnRole.none
  private var expectsKey = false
  private var nesting = Nesting()

  mutating func read(_ bytes: UnsafeBufferPointer<UInt8>, _ map: TextOffsets, into records: inout TextRecords) {
    var i = 0
    while i < bytes.count {
      let c = bytes[i]
      switch state {
      case .between: structure(c, map.offset(i), &records)
      case .value where unicode == 0 && !isEscaped:
        var j = i
        while j < bytes.count, bytes[j] != 0x22, bytes[j] != 0x5C, bytes[j] >= 0x20 { j += 1 }
        field.append(bytes, i, j)
        // A picture written down in its text is no name.
        if j > i, field.isCut, role.mayNamePictures {
          state = .skipped
          i = j - 1
        } else {
          i = j
          if j < bytes.count { string(bytes[j], &records) }
        }
      case .key, .value: string(c, &records)
      case .skipped:
        // Most bytes of most files: text nobody asked for.
        var j = i
        if isEscaped {
          isEscaped = false
          j += 1
        }
        while j < bytes.count, bytes[j] != 0x22, bytes[j] != 0x5C, bytes[j] >= 0x20 { j += 1 }
        if j < bytes.count {
          if bytes[j] == 0x5C { isEscaped = true } else { endSkipped(&records) }
        }
        i = j
      case .bare:
        if c == 0x2C || c == 0x5D || c == 0x7D || c <= 0x20 {
          if role != .none { field.deliver(as: role, to: &records) }
          state = .between
          structure(c, map.offset(i), &records)
        } else if role != .none {
          field.append(c)
        }
      }
      i += 1
    }
  }

  mutating func finish(at end: Int, into records: inout TextRecords) {
    if state == .bare, role != .none { field.deliver(as: role, to: &records) }
    state = .between
    records.finish(at: end)
  }

  private mutating func structure(_ c: UInt8, _ offset: Int, _ records: inout TextRecords) {
    switch c {
    case 0x20, 0x09, 0x0A, 0x0D: break
    case 0x7B:
      if role != .none { records.mark(role) }
      records.open(role, at: offset)
      nesting.push(isArray: false)
      role = .none
      expectsKey = true
    case 0x5B:
      records.open(role, isArray: true, at: offset)
      nesting.push(isArray: true)
      expectsKey = false
    case 0x7D, 0x5D:
      records.close(at: offset + 1)
      nesting.pop()
      role = nesting.isArray ? records.key : .none
      expectsKey = false
    case 0x2C:
      expectsKey = !nesting.isArray
      role = expectsKey ? .none : records.key
    case 0x3A: expectsKey = false
    case 0x22:
      if expectsKey {
        hash = ColumnNames.Hash()
        state = .key
      } else if role.isChecked {
        field.clear()
        state = .value
      } else {
        field.clear()
        state = .skipped
      }
    default:
      if expectsKey { break }
      field.clear()
      if role != .none { field.append(c) }
      state = .bare
    }
  }

  private mutating func string(_ c: UInt8, _ records: inout TextRecords) {
    if unicode > 0 {
      unicode -= 1
      let digit: UInt32? =
        switch c {
        case 0x30...0x39: UInt32(c) - 0x30
        case 0x41...0x46: UInt32(c) - 0x37
        case 0x61...0x66: UInt32(c) - 0x57
        default: nil
        }
      if let digit {
        unit = unit << 4 | digit
        if unicode == 0 { take(unit < 0x80 ? UInt8(truncatingIfNeeded: unit) : 0xFF) }
        return
      }
      unicode = 0
    }
    if isEscaped {
      isEscaped = false
      if c == 0x75 {
        unicode = 4
        unit = 0
      } else {
        take(c == 0x6E || c == 0x72 || c == 0x74 ? 0x20 : c)
      }
      return
    }
    switch c {
    case 0x5C: isEscaped = true
    case 0x22, 0..<0x20:
      if state == .key {
        role = ColumnNames.role(hash)
        expectsKey = false
      } else {
        field.deliver(as: role, to: &records)
      }
      state = .between
    default: take(c)
    }
  }

  private mutating func take(_ c: UInt8) {
    if state == .key { hash.add(c) } else { field.append(c) }
  }

  /// A value of a role that only counts as filled.
  private mutating func endSkipped(_ records: inout TextRecords) {
    state = .between
    if role != .none { records.value(role, Span()) }
  }
}

/// Whether each level is an array, one bit a level; levels beyond the last bit count as objects.
private struct Nesting {
  private static let levels = 1 << 16
  private var bits: [UInt64] = []
  private var depth = 0

  var isArray: Bool {
    guard depth > 0, depth <= Self.levels else { return false }
    return bits[(depth - 1) >> 6] & 1 << UInt64((depth - 1) & 63) != 0
  }

  mutating func push(isArray: Bool) {
    depth += 1
    guard depth <= Self.levels else { return }
    let word = (depth - 1) >> 6
    let bit: UInt64 = 1 << UInt64((depth - 1) & 63)
    if word == bits.count { bits.append(0) }
    if isArray { bits[word] |= bit } else { bits[word] &= ~bit }
  }

  mutating func pop() { depth = max(0, depth - 1) }
}
