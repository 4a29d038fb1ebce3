public import ArgumentParser
public import CustodyCore
public import CustodyKit
import Foundation

extension DataClass: ExpressibleByArgument {}
extension NotifyStage.Format: ExpressibleByArgument {}

struct NotifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "notify",
    abstract: "Write the list needed to inform people and authorities, sealed to the agency's certificate.",
    discussion: """
      Only the holders of the certificates' keys can read the list: it goes nowhere else, and standard error gets counts \
      only. The agency opens it with OpenSSL 3.0 or later, and must not use it unless that ends with status 0:
        openssl cms -decrypt -in list.cms -inform DER -recip cert.pem -inkey key.pem
      Status 0 when the list is written, also when no entry is on it; 2 otherwise.
      """)

  @Argument(help: "inventory.jsonl, or the folder of an evidence package.")
  var inventory: String
  @Option(help: "Certificate (PEM) of one who may read the list: RSA, P-256 or P-384. Repeatable.")
  var certificate: [String]
  @Option(name: .customLong("class"), help: "List only entries with this data class, e.g. face.image. Repeatable.")
  var dataClass: [DataClass] = []
  @Option(help: "List only these leaves, e.g. 17 or 3-17,20. Repeatable.")
  var leaves: [String] = []
  @Option(help: "Form of the list inside the envelope: jsonl or csv.")
  var format: NotifyStage.Format = .jsonl
  @Option(name: [.customShort("o"), .long], help: "File for the sealed list; must not exist.")
  var output: String
  @Flag(help: "Accept certificates that are expired or not valid yet.")
  var allowExpired = false
  @Option(help: "Messages on standard error as text or as one JSON object a line.")
  var logFormat: LogFormat = .text
  @Option(help: "YAML file in which any flag of the command can be set; the command line wins.")
  var config: String?

  mutating func run() throws {
    Terminal.format = logFormat
    // What is in memory must not be written to a core file either.
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    guard setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) == 0 else {
      throw Complaint(code: "notify.core", "core files cannot be forbidden: \(String(cString: strerror(errno)))")
    }
    let selection = NotifySelection(
      classes: dataClass, leaves: leaves.isEmpty ? nil : try LeafChoice(leaves))
    let done = try NotifyStage.run(
      inventory, certificates: certificate, allowExpired: allowExpired, selection: selection, format: format,
      at: Instant.now, output: output)
    Terminal.close(done.message, status: 0)
  }
}
