import CustodyCore
import TestSupport

@testable import Policies

/// The loaders that read the samples of all forms.
enum SchemaSamples {
  typealias Sample = PolicyFileSamples.Sample

  static let digest = PolicyFileSamples.digest

  static let attachments = Attachments([
    "t.yaml": .bytes(Array(PolicyFileSamples.table.utf8)), "m.sha256": .bytes(Array((digest + "\n").utf8)),
    "k.key": .bytes([UInt8](repeating: 7, count: 32)),
  ])

  /// What the loader of a schema complains of.
  static func complaints(_ schema: String, _ text: String) -> [String] {
    let source = PolicySource(name: "sample.yaml", bytes: Array(text.utf8), attachments: attachments)
    let page = YAMLPage(name: source.name, bytes: source.bytes)
    switch schema {
    case "policy-pack":
      var settings: [ParameterSetting] = []
      _ = PackLoader.load(page, source, settings: &settings)
    case "register": _ = RegisterLoader.load(page, source.bytes)
    case "side-records":
      var keys: Set<String> = []
      _ = RecordsLoader.load(page, source, keyFiles: &keys)
    case "waivers": _ = WaiverLoader.load(page, source)
    case "trust": _ = TrustLoader.load(page, source.bytes, Signer.cryptography)
    case "policy-cases": _ = CaseLoader.load(page, source, sha256: Make.hash)
    case "data-table": _ = DataTable.read(page, source.bytes, as: "t")
    default: return ["no loader reads \(schema)"]
    }
    return page.complaints.map(\.code)
  }

  static let all = PolicyFileSamples.all(key: (Signer.id("owner"), Signer.pem("owner")))
}
