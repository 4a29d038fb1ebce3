internal import CustodyCore
internal import Evidence
internal import Records

/// The first record of a list: what it is, what it was made from, and how to count and open it.
struct NotifyHeader {
  static let schema = "custody.notify.v1"

  var source: NotifySource
  var inventory: InventorySummary
  var selection: NotifySelection
  var rows: UInt64
  var recipients: [RecipientCertificate]

  var json: JSONValue {
    var o = JSONObject()
    o.add("schema", .string(Self.schema))
    o.add("about", .string(about))
    o.add("program", .string(Tool.name + "/" + Tool.version))
    o.add("asOf", source.asOf.map { .string($0.description) })
    o.add("rests", .string(source.origin.rawValue))
    o.add("inventory", ["sha256": .string(inventory.sha256.description), "leaves": JSONNumber.of(inventory.treeSize)])
    o.add("snapshots", snapshots.isEmpty ? nil : .array(snapshots))
    o.add("classes", selection.classes.isEmpty ? nil : .array(selection.classes.sorted().map { .string($0.rawValue) }))
    o.add("leaves", selection.leaves.map { .string($0.text) })
    o.add("rows", JSONNumber.of(rows))
    o.add("note", rows == 0 ? "no entry of the inventory is on this list" : nil)
    o.add("counting", .string(Self.counting))
    o.add("recipients", .array(recipients.map { .string($0.fingerprint.description) }))
    o.add("decrypt", "openssl cms -decrypt -in list.cms -inform DER -recip cert.pem -inkey key.pem")
    return .object(o)
  }

  private var about: String {
    "Entries in which biometric or identity data was observed, for informing the people and authorities concerned. "
      + "It holds paths and plain digests: keep it as closely as the data itself, and only as long as it is needed."
  }

  static let counting =
    "One row is one file (leaf of the inventory). Items and faces are counted; images are not people: one person can be in "
    + "many pictures and one picture can show many people. Weak observations are leads, not proof. The list tells what was "
    + "seen; rows that are not examined in full can hold more."

  private var snapshots: [JSONValue] {
    source.snapshots.map { snapshot in
      var o = JSONObject()
      o.add("ordinal", .int(Int64(snapshot.ordinal)))
      o.add("form", .string(snapshot.form))
      o.add("sha256", snapshot.sha256.map { .string($0.description) })
      return .object(o)
    }
  }
}
