import CustodyCore

/// Identity of a folder: the container chain and the directory of an entry, as normalized bytes.
///
/// Containers end with NUL and slash (`outer.tar␀/lane3/day.zip␀/`), so that a directory whose name ends in `!` stays a
/// directory. Leading `./` and `/` of each component, which archivers add or not, do not count.
enum FolderKey {
  /// Writes the folder of `locator` into `key` (emptied first).
  static func write(_ locator: Locator, into key: inout [UInt8]) {
    key.removeAll(keepingCapacity: true)
    let components = locator.components
    guard let last = components.last else { return }
    for component in components.dropLast() {
      key.append(contentsOf: trimmed(component))
      key.append(0)
      key.append(0x2F)
    }
    let path = trimmed(last)
    if let slash = path.lastIndex(of: 0x2F) { key.append(contentsOf: path[..<slash]) }
  }

  /// A path without leading `./` and `/`.
  static func trimmed(_ path: [UInt8]) -> ArraySlice<UInt8> {
    var rest = path[...]
    while let first = rest.first {
      if first == 0x2F {
        rest = rest.dropFirst()
      } else if first == 0x2E, rest.dropFirst().first == 0x2F {
        rest = rest.dropFirst(2)
      } else {
        break
      }
    }
    return rest
  }

  /// The file name of an entry.
  static func fileName(_ locator: Locator) -> ArraySlice<UInt8> {
    guard let last = locator.components.last else { return [] }
    if let slash = last.lastIndex(of: 0x2F) { return last[(slash + 1)...] }
    return last[...]
  }

  /// True when the folder is the root of a container.
  static func isContainerRoot(_ key: ArraySlice<UInt8>) -> Bool {
    key.count >= 2 && key[key.endIndex - 1] == 0x2F && key[key.endIndex - 2] == 0
  }

  /// The folder above: of a container's root, the folder the container lies in; nil above everything.
  static func parent(_ key: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard !key.isEmpty else { return nil }
    let inner = isContainerRoot(key) ? key.dropLast(2) : key
    guard let slash = inner.lastIndex(of: 0x2F) else { return key.prefix(0) }
    return slash > key.startIndex && key[slash - 1] == 0 ? key[...slash] : key[..<slash]
  }

  /// For showing with `--disclose paths`.
  static func shown(_ key: [UInt8]) -> String {
    var out: [UInt8] = []
    for b in key { out.append(b == 0 ? 0x21 : b) }
    return Printable.escape(String(decoding: out, as: UTF8.self))
  }
}
