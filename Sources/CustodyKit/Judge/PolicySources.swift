public import CustodyCore
internal import Evidence
import Foundation
public import Policies

/// Where packs, registers and side records come from: files, or packs that ship with the program.
public struct PolicySources: Sendable {
  /// Names of shipped packs, files or folders of `*.yaml`.
  public var packs: [String]
  public var registers: [String]
  public var records: [String]

  public init(packs: [String], registers: [String] = [], records: [String] = []) {
    self.packs = packs
    self.registers = registers
    self.records = records
  }

  /// A YAML text larger than this is refused before it is parsed.
  static let largestFile = 16 << 20

  /// Reads and checks everything.
  ///
  /// - Returns: the policies, and a descriptor with digest for each text in the order given.
  /// - Throws: every problem of every file at once.
  public func load() throws(Complaints) -> (policies: PolicySet, configuration: [ResourceDescriptor]) {
    var problems: [Complaint] = []
    func read(_ names: [String], _ resolve: (String) throws(Complaint) -> [PolicySource]) -> [PolicySource] {
      var all: [PolicySource] = []
      for name in names {
        do throws(Complaint) { all += try resolve(name) } catch { problems.append(error) }
      }
      return all
    }
    let packs = read(self.packs, Self.pack)
    let registers = read(self.registers) { (name) throws(Complaint) in [try Self.file(name)] }
    let records = read(self.records) { (name) throws(Complaint) in [try Self.file(name)] }
    guard problems.isEmpty else { throw Complaints(problems) }
    let set = try PolicySet.load(packs: packs, registers: registers, records: records)
    var configuration: [ResourceDescriptor] = []
    for (role, sources) in [("policy", packs), ("register", registers), ("records", records)] {
      for source in sources {
        guard let digest = Digest(Hash.sha256(source.bytes)) else { continue }
        configuration.append(
          ResourceDescriptor(role: role, name: (source.name as NSString).lastPathComponent, sha256: digest))
      }
    }
    return (set, configuration)
  }

  private static func pack(_ name: String) throws(Complaint) -> [PolicySource] {
    if let text = ShippedPacks.all.first(where: { $0.name == name })?.text {
      return [PolicySource(name: name + ".yaml", bytes: Array(text.utf8))]
    }
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: name, isDirectory: &isDirectory) else {
      throw Complaint(
        code: "policy.not-found", "no pack, file or folder of that name: \(Printable.escape(name, limit: 200))",
        at: "--policy", hint: "shipped packs: " + ShippedPacks.all.map(\.name).joined(separator: ", "))
    }
    guard isDirectory.boolValue else { return [try file(name)] }
    let files = ((try? FileManager.default.contentsOfDirectory(atPath: name)) ?? [])
      .filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
    guard !files.isEmpty else {
      throw Complaint(code: "policy.empty-folder", "no *.yaml in the folder", at: Printable.escape(name, limit: 200))
    }
    var all: [PolicySource] = []
    for file in files { all.append(try Self.file(name + "/" + file)) }
    return all
  }

  static func file(_ path: String) throws(Complaint) -> PolicySource {
    PolicySource(name: path, bytes: try FileBytes.read(path, atMost: largestFile))
  }
}

/// Reading small files of the operator's own.
public enum FileBytes {
  /// - Throws: when the file cannot be read or is larger than `limit` bytes.
  public static func read(_ path: String, atMost limit: Int) throws(Complaint) -> [UInt8] {
    let place = Printable.escape(path, limit: 300)
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw Complaint(
        code: "file.unreadable", "cannot be read: \(String(cString: strerror(errno)))", at: place,
        hint: "check the name and the permissions")
    }
    defer { try? handle.close() }
    var bytes: [UInt8] = []
    do {
      while let part = try handle.read(upToCount: min(1 << 20, limit + 1 - bytes.count)), !part.isEmpty {
        bytes += part
        guard bytes.count <= limit else {
          throw Complaint(code: "file.too-large", "larger than \(limit) bytes", at: place)
        }
      }
    } catch let complaint as Complaint {
      throw complaint
    } catch {
      throw Complaint(code: "file.unreadable", "cannot be read: \(error.localizedDescription)", at: place)
    }
    return bytes
  }
}
