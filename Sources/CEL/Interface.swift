public import CustodyCore

/// Types of the Common Expression Language as the checker knows them (cel-spec `doc/langdef.md`, "Values").
public indirect enum CELType: Sendable, Hashable {
  case dyn, null, bool, int, uint, double, string, bytes, timestamp, duration, type, error
  case list(CELType)
  case map(CELType, CELType)
  case optional(CELType)
  /// A declared object with fixed fields; see `CELEnvironment.objects`.
  case object(String)
}

/// A value at run time.
public enum CELValue: Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case uint(UInt64)
  case double(Double)
  case string(String)
  case bytes([UInt8])
  case timestamp(Instant)
  /// Seconds and nanoseconds of the same sign.
  case duration(seconds: Int64, nanoseconds: Int32)
  case list([CELValue])
  case map(CELMap)
  case object(any CELObject)
  case type(CELType)
  indirect case optional(CELValue?)
}

/// A host value with fixed fields, read by position: no lookup by name at run time.
public protocol CELObject: Sendable {
  /// The name of its `CELObjectType`: what `type()` shows, and how many fields `==` compares when the checker cannot
  /// know. The default is `object`, which suits objects that are only ever selected from.
  static var celTypeName: String { get }

  /// The value of the field at `index` in the order of its `CELObjectType`. A field that is not set returns nil:
  /// selecting it is an evaluation error `no such field`, `has()` of it is false.
  func celField(_ index: Int) -> CELValue?
}

extension CELObject {
  public static var celTypeName: String { "object" }
}

/// Declares an object type: fields in order.
public struct CELObjectType: Sendable {
  public var name: String
  public var fields: [(name: String, type: CELType)]
  public init(name: String, fields: [(name: String, type: CELType)]) {
    self.name = name
    self.fields = fields
  }
}
