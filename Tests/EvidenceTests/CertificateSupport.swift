import Foundation
import Testing

/// Certificates from the command line program, in a folder of their own: `NAME.pem` with its key in `NAME.key.pem`.
struct CertificateMaker {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// A self-signed certificate, valid for 30 days from now.
  ///
  /// - Parameters:
  ///   - key: arguments of `openssl req` that make the key, e.g. `-newkey rsa:2048`.
  ///   - usage: value of `keyUsage`; nil leaves the extension out.
  func make(_ name: String, _ key: [String], usage: String? = nil) throws -> String {
    var arguments = ["req", "-x509"] + key
    arguments += ["-nodes", "-keyout", scratch.file(name + ".key.pem"), "-out", scratch.file(name + ".pem")]
    arguments += ["-subj", "/CN=" + name, "-days", "30"]
    if let usage { arguments += ["-addext", "keyUsage=critical," + usage] }
    try #require(try OpenSSLCommand.run(arguments).status == 0)
    return scratch.file(name + ".pem")
  }

  static func ec(_ curve: String) -> [String] { ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:" + curve] }
  static let rsa = ["-newkey", "rsa:2048"]

  /// What the holder of the certificate gets out of the message.
  func open(_ message: String, as name: String) throws -> (status: Int32, output: [UInt8]) {
    try OpenSSLCommand.run([
      "cms", "-decrypt", "-in", message, "-inform", "DER", "-recip", scratch.file(name + ".pem"), "-inkey",
      scratch.file(name + ".key.pem"),
    ])
  }

  func text(_ name: String) throws -> String { String(decoding: try scratch.read(name), as: UTF8.self) }
}
