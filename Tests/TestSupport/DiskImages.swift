public import Foundation

/// Disk images made by the systems' own tools, without root. Nil where a tool is missing, said aloud.
public struct DiskImages {
  public let folder: TemporaryFolder

  public init() throws { folder = try TemporaryFolder() }

  /// A tool in the places where Debian keeps such.
  private func tool(_ name: String) -> CommandLineTool? {
    for place in ["/usr/sbin/", "/sbin/", "/usr/bin/", "/bin/"] {
      let path = place + name
      if FileManager.default.isExecutableFile(atPath: path) {
        return CommandLineTool(executable: URL(fileURLWithPath: path), in: folder.url)
      }
    }
    FileHandle.standardError.write(Data("SKIPPED: no \(name) to make disk images with\n".utf8))
    return nil
  }

  private struct Failure: Error { var text: String }

  private func run(_ name: String, _ arguments: [String], input: [UInt8] = []) throws -> Bool {
    guard let tool = tool(name) else { return false }
    let result = try tool.run(arguments, input: input)
    guard result.status == 0 else { throw Failure(text: "\(name) ended with \(result.status): \(result.err)") }
    return true
  }

  private func blank(_ name: String, _ size: Int) throws {
    try folder.write(name, [])
    let file = try FileHandle(forWritingTo: folder.url.appendingPathComponent(name))
    try file.truncate(atOffset: UInt64(size))
    try file.close()
  }

  /// - Parameters:
  ///   - type: `ext2`, `ext3` or `ext4`.
  ///   - removed: paths taken away again, as `rm` does.
  ///   - adjust: changes the folder before the image is made of it: links and the like.
  public func ext(
    _ type: String, _ files: [String: [UInt8]], removed: [String] = [], size: Int = 2 << 20,
    adjust: (URL) throws -> Void = { _ in }
  ) throws -> [UInt8]? {
    for (path, bytes) in files { try folder.write("source/" + path, bytes) }
    try adjust(folder.url.appendingPathComponent("source"))
    defer { try? FileManager.default.removeItem(at: folder.url.appendingPathComponent("source")) }
    try blank("image", size)
    guard try run("mke2fs", ["-q", "-F", "-t", type, "-d", "source", "image"]) else { return nil }
    for path in removed {
      guard try run("debugfs", ["-w", "-R", "rm /" + path, "image"]) else { return nil }
    }
    return try folder.read("image")
  }

  /// - Parameters:
  ///   - bits: 12, 16 or 32.
  ///   - size: in bytes; nil for one that fits.
  public func fat(
    _ bits: Int, _ files: [String: [UInt8]], removed: [String] = [], size: Int? = nil
  ) throws -> [UInt8]? {
    try blank("image", size ?? (bits == 12 ? 1 << 20 : bits == 16 ? 5 << 20 : 34 << 20))
    let cluster = bits == 12 ? "2" : "1"
    guard try run("mkfs.vfat", ["-F", String(bits), "-s", cluster, "-n", "CAMERA 7", "image"]) else { return nil }
    var made: Set<String> = []
    for (path, bytes) in files.sorted(by: { $0.key < $1.key }) {
      try folder.write("one", bytes)
      if let slash = path.lastIndex(of: "/"), made.insert(String(path[..<slash])).inserted {
        guard try run("mmd", ["-i", "image", "::/" + path[..<slash]]) else { return nil }
      }
      guard try run("mcopy", ["-i", "image", "one", "::/" + path]) else { return nil }
    }
    for path in removed { guard try run("mdel", ["-i", "image", "::/" + path]) else { return nil } }
    return try folder.read("image")
  }

