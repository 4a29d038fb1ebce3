import CustodyCore

/// A named value that an archive or a file system keeps beside an entry's content (Linux xattr(7); pax records
/// `SCHILY.xattr.*` and `LIBARCHIVE.xattr.*`).
struct ExtendedAttribute: Hashable {
  /// Raw bytes, the namespace (`user.`, `security.`) included.
  var name: [UInt8]
  var value: [UInt8]

  /// Values examined of one entry. Reason `derived-limit`.
  static let most = 1000
  /// Bytes of the values examined of one entry together. Reason `derived-limit`.
  static let mostBytes = 16 << 20
  /// Shorter values hold no record and no picture.
  static let least = 20

  /// Where the attributes of an entry are: a component of their own, below the entry's.
  static let folder = Array("$xattr".utf8)

  /// False for what is too short, and for what the system keeps for itself in its usual form: there is no room in it.
  static func isWanted(_ name: some Collection<UInt8>, _ value: UnsafeRawBufferPointer) -> Bool {
    guard value.count >= least else { return false }
    guard name.first == 0x73 else { return true }
    if name.elementsEqual("security.selinux".utf8) { return !isLabel(value) }
    if name.elementsEqual("security.capability".utf8) { return !isCapability(value) }
    if name.elementsEqual("system.posix_acl_access".utf8) || name.elementsEqual("system.posix_acl_default".utf8) {
      return !isAccessList(value)
    }
    return true
  }

  /// `user:role:type:level`, each short, in lower case, perhaps ended by a zero byte.
  private static func isLabel(_ value: UnsafeRawBufferPointer) -> Bool {
    let text = value.last == 0 ? UnsafeRawBufferPointer(rebasing: value.dropLast()) : value
    guard text.count <= 255 else { return false }
    var run = 0
    for b in text {
      switch b {
      case 0x3A, 0x2C: run = 0
      case 0x61...0x7A, 0x30...0x39, 0x5F, 0x2D, 0x2E: run += 1
      default: return false
      }
      if run > 48 { return false }
    }
    return true
  }

  /// `vfs_cap_data` of Linux (`linux/capability.h`): revision 2 or 3, then bit sets.
  private static func isCapability(_ value: UnsafeRawBufferPointer) -> Bool {
    (value.count == 20 || value.count == 24) && value[1] == 0 && value[2] == 0 && (value[3] == 2 || value[3] == 3)
  }

  /// Version 2 of `linux/posix_acl_xattr.h`: tags and rights of two bytes, an id of four.
  private static func isAccessList(_ value: UnsafeRawBufferPointer) -> Bool {
    guard value.count <= 4 + 8 * 64, value.count % 8 == 4, value.little32(0) == 2 else { return false }
    return stride(from: 4, to: value.count, by: 8).allSatisfy {
      [1, 2, 4, 8, 16, 32].contains(value.little16($0)) && value.little16($0 + 2) <= 7
    }
  }
}

/// What is to be examined of one entry's attributes, and what is in the way.
struct ExtendedAttributes {
  private(set) var found: [ExtendedAttribute] = []
  private(set) var trouble: Trouble?
  private var seen: Set<ExtendedAttribute> = []
  private var bytes = 0

  /// False when no more are taken.
  mutating func add(_ name: some Collection<UInt8>, _ value: UnsafeRawBufferPointer) -> Bool {
    guard ExtendedAttribute.isWanted(name, value) else { return true }
    guard found.count < ExtendedAttribute.most, value.count <= ExtendedAttribute.mostBytes - bytes else {
      trouble = Trouble(
        .limited, .derivedLimit, "there are more extended attributes, or larger ones, than are examined")
      return false
    }
    let attribute = ExtendedAttribute(name: Array(name), value: Array(value))
    // libarchive writes every attribute in two forms, and hands out both.
    guard seen.insert(attribute).inserted else { return true }
    bytes += value.count
    found.append(attribute)
    return true
  }

  mutating func add(_ trouble: Trouble) { self.trouble = self.trouble ?? trouble }

  var isEmpty: Bool { found.isEmpty && trouble == nil }

  /// In byte order of names; values of one name in the order they were found.
  var sorted: [ExtendedAttribute] {
    found.enumerated().sorted {
      $0.element.name == $1.element.name
        ? $0.offset < $1.offset : $0.element.name.lexicographicallyPrecedes($1.element.name)
    }.map(\.element)
  }
}
