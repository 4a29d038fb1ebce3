internal import CDescriptors
import CustodyCore
import Glibc

extension ExtendedAttributes {
  /// Bytes of names that are listed with the first call: enough for nearly every file.
  private static let usualList = 256
  /// What Linux lets a list of names, and a value, have at most (`XATTR_LIST_MAX`, `XATTR_SIZE_MAX` of `linux/limits.h`).
  private static let most = 65_536
  private static let user = Array("user.".utf8)

  /// What this process may read of an open file's attributes. One call (flistxattr(2)) where there are none.
  init(of descriptor: Int32) {
    self.init()
    let isWhole = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Self.usualList) {
      list(descriptor, into: $0)
    }
    guard !isWhole else { return }
    let memory = UnsafeMutableBufferPointer<CChar>.allocate(capacity: Self.most)
    defer { memory.deallocate() }
    if !list(descriptor, into: memory) {
      add(Trouble(.failed, .unreadable, "the extended attributes cannot be listed"))
    }
  }

  /// False when the list does not fit.
  private mutating func list(_ descriptor: Int32, into memory: UnsafeMutableBufferPointer<CChar>) -> Bool {
    let count = cd_attribute_names(descriptor, memory.baseAddress, memory.count)
    switch count {
    case 0, -Int(ENOTSUP), -Int(ENOSYS): break
    case -Int(ERANGE), -Int(E2BIG): return false
    case ..<0: add(Trouble(.failed, .unreadable, "the extended attributes cannot be listed"))
    default:
      // File systems list them in orders of their own.
      let names = memory.prefix(count).split(separator: 0).map { name in name.map { UInt8(bitPattern: $0) } }
      read(descriptor, names.sorted { $0.lexicographicallyPrecedes($1) })
    }
    return true
  }

  private mutating func read(_ descriptor: Int32, _ names: [[UInt8]]) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.most, alignment: 16)
    defer { memory.deallocate() }
    for name in names {
      let count = cd_attribute(descriptor, name.map { CChar(bitPattern: $0) } + [0], memory.baseAddress, memory.count)
      if count >= 0 {
        if !add(name, UnsafeRawBufferPointer(rebasing: memory.prefix(count))) { return }
      } else if count != -Int(ENODATA), name.starts(with: Self.user) {
        // Gone since it was listed: it is not there. What the system keeps for itself is not for everybody to read.
        add(Trouble(.failed, .unreadable, "an extended attribute cannot be read"))
      }
    }
  }
}
