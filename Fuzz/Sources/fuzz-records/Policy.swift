internal import CustodyCore
internal import CustodyKit
internal import Evidence
internal import Foundation
internal import FuzzSupport
internal import Policies
internal import TestSupport

/// The YAML files an operator writes, and the lists of digests they name.
enum Policy {
  static let subjects: [Subject] =
    [
      subject("pack", "policy-pack") { bytes in
        load({ (s) throws(Complaints) in try PolicySet.load(packs: [s], library: library) }, bytes) { set in
          law(
            PolicySet.check(packs: [source(bytes)], library: library).errors.isEmpty, "what loads has no errors")
          _ = set.configuration(sha256: digests.sha256)
        }
      },
      subject("register", "register") { bytes in
        load({ (s) throws(Complaints) in try PolicySet.load(packs: [], registers: [s]) }, bytes) { set in
          register(bytes, set)
        }
      },
      subject("side-records", "side-records") { bytes in
        load({ (s) throws(Complaints) in try PolicySet.load(packs: [], records: [s]) }, bytes) { set in
          _ = set.configuration(sha256: digests.sha256)
        }
      },
      subject("waivers", "waivers") { bytes in
        load(
          { (s) throws(Complaints) in
            var set = try PolicySet.load(packs: [])
            try set.addWaivers([s], key: [UInt8](repeating: 7, count: 32))
            return set
          }, bytes
        ) { set in law(set.waivers != nil, "waivers that load are there") }
      },
      subject("trust", "trust") { bytes in
        load(
          { (s) throws(Complaints) in
            var set = try PolicySet.load(packs: [])
            try set.admitRegister(trust: s, requireSigned: true, cryptography: .openSSL)
            return set
          }, bytes
        ) { _ in }
      },
      subject("policy-cases", "policy-cases") { bytes in
        load(
          { (s) throws(Complaints) in
            var tester = PolicyTester(digests: digests, library: library)
            try tester.run(packs: library, cases: [s])
            return tester
          }, bytes
        ) { tester in _ = tester.result(mutates: false) }
      },
      subject("data-table", "data-table") { bytes in
        var pack = sample("policy-pack")
        pack.attachments.files["t.yaml"] = .bytes(bytes)
        load({ (s) throws(Complaints) in try PolicySet.load(packs: [s], library: library) }, pack) { _ in }
      },
      Subject(name: "manifest", seeds: { manifests }) { bytes in
        for form in [nil] + HashManifest.Form.allCases {
          do throws(Complaints) {
            let manifest = try HashManifest.read(bytes, name: "m", form: form)
            law(form == nil || manifest.form == form, "a manifest is read as what it was said to be")
            law(manifest.digests.count <= bytes.count / 64, "a digest takes 64 digits")
          } catch { check(error) }
        }
      },
    ]

  /// - Parameter trial: beside what holds of every file of this kind: one layout, with which it says the same.
  private static func subject(
    _ name: String, _ schema: String, _ trial: @escaping @Sendable ([UInt8]) -> Void
  ) -> Subject {
    Subject(
      name: name,
      seeds: {
        samples.filter { $0.schema == schema }.map { Array($0.text.utf8) } + (try shipped(schema))
      }
    ) { bytes in
      layout(bytes)
      trial(bytes)
    }
  }

  private static func load<T>(
    _ reader: (PolicySource) throws(Complaints) -> T, _ bytes: [UInt8], then: (T) -> Void
  ) {
    load(reader, source(bytes), then: then)
  }
  private static func load<T>(
    _ reader: (PolicySource) throws(Complaints) -> T, _ source: PolicySource, then: (T) -> Void
  ) {
    let value: T
    do throws(Complaints) { value = try reader(source) } catch { return check(error) }
    then(value)
  }

  private static func layout(_ bytes: [UInt8]) {
    let laid: [UInt8]
    do throws(Complaints) { laid = try PolicyLayout.canonical(source(bytes)) } catch {
      check(error)
      law(!error.all.contains { $0.code == "fmt.would-change" }, "a layout says the same as the file")
      return
    }
    law((try? PolicyLayout.canonical(source(laid))) == laid, "a layout is its own layout")
  }

