public import ArgumentParser
import CustodyCore
import CustodyKit
public import Evidence

extension KeyAlgorithm: ExpressibleByArgument {}

struct KeygenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keygen", abstract: "Make a key pair to sign evidence with.",
    discussion: "Writes the private key to PEM (mode 0600) and the public key beside it as NAME.pub.pem.")

  @Option(help: "File for the private key; must not exist.")
  var out: String
  @Option(help: "ecdsa-p256 or ed25519.")
  var algorithm: KeyAlgorithm = .ecdsaP256
  @Option(
    help: "File whose first line is the passphrase; /dev/fd/N reads a descriptor. Without it the key is not encrypted.")
  var passphraseFile: String?
  @Option(help: "Messages on standard error as text or as one JSON object a line.")
  var logFormat: LogFormat = .text

  mutating func run() throws {
    Terminal.format = logFormat
    let made = try KeyFiles.generate(algorithm, privatePath: out, passphraseFile: passphraseFile)
    try Terminal.result(Array("\(made.publicPath)\nkeyid \(made.keyID)\n".utf8))
    if passphraseFile == nil {
      Terminal.note("the private key is not encrypted; give --passphrase-file to protect it")
    }
  }
}
