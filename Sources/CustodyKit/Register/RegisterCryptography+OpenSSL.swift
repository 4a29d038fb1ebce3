import CustodyCore
internal import Evidence
public import Policies

extension RegisterCryptography {
  /// Digests and signatures from OpenSSL; what is signed is the pre-authentication encoding of DSSE 1.0.2.
  public static let openSSL = RegisterCryptography(
    sha256: { Hash.digest(of: $0) },
    readKey: { pem in
      do throws(Complaint) {
        let key = try PublicKey(pem: pem)
        return .success(
          VerifyingKey(id: key.keyID) { signature, type, payload in
            key.verifies(signature, over: UnverifiedEnvelope.preAuthenticationEncoding(type: type, payload: payload))
          })
      } catch {
        return .failure(error)
      }
    })
}
