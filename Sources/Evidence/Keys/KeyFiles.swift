public import CustodyCore
internal import Glibc

/// Key pairs on disk.
public enum KeyFiles {
  public struct Made: Sendable, Hashable {
    public var privatePath: String
    public var publicPath: String
    public var keyID: String
  }

  /// Where the public half of a private key file belongs: `NAME.pem` and `NAME` give `NAME.pub.pem`.
  public static func publicPath(of privatePath: String) -> String {
    (privatePath.hasSuffix(".pem") ? String(privatePath.dropLast(4)) : privatePath) + ".pub.pem"
  }

  /// Makes a key pair: the private half with mode 0600, the public half beside it. Existing files are never replaced.
  ///
  /// - Parameter passphraseFile: its first line encrypts the private half; nil leaves it in the clear.
  /// - Throws: `output.exists`, `output.write`, what `SecretBytes.passphrase(from:)` throws. No file is left behind
  ///   then.
  public static func generate(
    _ algorithm: KeyAlgorithm, privatePath: String, passphraseFile: String? = nil
  ) throws(Complaint) -> Made {
    let key = try PrivateKey.generate(algorithm)
    let text: SecretBytes
    if let passphraseFile {
      text = try key.pem(passphrase: try SecretBytes.passphrase(from: passphraseFile))
    } else {
      text = try key.pem(passphrase: nil)
    }
    let publicPath = publicPath(of: privatePath)
    try FileWriter.writeNew(privatePath, text.bytes, mode: 0o600)
    do throws(Complaint) {
      let pem = Array(key.publicKey.pem.utf8)
      try pem.withUnsafeBytes { b in
        Result { () throws(Complaint) in try FileWriter.writeNew(publicPath, b, mode: 0o644) }
      }
      .get()
    } catch {
      unlink(privatePath)
      throw error
    }
    return Made(privatePath: privatePath, publicPath: publicPath, keyID: key.keyID)
  }
}
