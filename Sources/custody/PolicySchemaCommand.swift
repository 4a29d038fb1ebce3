import ArgumentParser
import CustodyCore
import Policies

struct PolicySchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of a kind of YAML file, or list the kinds.",
    discussion: "docs/schemas/README.md says how editors use them to complete and check packs, registers and records.")

  @Argument(help: "Name of a schema: policy-pack, register …")
  var name: String?

  mutating func run() throws {
    guard let name else {
      let width = FileSchema.all.map(\.name.count).max() ?? 0
      let lines = FileSchema.all.map {
        $0.name + String(repeating: " ", count: width - $0.name.count) + "  " + $0.title + "\n"
      }
      try Terminal.result(Array(lines.joined().utf8))
      return
    }
    try Terminal.result(Array(try FileSchema.named(name).text.utf8))
  }
}