  private static func register(_ bytes: [UInt8], _ set: PolicySet) {
    do throws(Complaints) {
      for head in try set.registerHeads(sha256: { Hash.digest(of: $0) }) {
        law(head.size == set.register?.rows.count, "a register without mistakes has all its rows")
      }
    } catch { check(error) }
    guard let row = set.register?.rows.first else { return }
    law(set.register?.rows(at: Instant(seconds: 1_559_347_200)).count ?? 0 <= set.register?.rows.count ?? 0, "rows")
    for role in [AuthorizationRow.SignatoryRole.contractingOfficer, .holder] {
      do throws(Complaints) {
        let editor = try SignatureEditor(source(bytes), row: row.id, role: role, name: nil, replace: true)
        let signed = try editor.text(
          with: SignatureEditor.Signature(keyId: PolicyFileSamples.digest, text: Base64.encode([1, 2, 3])))
        let again = try PolicySet.load(packs: [], registers: [source(signed)])
        law(again.register?.rows.count == set.register?.rows.count, "a signature adds no row")
        law(signed.count <= bytes.count + 400, "a signature adds nothing but itself")
      } catch { check(error) }
    }
  }

  // MARK: - What they are read with

  private static let digests = DigestFunctions(sha256: { Hash.sha256($0) }, sha1: { (try? Hash.sha1($0)) ?? [] })

  private static let key: PublicKey = {
    guard let key = try? PrivateKey.generate(.ed25519) else { fatalError("OpenSSL makes no key") }
    return key.publicKey
  }()
  private static let samples = PolicyFileSamples.all(
    key: (key.keyID, key.pem.replacingOccurrences(of: "\n", with: "\\n")))

  private static let attachments = Attachments([
    "t.yaml": .bytes(Array(PolicyFileSamples.table.utf8)),
    "m.sha256": .bytes(Array((PolicyFileSamples.digest + "\n").utf8)),
    "k.key": .bytes([UInt8](repeating: 7, count: 32)),
  ])

  private static func source(_ bytes: [UInt8]) -> PolicySource {
    PolicySource(name: "x.yaml", bytes: bytes, attachments: attachments)
  }
  private static func sample(_ schema: String) -> PolicySource {
    source(Array((samples.first { $0.schema == schema }?.text ?? "").utf8))
  }

  /// The pack that cases and other packs refer to.
  private static let library: [PolicySource] = [sample("policy-pack"), core]
  private static let core = PolicySource(
    name: "core-authorization.yaml",
    bytes: (try? file("policies/core-authorization.yaml")) ?? [])

  private static func file(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: Corpus.package.appendingPathComponent(path)))
  }

  /// Short files that ship.
  private static func shipped(_ schema: String) throws -> [[UInt8]] {
    switch schema {
    case "policy-pack": [core.bytes]
    case "policy-cases":
      // As far as whole lines go.
      [
        Array(
          try file("policies/tests/core-authorization.yaml").prefix(1 << 13).reversed().drop { $0 != 0x0A }.reversed())
      ]
    case "register":
      // Pairs of rows that follow each other.
      [
        Array(
          """
          register: chained
          rows:
            - {id: A, version: 1, sequence: 1, status: active, agency: CBP, categories: [face.image],
               holder: {name: Example Imaging, role: prime}, issued_at: 2018-01-01,
               signatories: [{name: Office, role: CO}, {name: Example Imaging, role: holder, key_id: k, sig: c2ln}]}
            - id: B
              version: 1
              sequence: 2
              status: draft
              agency: CBP
              categories:
              - face.image
              holder: {name: Example Imaging, role: sub, parent_row: A}
              signatories:
              - name: Office
                role: CO   # a comment

          """.utf8)
      ]
    default: []
    }
  }

  private static let manifests: [[UInt8]] = {
    let (a, b) = (String(repeating: "a1", count: 32), String(repeating: "b2", count: 32))
    let md5 = "d41d8cd98f00b204e9800998ecf8427e"
    return [
      "\(a)  one\n\(b) *two\n", "\\\(a)  o\\nn\\\\e\r\n\(b)  two\n", "SHA256 (one) = \(a)\nMD5 (one) = \(md5)\n",
      "\(a)  data/one\n\(b)\t data/100%25%0A\n", "\(a)\n\(b)\n# x\n\n",
      "%%%% HASHDEEP-1.0\n%%%% size,md5,sha256,filename\n## Invoked from: /x\n## \n1,\(md5),\(a),one, with, commas\n",
      "%%%% HASHDEEP-1.0\n%%%% size,sha256,filename\n512,\(b),two offset 512-1023\n",
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <dfxml version="1.1.0" xmlns="http://x"><!-- c --><source/><fileobject><filename>a &amp; &#x62;</filename>
      <hashdigest type='md5'>\(md5)</hashdigest><hashdigest type="SHA256">\(a)</hashdigest></fileobject>
      <fileobject><name_type>d</name_type></fileobject><![CDATA[x]]></dfxml>

      """,
    ].map { Array($0.utf8) }
  }()
}
