import CEL
import Foundation
import Testing

private struct Item: CELObject {
  var dataClass: String
  var age: Int64
  func celField(_ index: Int) -> CELValue? { index == 0 ? .string(dataClass) : .int(age) }
}
private struct Auth: CELObject {
  var state: String
  func celField(_ index: Int) -> CELValue? { .string(state) }
}

@Suite("PerformanceProbe") struct PerformanceProbe {
  @Test(.enabled(if: ProcessInfo.processInfo.environment["CEL_PROBE"] != nil)) func probe() throws {
    let environment = CELEnvironment(
      variables: [CELVariable(name: "item", type: .object("Item")), CELVariable(name: "auth", type: .object("Auth"))],
      objects: [
        CELObjectType(name: "Item", fields: [("dataClass", .string), ("ageSeconds", .int)]),
        CELObjectType(name: "Auth", fields: [("state", .string)]),
      ])
    for source in [
      "item.dataClass.startsWith(\"face.\") && auth.state == \"active\" && item.ageSeconds > 86400",
      "item.ageSeconds > 86400", "item.dataClass in ['face.image', 'face.template', 'plate.read']",
      "item.dataClass.matches('^face\\\\.(image|template)$')", "[1,2,3,4,5].all(x, x < item.ageSeconds)",
      "true",
    ] {
      let program = try CELProgram(source, in: environment, expecting: .bool)
      let slots: [CELValue] = [.object(Item(dataClass: "face.template", age: 90000)), .object(Auth(state: "active"))]
      var hits = 0
      let n = 1_000_000
      let clock = ContinuousClock()
      let spent = clock.measure {
        for _ in 0..<n {
          if case .success(.bool(true)) = program.evaluate(slots) { hits += 1 }
        }
      }
      let spentTest = clock.measure {
        for _ in 0..<n { if (try? program.test(slots)) == true { hits += 1 } }
      }
      print(source, hits, "evaluate", spent / n, "test", spentTest / n)
    }
  }
}
