import ArgumentParser
import CustodyCore
import CustodyKit
import Policies

struct PolicyExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say why a rule speaks: every sub-expression with its value, and what would change it.",
    discussion: """
      With a rule alone: the rule, and what its expressions read. With an inventory or an evidence package as well: the
      findings of that rule, or one finding by its id (its first characters will do), judged again with the packs,
      register and records given here. Give the same as for the audit.
      """)

  @Argument(help: "Id of a rule (AUTH-01) or of a finding.")
  var what: String
  @Argument(help: "An inventory, or the folder of an evidence package.")
  var inventory: String?
  @OptionGroup var policy: PolicyOptions

  mutating func run() throws {
    // A rule is looked for in every pack that ships unless packs are named.
    var sources = policy.sources
    if policy.policy.isEmpty { sources.packs = PolicySources.shipped.map(\.name) }
    let policies = try sources.load()
    guard let inventory else {
      try Terminal.result(Array(try PolicyExplain.rule(what, in: policies).utf8))
      return
    }
    let asOf = policy.asOf == nil ? nil : try policy.asOfInstant(default: .earliest)
    let text = try PolicyExplain.findings(
      what, inventory: inventory, policies: policies, engagement: policy.engagement, asOf: asOf)
    try Terminal.result(Array(text.utf8))
  }
}