  /// - Parameter streams: alternate data, by `name:stream`.
  public func ntfs(
    _ files: [String: [UInt8]], streams: [String: [UInt8]] = [:], size: Int = 2 << 20
  ) throws -> [UInt8]? {
    try blank("image", size)
    let geometry = ["-p", "0", "-H", "16", "-S", "63", "-s", "512", "-c", "4096"]
    guard try run("mkfs.ntfs", ["-q", "-F", "-f"] + geometry + ["image"]) else { return nil }
    for (path, bytes) in files.sorted(by: { $0.key < $1.key }) {
      try folder.write("one", bytes)
      guard try run("ntfscp", ["-q", "-f", "image", "one", path]) else { return nil }
    }
    for (path, bytes) in streams.sorted(by: { $0.key < $1.key }) {
      try folder.write("one", bytes)
      let words = path.split(separator: ":").map(String.init)
      guard try run("ntfscp", ["-q", "-f", "-N", words[1], "image", "one", words[0]]) else { return nil }
    }
    return try folder.read("image")
  }

  /// One file in the root; no tool writes into an exFAT without mounting it.
  public func exfat(_ name: String, _ content: [UInt8], size: Int = 4 << 20) throws -> [UInt8]? {
    try blank("image", size)
    guard try run("mkfs.exfat", ["-c", "4096"] + (size < 4 << 20 ? ["-b", "4096"] : []) + ["image"]) else { return nil }
    var image = try folder.read("image")
    func number(_ at: Int) -> Int { (0..<4).reduce(0) { $0 | Int(image[at + $1]) << (8 * $1) } }
    let sector = 1 << image[108]
    let cluster = sector << image[109]
    let heap = number(88) * sector
    let root = heap + (number(96) - 2) * cluster
    let first = number(96) + 1  // The cluster behind the root directory.
    let text = Array(name.utf16)
    let names = (text.count + 14) / 15
    var set = [UInt8](repeating: 0, count: 32 * (2 + names))
    func put(_ value: Int, _ at: Int, _ width: Int) {
      for i in 0..<width { set[at + i] = UInt8(truncatingIfNeeded: value >> (8 * i)) }
    }
    set[0] = 0x85
    set[1] = UInt8(1 + names)
    set[4] = 0x20
    for at in [8, 12, 16] { put(0x4D62_6A80, at, 4) }
    set[32] = 0xC0
    set[33] = 0x03  // Allocated, in one run.
    set[35] = UInt8(text.count)
    put(content.count, 40, 8)
    put(first, 52, 4)
    put(content.count, 56, 8)
    for i in 0..<names { set[64 + 32 * i] = 0xC1 }
    for (i, unit) in text.enumerated() { put(Int(unit), 64 + 32 * (i / 15) + 2 + 2 * (i % 15), 2) }
    var sum: UInt16 = 0
    for (i, byte) in set.enumerated() where i != 2 && i != 3 { sum = (sum << 15 | sum >> 1) &+ UInt16(byte) }
    put(Int(sum), 2, 2)
    var slot = root
    while image[slot] != 0 { slot += 32 }
    image.replaceSubrange(slot..<(slot + set.count), with: set)
    let data = heap + (first - 2) * cluster
    image.replaceSubrange(data..<(data + content.count), with: content)
    // The bitmap: where the entry 0x81 says, a bit for every cluster from the second on.
    for at in stride(from: root, to: slot, by: 32) where image[at] == 0x81 {
      let bitmap = heap + (number(at + 20) - 2) * cluster
      for i in 0..<((content.count + cluster - 1) / cluster) {
        image[bitmap + (first - 2 + i) / 8] |= 1 << UInt8((first - 2 + i) % 8)
      }
    }
    return image
  }

  /// Partitions at the given sectors of 512 bytes.
  ///
  /// - Parameter script: lines for `sfdisk`.
  public func disk(_ size: Int, _ script: String, _ contents: [(sector: Int, bytes: [UInt8])]) throws -> [UInt8]? {
    try blank("image", size)
    guard try run("sfdisk", ["-q", "image"], input: Array(script.utf8)) else { return nil }
    var image = try folder.read("image")
    for (sector, bytes) in contents {
      image.replaceSubrange((512 * sector)..<(512 * sector + bytes.count), with: bytes)
    }
    return image
  }
}
