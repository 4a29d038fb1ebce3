public import ArgumentParser
import CustodyCore
import CustodyKit
public import Policies

extension AuthorizationRow.SignatoryRole: ExpressibleByArgument {}

struct RegisterSignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign", abstract: "Sign a row of a register, for the data owner.",
    discussion: """
      Puts key_id and sig into the entry of the signatory, who must be named in the row already, and leaves every \
      other byte of the file as it is. Without --output the file is replaced as a whole.
      """)

  @Argument(help: "Register file.")
  var file: String
  @Option(help: "Row to sign: ID, or ID@VERSION; the highest version when none is given.")
  var row: String
  @Option(help: "Role of the signatory: CO, COR, AO, privacy or holder.")
  var role: AuthorizationRow.SignatoryRole
  @Option(help: "Name of the signatory as the row states it; needed when several have the role.")
  var name: String?
  @Option(help: "Private key (PEM) to sign with.")
  var key: String
  @Option(help: "File whose first line is the passphrase of the key; /dev/fd/N reads a descriptor.")
  var passphraseFile: String?
  @Option(name: [.customShort("o"), .long], help: "File to write instead of the register itself.")
  var output: String?
  @Flag(help: "Put this signature in the place of the one the entry has.")
  var replace = false
  @Option(help: "Messages on standard error as text or as one JSON object a line.")
  var logFormat: LogFormat = .text

  mutating func run() throws {
    Terminal.format = logFormat
    let signed = try RegisterSigning.sign(
      file, row: row, role: role, name: name, key: key, passphraseFile: passphraseFile, replace: replace)
    Terminal.complain(signed.warnings, level: "warning")
    try AtomicFile.write(signed.bytes, to: output ?? file, mode: RegisterSigning.mode(of: output ?? file))
    let label = Printable.escape(signed.label, limit: 120)
    Terminal.note("signed row \(label) as \(role.rawValue), keyid \(signed.keyId), payload \(signed.payload)")
  }
}
