import CustodyCore
import Foundation
import Records
import TestSupport
import Testing

@testable import Evidence

@Suite struct EnvelopeTests {
  static let type = "application/vnd.in-toto+json"

  @Test func preAuthenticationEncoding() {
    // DSSE 1.0.2, protocol.md, "Test Vectors".
    let pae = UnverifiedEnvelope.preAuthenticationEncoding(
      type: "http://example.com/HelloWorld", payload: Array("hello world".utf8))
    #expect(String(decoding: pae, as: UTF8.self) == "DSSEv1 29 http://example.com/HelloWorld 11 hello world")
    #expect(UnverifiedEnvelope.preAuthenticationEncoding(type: "ä", payload: []) == Array("DSSEv1 2 ä 0 ".utf8))
  }

  @Test(arguments: KeyAlgorithm.allCases) func roundTrip(_ algorithm: KeyAlgorithm) throws {
    let (a, b) = (try PrivateKey.generate(algorithm), try PrivateKey.generate(.ed25519))
    let payload = Array("{\"a\":1}".utf8)
    let envelope = try UnverifiedEnvelope(json: EnvelopeSigner.sign(type: Self.type, payload: payload, with: [a, b]))
    #expect(envelope.signatures.map(\.keyID) == [a.keyID, b.keyID])
    let verified = try envelope.verify(keys: [b.publicKey, a.publicKey], threshold: 2, types: [Self.type]).get()
    #expect(verified.bytes == payload)
    #expect(verified.keyIDs == [a.keyID, b.keyID])
    #expect(try envelope.verify(keys: [b.publicKey], types: [Self.type]).get().keyIDs == [b.keyID])
    #expect(reason(envelope.verify(keys: [a.publicKey], types: ["text/plain"])) == .payloadType)
    #expect(reason(envelope.verify(keys: [b.publicKey], threshold: 2, types: [Self.type])) == .tooFew(valid: 1))
    #expect(
      reason(envelope.verify(keys: [b.publicKey, b.publicKey], threshold: 2, types: [Self.type])) == .tooFew(valid: 1))
    #expect(
      reason(envelope.verify(keys: [try PrivateKey.generate(algorithm).publicKey], types: [Self.type]))
        == .tooFew(valid: 0))
    #expect(reason(envelope.verify(keys: [], types: [Self.type])) == .tooFew(valid: 0))
    #expect(throws: Complaint.self) { try EnvelopeSigner.sign(type: Self.type, payload: payload, with: []) }
  }

  func reason(_ r: Result<VerifiedPayload, RejectedEnvelope>) -> UnverifiedEnvelope.Rejection? {
    if case .failure(let e) = r { e.reason } else { nil }
  }

  @Test func everyChangedPayloadByteIsRefused() throws {
    let key = try PrivateKey.generate(.ed25519)
    let payload = Array("{\"a\":1}".utf8)
    let good = try UnverifiedEnvelope(json: EnvelopeSigner.sign(type: Self.type, payload: payload, with: [key]))
    for i in payload.indices {
      var changed = payload
      changed[i] ^= 0x20
      let bad = UnverifiedEnvelope(payloadType: Self.type, payload: changed, signatures: good.signatures)
      #expect(reason(bad.verify(keys: [key.publicKey], types: [Self.type])) == .tooFew(valid: 0))
    }
  }

  static let malformed = [
    "", "[]", "null", "{}", #"{"payload":"","payloadType":""}"#, #"{"payload":"","signatures":[]}"#,
    #"{"payload":1,"payloadType":"","signatures":[]}"#, #"{"payload":"*","payloadType":"","signatures":[]}"#,
    #"{"payload":"A","payloadType":"","signatures":[]}"#, #"{"payload":"AA=","payloadType":"","signatures":[]}"#,
    #"{"payload":"","payloadType":"","signatures":{}}"#, #"{"payload":"","payloadType":"","signatures":[1]}"#,
    #"{"payload":"","payloadType":"","signatures":[{}]}"#,
    #"{"payload":"","payloadType":"","signatures":[{"sig":"?"}]}"#,
    #"{"payload":"","payloadType":"","signatures":[{"sig":"","keyid":1}]}"#,
    #"{"payload":"","payload":"","payloadType":"","signatures":[]}"#,
    #"{"payload":"","payloadType":"","signatures":[]} "# + "x",
    #"{"payload":"","payloadType":"","signatures":["#
      + Array(repeating: #"{"sig":""}"#, count: 65).joined(separator: ",") + "]}",
  ]

  @Test(arguments: malformed) func refusesWhatIsNoEnvelope(_ text: String) {
    #expect(throws: Complaint.self) { try UnverifiedEnvelope(json: Array(text.utf8)) }
  }

  @Test func readsAsTheProtocolDemands() throws {
    // Unknown members are ignored, an empty keyid is none, and both alphabets are taken.
    let text =
      #"{"payload":"-_-_","payloadType":"t","new":[1],"signatures":[{"sig":"+/+/","keyid":"","x":1},{"sig":"-_8"}]}"#
    let e = try UnverifiedEnvelope(json: Array(text.utf8))
    #expect(e.payload == [0xFB, 0xFF, 0xBF])
    #expect(e.signatures.map(\.bytes) == [[0xFB, 0xFF, 0xBF], [0xFB, 0xFF]])
    #expect(e.signatures.map(\.keyID) == [nil, nil])
    #expect(
      reason(UnverifiedEnvelope(payloadType: "t", payload: [], signatures: []).verify(keys: [], types: ["t"]))
        == .noSignature)
  }

  @Test func everyCutIsRefused() throws {
    let key = try PrivateKey.generate(.ed25519)
    let whole = try EnvelopeSigner.sign(type: Self.type, payload: Array("{}".utf8), with: [key])
    for n in 0..<(whole.count - 1) {
      #expect(throws: Complaint.self) { try UnverifiedEnvelope(json: Array(whole.prefix(n))) }
    }
  }

  /// The protocol's published vectors, when they lie beside the checkout.
  @Test func publishedVectors() throws {
    let file = Corpus.package.deletingLastPathComponent().appendingPathComponent(
      "shared/schemas/dsse/dsse-vectors.json")
    let other = Corpus.package.deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("shared/schemas/dsse/dsse-vectors.json")
    guard let data = (try? Data(contentsOf: file)) ?? (try? Data(contentsOf: other)) else {
      FileHandle.standardError.write(Data("SKIPPED: no DSSE vectors at \(file.path)\n".utf8))
      return
    }
    let document = try JSONParser.parse([UInt8](data))
    var keys: [String: PublicKey] = [:]
    for (name, value) in try #require(document["keys"]?.object).members {
      let hex = try #require(value["public"]?.string)
      keys[name] = try PublicKey(ed25519: try #require(Hex.decode(hex)))
    }
    let vectors = try #require(document["vectors"]?.array)
    #expect(vectors.count == 9)
    for vector in vectors {
      let envelope = try UnverifiedEnvelope(json: JSONWriter.compact(try #require(vector["envelope"])))
      // An empty type identifies nothing, so nobody can support it.
      let types = vector["supportedPayloadTypes"]?.array?.compactMap(\.string) ?? []
      let verified = envelope.verify(
        keys: vector["trustedKeys"]?.array?.compactMap { $0.string.flatMap { keys[$0] } } ?? [],
        threshold: Int(vector["threshold"]?.int ?? 0), types: types)
      let accepted = (try? verified.get()) != nil
      #expect(accepted == (vector["expect"] == "accept"), "\(vector["id"]?.string ?? "")")
    }
  }
}
