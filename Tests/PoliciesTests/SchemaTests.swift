import CustodyCore
import Foundation
import TestSupport
import Testing

@testable import Policies

/// JSON Schemas of YAML files: fresh, true of what ships, and of one mind with the loaders.
@Suite struct SchemaTests {
  static let package: URL = {
    var folder = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    return folder
  }()

  static func parse(_ text: String) throws -> YAMLNode {
    let page = YAMLPage(name: "sample", bytes: Array(text.utf8))
    return try #require(YAMLDocument.parse(Array(text.utf8), into: page), "\(page.complaints)\n\(text)")
  }

  private static func schema(_ name: String) throws -> (form: Form, validator: SchemaValidator) {
    let schema = try FileSchema.named(name)
    return (schema.form, try SchemaValidator(schema.text))
  }

  @Test func filesAreFresh() throws {
    let folder = Self.package.appendingPathComponent("docs/schemas")
    let stored = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }
    #expect(Set(stored) == Set(FileSchema.all.map { $0.name + ".schema.json" }))
    for schema in FileSchema.all {
      let file = folder.appendingPathComponent(schema.name + ".schema.json")
      let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
      #expect(text == schema.text, "\(schema.name) is stale: run scripts/write-schemas")
    }
  }

  @Test func schemasAreWellMade() throws {
    #expect(Set(FileSchema.all.map(\.name)).count == FileSchema.all.count)
    for schema in FileSchema.all {
      let root = try SchemaValidator(schema.text).root
      #expect(root["$schema"]?.string == "https://json-schema.org/draft/2020-12/schema")
      #expect(root["$id"]?.string == "urn:custody:schema:" + schema.name)
      #expect(schema.text == schema.text && schema.text.hasSuffix("}\n"))
      #expect(Self.sameNames(schema.form).isEmpty)
    }
  }

  /// Names that two different forms of one schema share.
  private static func sameNames(_ form: Form) -> [String] {
    var keys: [String: [String]] = [:]
    var clashes: [String] = []
    func visit(_ type: FormType) {
      switch type {
      case .mapping(let form):
        if let known = keys[form.name] {
          if known != form.keys { clashes.append(form.name) }
          return
        }
        keys[form.name] = form.keys
        #expect(Set(form.keys).count == form.keys.count, "\(form.name) has a key twice")
        for field in form.fields {
          #expect(field.meaning.hasSuffix("."), "\(form.name).\(field.key) is no sentence")
          visit(field.type)
        }
      case .list(let item, _), .names(let item, _), .orNothing(let item): visit(item)
      case .either(let all): all.forEach(visit)
      default: break
      }
    }
    visit(.mapping(form))
    return clashes
  }

  @Test func unknownNamesAreRefused() {
    #expect(throws: Complaint.self) { try FileSchema.named("polcy-pack") }
    #expect((try? FileSchema.named("trust"))?.name == "trust")
  }

  // MARK: what ships

  /// Every YAML file below some folders, with the schema its content calls for: each kind begins with a key of its own.
  private static func shipped() throws -> [(schema: String, file: String, root: YAMLNode)] {
    var all: [(schema: String, file: String, root: YAMLNode)] = []
    for folder in ["policies", "examples"] {
      let files = FileManager.default.enumerator(
        at: package.appendingPathComponent(folder), includingPropertiesForKeys: nil)
      for case let file as URL in files ?? .init() where file.pathExtension == "yaml" {
        let root = try parse(String(decoding: try Data(contentsOf: file), as: UTF8.self))
        guard case .mapping(let pairs) = root.content else { continue }
        let schema = FileSchema.all.first { schema in pairs.contains { $0.key == schema.form.keys.first } }
        // Only examples hold other files: settings of the program.
        if folder == "policies" { #expect(schema != nil, "\(file.lastPathComponent) is of no kind") }
        if let schema { all.append((schema.name, file.path, root)) }
      }
    }
    return all
  }

  @Test func whatShipsIsValid() throws {
    #expect(Set(FileSchema.all.map(\.form.keys.first)).count == FileSchema.all.count)
    let files = try Self.shipped()
    let kinds = Set(files.map(\.schema))
    #expect(kinds.isSuperset(of: ["policy-pack", "policy-cases", "data-table", "register", "side-records"]))
    for (name, file, root) in files {
      let problems = try Self.schema(name).validator.problems(JSONTree(root))
      #expect(problems.isEmpty, "\(file): \(problems)")
    }
  }

  // MARK: agreement with the loaders

  @Test(arguments: SchemaSamples.all.indices) func samplesAreAccepted(_ index: Int) throws {
    let sample = SchemaSamples.all[index]
    #expect(SchemaSamples.complaints(sample.schema, sample.text) == [])
    let node = try Self.parse(sample.text)
    #expect(try Self.schema(sample.schema).validator.problems(JSONTree(node)) == [])
    // The flow style that mutations are written in says the same.
    #expect(SchemaSamples.complaints(sample.schema, node.flow) == [])
    #expect(JSONTree(try Self.parse(node.flow)) == JSONTree(node))
  }

  @Test func samplesHaveEveryKey() throws {
    for schema in FileSchema.all {
      var met: Set<String> = []
      for sample in SchemaSamples.all where sample.schema == schema.name {
        met.formUnion(SchemaMutator(try Self.parse(sample.text), schema.form).met)
      }
      #expect(SchemaMutator.keys(schema.form).subtracting(met).sorted() == [], "\(schema.name)")
    }
  }

  /// Rows and records inside cases are read by the loaders of registers and records: they are spoiled there.
  private static func mutations(of sample: SchemaSamples.Sample) throws -> SchemaMutator {
    var others: Set<String> = []
    if sample.schema == "policy-cases" {
      others = SchemaMutator.names(Form.register).union(SchemaMutator.names(Form.records))
    }
    return SchemaMutator(try parse(sample.text), try schema(sample.schema).form, except: others)
  }

  @Test(arguments: SchemaSamples.all.indices) func whatIsWrongIsRefusedByBoth(_ index: Int) throws {
    let sample = SchemaSamples.all[index]
    let validator = try Self.schema(sample.schema).validator
    let spoiled = try Self.mutations(of: sample).spoiled
    #expect(spoiled.count > 10)
    for mutation in spoiled {
      let text = mutation.root.flow
      #expect(!SchemaSamples.complaints(sample.schema, text).isEmpty, "the loader accepts \(mutation.label)")
      #expect(!validator.problems(JSONTree(mutation.root)).isEmpty, "the schema accepts \(mutation.label)")
    }
  }

  /// Complaints about one value alone, which a schema can make as well.
  private static let valueCodes = [
    "wrong-type", "empty", "out-of-range", "unknown-value", "bad-time", "bad-duration", "bad-digest", "bad-content",
    "bad-id", "bad-cause", "bad-jurisdiction", "bad-answer", "bad-name",
  ]

  /// Puts other scalars everywhere: what a schema refuses its loader refuses, and what the loader refuses for the value
  /// alone the schema refuses. A number where the form of text counts goes unchecked by schemas.
  @Test(arguments: SchemaSamples.all.indices) func otherValuesFareTheSame(_ index: Int) throws {
    let sample = SchemaSamples.all[index]
    let validator = try Self.schema(sample.schema).validator
    let probes = try Self.mutations(of: sample).probes
    #expect(probes.count > 10)
    for probe in probes {
      let codes = SchemaSamples.complaints(sample.schema, probe.root.flow)
      let problems = validator.problems(JSONTree(probe.root))
      #expect(problems.isEmpty || !codes.isEmpty, "\(probe.label): the schema alone refuses it: \(problems)")
      let isAboutValue = codes.contains { code in Self.valueCodes.contains { code.hasSuffix("." + $0) } }
      if isAboutValue, !["7", "-7", "true"].contains(where: { probe.label.hasSuffix(": " + $0) }) {
        #expect(!problems.isEmpty, "\(probe.label): the loader alone refuses it: \(codes)")
      }
    }
  }

  /// Needs that depend on a value, or on another mapping: the loader alone knows them.
  private static let conditional: Set<String> = [
    "given.as_of: left out", "case.given: left out", "cases.defaults: left out", "given.row: left out",
    "rule.when: left out",
    "when.records: left out", "rule.scope: left out",
  ]

  @Test(arguments: SchemaSamples.all.indices) func whatMayBeLeftOutIsTheSameForBoth(_ index: Int) throws {
    let sample = SchemaSamples.all[index]
    let validator = try Self.schema(sample.schema).validator
    for mutation in try Self.mutations(of: sample).reduced
    where !Self.conditional.contains(mutation.label) {
      let missing = SchemaSamples.complaints(sample.schema, mutation.root.flow).contains {
        $0.hasSuffix(".missing-key")
      }
      let problems = validator.problems(JSONTree(mutation.root))
      #expect(missing == !problems.isEmpty, "\(mutation.label): loader \(missing), schema \(problems)")
    }
  }

  /// What no mutation of one key shows.
  @Test(arguments: [
    ("policy-pack", "cause: plaintext", "cause: plaintext\n    cause_from: '\"x\"'"),
    ("policy-pack", "default: P1Y", "default: {a: b}"),
    ("policy-pack", "default: [a, b]", "default: [[a], b]"),
    ("policy-pack", "[\"face.*\", plate.read]", "[\"video.*\"]"),
    ("policy-pack", "[\"face.*\", plate.read]", "[\"nose.*\"]"),
    ("side-records", "files: [\"\(SchemaSamples.digest)\"]}\nassessments", "note: n}\nassessments"),
    ("policy-cases", "violation no-row", "violation"),
    ("policy-cases", "violation no-row", "compliant fine"),
    ("policy-cases", "violation no-row", "{violation: no-row}"),
    ("policy-cases", "[violation a, inconclusive b]", "[violation a, perhaps b]"),
  ])
  func furtherMistakesAreRefusedByBoth(_ name: String, _ good: String, _ bad: String) throws {
    let sample = try #require(SchemaSamples.all.first { $0.schema == name })
    #expect(sample.text.contains(good))
    let text = sample.text.replacing(good, with: bad)
    #expect(!SchemaSamples.complaints(name, text).isEmpty)
    #expect(try !Self.schema(name).validator.problems(JSONTree(try Self.parse(text))).isEmpty)
  }

  /// A case takes a key out of the defaults' row with `null`, and says `none` for records.
  @Test func casesMayTakeAway() throws {
    let text = """
      tests: core-authorization
      defaults: {as_of: 2019-06-01, row: {id: R, version: 1, status: active, agency: A, hold: {id: H},
        holder: {name: N, role: prime}, categories: [face.image]}}
      cases:
        - {name: a, given: {records: none, row: {hold: null}}, expect: {}}
        - {name: b, given: {rows: [{}, {id: S, hold: ~}]}, expect: {}}
      """
    #expect(SchemaSamples.complaints("policy-cases", text) == [])
    #expect(try Self.schema("policy-cases").validator.problems(JSONTree(try Self.parse(text))) == [])
  }
}
