public import CustodyCore
internal import Records

/// Dead Simple Signing Envelope 1.0.2: bytes with a type, and signatures over both.
///
/// What comes out of `init(json:)` was checked for shape only. Its payload can be had from `verify` alone, so that
/// nothing acts on bytes nobody vouched for.
public struct UnverifiedEnvelope: Sendable {
  public struct Signature: Sendable, Hashable {
    /// Unauthenticated hint; never used to decide anything.
    public var keyID: String?
    public var bytes: [UInt8]
  }
  /// More are refused: each costs one verification for each key.
  public static let mostSignatures = 64

  public let payloadType: String
  public let signatures: [Signature]
  /// Not to be used before it is verified, except to show what a package nobody signed says.
  let payload: [UInt8]

  init(payloadType: String, payload: [UInt8], signatures: [Signature]) {
    self.payloadType = payloadType
    self.payload = payload
    self.signatures = signatures
  }

  /// Reads the JSON form. Standard and URL-safe Base64 are taken; members the protocol does not know are ignored, as it
  /// demands.
  ///
  /// - Throws: `json.*`, or `envelope.shape` with the member that is wrong.
  public init(json: [UInt8], source: String? = nil) throws(Complaint) {
    let document = try JSONParser.parse(json, source: source)
    func wrong(_ message: String, _ member: String) -> Complaint {
      Complaint(code: "envelope.shape", message, at: (source.map { $0 + ", " } ?? "") + member)
    }
    guard document.object != nil else { throw wrong("not an object", "the envelope") }
    guard let type = document["payloadType"]?.string else { throw wrong("missing or no string", "payloadType") }
    guard let payload = document["payload"]?.string.flatMap({ Base64.decode($0) }) else {
      throw wrong("missing or no Base64", "payload")
    }
    guard let list = document["signatures"]?.array else { throw wrong("missing or no array", "signatures") }
    guard list.count <= Self.mostSignatures else { throw wrong("more than \(Self.mostSignatures)", "signatures") }
    var signatures: [Signature] = []
    for (i, item) in list.enumerated() {
      guard let bytes = item["sig"]?.string.flatMap({ Base64.decode($0) }) else {
        throw wrong("missing or no Base64", "signatures[\(i)].sig")
      }
      var keyID: String?
      if let hint = item["keyid"] {
        guard let text = hint.string else { throw wrong("no string", "signatures[\(i)].keyid") }
        keyID = text.isEmpty ? nil : text
      }
      signatures.append(Signature(keyID: keyID, bytes: bytes))
    }
    self.init(payloadType: type, payload: payload, signatures: signatures)
  }

  /// Why an envelope was not accepted.
  public enum Rejection: Sendable, Hashable {
    case noSignature
    /// Fewer distinct keys than demanded made a valid signature; how many did.
    case tooFew(valid: Int)
    /// The signatures hold, but what they sign is not meant for this program.
    case payloadType
  }

  /// Checks the signatures and the type of the payload.
  ///
  /// Every signature is tried with every key: `keyid` is a hint nobody signed. Two signatures of one key count once.
  ///
  /// - Parameters:
  ///   - threshold: distinct keys that must have signed, at least 1.
  ///   - types: payload types the caller understands.
  public func verify(
    keys: [PublicKey], threshold: Int = 1, types: [String]
  ) -> Result<VerifiedPayload, RejectedEnvelope> {
    guard !signatures.isEmpty else { return .failure(RejectedEnvelope(reason: .noSignature)) }
    let message = Self.preAuthenticationEncoding(type: payloadType, payload: payload)
    var accepted: [String] = []
    for signature in signatures {
      for key in keys where !accepted.contains(key.keyID) && key.verifies(signature.bytes, over: message) {
        accepted.append(key.keyID)
      }
    }
    guard accepted.count >= max(1, threshold) else {
      return .failure(RejectedEnvelope(reason: .tooFew(valid: accepted.count)))
    }
    guard types.contains(payloadType) else { return .failure(RejectedEnvelope(reason: .payloadType)) }
    return .success(VerifiedPayload(type: payloadType, bytes: payload, keyIDs: accepted))
  }

  /// PAE of the DSSE protocol: what is signed.
  public static func preAuthenticationEncoding(type: String, payload: [UInt8]) -> [UInt8] {
    let type = Array(type.utf8)
    var out = Array("DSSEv1 \(type.count) ".utf8)
    out += type
    out += Array(" \(payload.count) ".utf8)
    out += payload
    return out
  }
}

public struct RejectedEnvelope: Error, Sendable, Hashable {
  public var reason: UnverifiedEnvelope.Rejection
}

/// A payload that trusted keys signed, with its type: exactly the bytes that were verified.
public struct VerifiedPayload: Sendable {
  public let type: String
  public let bytes: [UInt8]
  /// The keys that signed, in the order of the signatures.
  public let keyIDs: [String]

  init(type: String, bytes: [UInt8], keyIDs: [String]) {
    self.type = type
    self.bytes = bytes
    self.keyIDs = keyIDs
  }
}

/// Makes envelopes.
public enum EnvelopeSigner {
  /// Signs with each key and gives the JSON form.
  ///
  /// - Throws: `sign.no-key` without keys, `sign.failed`.
  public static func sign(
    type: String, payload: [UInt8], with keys: [PrivateKey]
  ) throws(Complaint) -> [UInt8] {
    guard !keys.isEmpty else { throw Complaint(code: "sign.no-key", "no key to sign with") }
    let message = UnverifiedEnvelope.preAuthenticationEncoding(type: type, payload: payload)
    var signatures: [JSONValue] = []
    for key in keys {
      let signature = try key.sign(message)
      signatures.append(["keyid": .string(key.keyID), "sig": .string(Base64.encode(signature))])
    }
    return JSONWriter.pretty([
      "payloadType": .string(type), "payload": .string(Base64.encode(payload)), "signatures": .array(signatures),
    ])
  }
}
