internal import CustodyCore
internal import Records

/// Where a result is: a line of the inventory, and the folder when paths are disclosed.
enum SARIFLocation {
  static let inventory = "inventory.jsonl"

  static func add(_ finding: Finding, _ context: RenderContext, to result: inout JSONObject) {
    let line = firstLine(finding.leaves.ranges)
    let logical: JSONValue = [
      [
        "name": .string("collection \(finding.collection)"),
        "fullyQualifiedName": .string("inventory leaves " + finding.leaves.ranges.joined(separator: " ")),
        "kind": "collection",
      ]
    ]
    let inInventory: JSONValue = [
      "artifactLocation": ["uri": .string(inventory), "index": 0], "region": ["startLine": .uint(line)],
    ]
    guard context.disclosePaths, let path = finding.path else {
      result.add("locations", [["physicalLocation": inInventory, "logicalLocations": logical]])
      return
    }
    // A folder has no lines, but GitHub rejects a location without a region.
    let folder: JSONValue = [
      "artifactLocation": ["uri": .string(SARIFText.uri(path: path))], "region": ["startLine": 1],
    ]
    result.add("locations", [["physicalLocation": folder, "logicalLocations": logical]])
    result.add(
      "relatedLocations",
      [["id": 1, "physicalLocation": inInventory, "message": ["text": "first inventory line of the collection"]]])
  }

  /// Leaves count from 0, lines from 1.
  private static func firstLine(_ ranges: [String]) -> UInt64 {
    let first = ranges.first.flatMap { UInt64($0.prefix { $0 != "-" }) } ?? 0
    return first < UInt64(Int32.max) ? first + 1 : UInt64(Int32.max)
  }
}
