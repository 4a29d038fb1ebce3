internal import CEL
internal import CustodyCore
internal import Synchronization

/// What every trial evaluates against: a little of each type, objects like those of the policies, and a host function
/// that counts its calls.
enum World {
  /// Charged for one call of `tick()`; what makes spending visible from outside.
  static let tickCost = 50
  static let ticks = Mutex(0)

  static let item: [(name: String, type: CELType, value: CELValue?)] = [
    ("dataClass", .string, .string("face.image")), ("disposition", .string, .string("examined")),
    ("reason", .string, nil), ("encrypted", .string, .string("no")), ("mediaClass", .string, .string("removable")),
    ("mediaEvidence", .string, .string("path")), ("embeddedIn", .string, .string("none")),
    ("destruction", .string, .string("unproven")), ("hasTicket", .bool, .bool(true)),
    ("fieldExport", .bool, .bool(true)), ("fieldContext", .bool, .bool(true)), ("trainingWord", .bool, .bool(false)),
    ("nearTraining", .bool, .bool(true)), ("nearCloudFace", .bool, .bool(false)), ("nearSecrets", .bool, .bool(true)),
    ("agencies", .int, .int(2)), ("count", .int, .int(184_000)), ("ageSeconds", .int, nil),
    ("capturedAt", .timestamp, .timestamp(Instant(seconds: 1_541_168_591))),
  ]

  static let auth: [(name: String, type: CELType, value: CELValue?)] = [
    ("state", .string, .string("active")), ("signature", .string, .string("none")),
    ("retention", .string, .string("expired")), ("holderRole", .string, .string("sub")), ("assessment", .string, nil),
    ("failed", .list(.string), .list([.string("category"), .string("path")])), ("unknown", .list(.string), .list([])),
    ("purposes", .list(.string), .list([.string("training")])), ("prohibitedPurposes", .list(.string), nil),
    ("matched", .bool, .bool(true)), ("undecided", .bool, .bool(false)), ("hasRecord", .bool, .bool(true)),
    ("hasDataOwner", .bool, .bool(false)), ("encryptionRequired", .bool, .bool(true)), ("chained", .bool, .bool(false)),
    ("flowdown", .bool, .bool(false)), ("mediaAllowed", .bool, .bool(false)), ("maintenanceOnly", .bool, .bool(true)),
    ("maintenanceInForce", .bool, .bool(true)), ("retentionZero", .bool, .bool(true)),
    ("purposeEnded", .bool, .bool(true)), ("held", .bool, .bool(false)), ("platesOnly", .bool, .bool(true)),
    ("plateOnlyInForce", .bool, .bool(false)), ("maxItems", .int, .int(1000)), ("itemsHeld", .int, .int(2000)),
    ("distinctItemsHeld", .int, .int(900)),
  ]

  static let snapshot: [(name: String, type: CELType, value: CELValue?)] = [
    ("items", .int, .int(184_000)), ("agencies", .int, .int(3)), ("agenciesCovered", .bool, .bool(false)),
    ("itemsByClass", .map(.string, .int), .map(CELMap([("face.image", .int(100_000))]))),
  ]

  /// Reads the numbers of a table by position.
  struct Item: CELObject {
    static let celTypeName = "item"
    func celField(_ index: Int) -> CELValue? { World.item[index].value }
  }

  struct Auth: CELObject {
    static let celTypeName = "auth"
    func celField(_ index: Int) -> CELValue? { World.auth[index].value }
  }

  struct Snapshot: CELObject {
    static let celTypeName = "snapshot"
    func celField(_ index: Int) -> CELValue? { World.snapshot[index].value }
  }

  /// `s` and `p` are text chosen by the fuzzer, and `y` is the bytes of `s`.
  static let variables: [(name: String, type: CELType)] = [
    ("item", .object("item")), ("auth", .object("auth")), ("snapshot", .object("snapshot")), ("x", .dyn), ("m", .dyn),
    ("s", .string), ("p", .string), ("y", .bytes), ("i", .int), ("u", .uint), ("d", .double), ("t", .timestamp),
    ("e", .duration), ("l", .list(.int)), ("b", .bool), ("ns.name", .list(.dyn)),
  ]

  static let environment = CELEnvironment(
    variables: variables.map { CELVariable(name: $0.name, type: $0.type) },
    objects: [("item", item), ("auth", auth), ("snapshot", snapshot)].map { name, fields in
      CELObjectType(name: name, fields: fields.map { (name: $0.name, type: $0.type) })
    },
    functions: [
      CELFunction(name: "tick", parameters: [], result: .int, cost: tickCost) { _ in
        ticks.withLock {
          $0 += 1
          return .success(.int(1))
        }
      },
      CELFunction(name: "refuse", parameters: [.dyn], result: .bool) { _ in
        .failure(CELError(kind: .invalidArgument, message: "invalid argument: refused"))
      },
    ])

  static func slots(text: String, pattern: String) -> [CELValue] {
    let map = CELMap(
      entries: [
        (.string("a"), .int(1)), (.int(2), .list([.null, .double(.nan)])), (.bool(true), .string(text)),
        (.uint(.max), .optional(nil)),
      ])
    return [
      .object(Item()), .object(Auth()), .object(Snapshot()),
      .list([.int(1), .string("a"), .null, .double(-0.0), .uint(3), .bytes([0xFF]), .list([.bool(true)])]),
      .map(map ?? CELMap()), .string(text), .string(pattern), .bytes(Array(text.utf8)), .int(.min), .uint(.max),
      .double(.infinity), .timestamp(Instant.latest), .duration(seconds: -1, nanoseconds: -999_999_999),
      .list((0..<20).map { .int($0) }), .bool(true), .list([.type(.int), .optional(.int(1))]),
    ]
  }
}
