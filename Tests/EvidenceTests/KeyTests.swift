import CustodyCore
import Foundation
import Testing

@testable import Evidence

@Suite struct KeyTests {
  static let message = Array("a message".utf8)

  @Test(arguments: KeyAlgorithm.allCases) func signsAndVerifies(_ algorithm: KeyAlgorithm) throws {
    let key = try PrivateKey.generate(algorithm)
    let other = try PrivateKey.generate(algorithm)
    let signature = try key.sign(Self.message)
    #expect(key.publicKey.verifies(signature, over: Self.message))
    #expect(!other.publicKey.verifies(signature, over: Self.message))
    #expect(!key.publicKey.verifies(signature, over: Self.message + [0]))
    #expect(!key.publicKey.verifies([], over: Self.message))
    for i in signature.indices {
      var bad = signature
      bad[i] ^= 1
      #expect(!key.publicKey.verifies(bad, over: Self.message))
      #expect(!key.publicKey.verifies(Array(signature[..<i]), over: Self.message))
    }
    #expect(OpenSSLError.drain() == [])
  }

  @Test(arguments: KeyAlgorithm.allCases) func files(_ algorithm: KeyAlgorithm) throws {
    let scratch = try Scratch()
    let made = try KeyFiles.generate(algorithm, privatePath: scratch.file("k.pem"))
    #expect(made.publicPath == scratch.file("k.pub.pem"))
    #expect(try scratch.mode("k.pem") == 0o600)
    #expect(try scratch.read("k.pem").starts(with: Array("-----BEGIN PRIVATE KEY-----\n".utf8)))
    let loaded = try PrivateKey.load(made.privatePath)
    #expect(loaded.warnings == [])
    #expect(loaded.key.algorithm == algorithm)
    let publicKey = try PublicKey.load(made.publicPath)
    #expect(publicKey.keyID == made.keyID)
    #expect(loaded.key.keyID == made.keyID)
    #expect(made.keyID == Hex.encode(Hash.sha256(publicKey.der)))
    #expect(publicKey.verifies(try loaded.key.sign(Self.message), over: Self.message))
  }

  @Test(arguments: KeyAlgorithm.allCases) func passphrase(_ algorithm: KeyAlgorithm) throws {
    let scratch = try Scratch()
    let right = try scratch.write("right", "correct horse \r\nsecond line")
    let wrong = try scratch.write("wrong", "correct horse\n")
    let made = try KeyFiles.generate(algorithm, privatePath: scratch.file("k"), passphraseFile: right)
    #expect(made.publicPath == scratch.file("k.pub.pem"))
    #expect(try scratch.read("k").starts(with: Array("-----BEGIN ENCRYPTED PRIVATE KEY-----\n".utf8)))
    let key = try PrivateKey.load(made.privatePath, passphrase: try SecretBytes.passphrase(from: right)).key
    #expect(key.keyID == made.keyID)
    #expect(
      try code { _ = try PrivateKey.load(made.privatePath, passphrase: try SecretBytes.passphrase(from: wrong)) }
        == "key.passphrase-wrong")
    #expect(try code { _ = try PrivateKey.load(made.privatePath) } == "key.passphrase-missing")
    if OpenSSLCommand.isThere {
      try scratch.write("plain", "correct horse ")
      #expect(
        try OpenSSLCommand.run([
          "pkey", "-in", made.privatePath, "-passin", "file:" + scratch.file("plain"), "-pubout", "-out",
          scratch.file("pub"),
        ]).status == 0)
      #expect(try scratch.read("pub") == scratch.read("k.pub.pem"))
      let shape = try OpenSSLCommand.run(["asn1parse", "-in", made.privatePath])
      let text = String(decoding: shape.output, as: UTF8.self)
      for name in ["PBES2", "1.3.6.1.4.1.11591.4.11", "aes-256-cbc"] {
        #expect(text.contains(name) || (name.hasPrefix("1.3") && text.contains("scrypt")))
      }
    }
  }

  func code(_ body: () throws -> Void) throws -> String {
    try #require(throws: Complaint.self) { try body() }.code
  }

  @Test func passphraseFiles() throws {
    let scratch = try Scratch()
    #expect(try code { _ = try SecretBytes.passphrase(from: scratch.file("none")) } == "file.unreadable")
    #expect(try code { _ = try SecretBytes.passphrase(from: scratch.write("e", "\nsecond")) } == "passphrase.empty")
    #expect(try code { _ = try SecretBytes.passphrase(from: scratch.write("e", "")) } == "passphrase.empty")
    #expect(
      try code { _ = try SecretBytes.passphrase(from: scratch.write("l", String(repeating: "a", count: 1025))) }
        == "file.too-large")
    for (text, count) in [("abc", 3), ("abc\n", 3), ("abc\r\n", 3), ("a c \n", 4), ("é\n", 2)] {
      let secret = try SecretBytes.passphrase(from: scratch.write("p", text))
      #expect(secret.count == count)
    }
  }

  @Test func nothingIsReplaced() throws {
    let scratch = try Scratch()
    try scratch.write("a.pem", "mine")
    #expect(try code { _ = try KeyFiles.generate(.ed25519, privatePath: scratch.file("a.pem")) } == "output.exists")
    #expect(try scratch.names() == ["a.pem"])
    try scratch.write("b.pub.pem", "mine")
    #expect(try code { _ = try KeyFiles.generate(.ed25519, privatePath: scratch.file("b.pem")) } == "output.exists")
    #expect(try scratch.names() == ["a.pem", "b.pub.pem"])
    #expect(try scratch.read("b.pub.pem") == Array("mine".utf8))
    #expect(try code { _ = try KeyFiles.generate(.ed25519, privatePath: scratch.file("no/k.pem")) } == "output.write")
  }

  @Test func othersCanReadIsSaid() throws {
    let scratch = try Scratch()
    let made = try KeyFiles.generate(.ed25519, privatePath: scratch.file("k.pem"))
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: made.privatePath)
    #expect(try PrivateKey.load(made.privatePath).warnings.map(\.code) == ["key.permissions"])
  }

  @Test func mixedUpAndMalformed() throws {
    let scratch = try Scratch()
    let made = try KeyFiles.generate(.ecdsaP256, privatePath: scratch.file("k.pem"))
    #expect(try code { _ = try PublicKey.load(made.privatePath) } == "key.private")
    #expect(try code { _ = try PrivateKey.load(made.publicPath) } == "key.public")
    #expect(try code { _ = try PrivateKey.load(scratch.file("none")) } == "file.unreadable")
    #expect(try code { _ = try PublicKey.load(scratch.path) } == "file.unreadable")
    for name in ["k.pem", "k.pub.pem"] {
      let whole = try scratch.read(name)
      // Without the last line's end it is still whole.
      for n in stride(from: 0, to: whole.count - 2, by: 3) {
        try scratch.write("cut", Array(whole.prefix(n)))
        let c = try code {
          if name == "k.pem" {
            _ = try PrivateKey.load(scratch.file("cut"))
          } else {
            _ = try PublicKey.load(scratch.file("cut"))
          }
        }
        #expect(c == "key.format", "\(name) cut at \(n)")
      }
    }
    var random = SeededGenerator(2)
    let whole = try scratch.read("k.pub.pem")
    for _ in 0..<300 {
      var bytes = whole
      bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
      // Any answer will do, as long as it is one.
      _ = try? PublicKey(pem: bytes)
    }
    #expect(OpenSSLError.drain() == [])
  }

  @Test(
    .enabled(if: OpenSSLCommand.isThere),
    arguments: [
      ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
      ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
      ["-algorithm", "X25519"],
    ]) func unsupportedKinds(_ arguments: [String]) throws
  {
    let scratch = try Scratch()
    #expect(try OpenSSLCommand.run(["genpkey"] + arguments + ["-out", scratch.file("k.pem")]).status == 0)
    #expect(
      try OpenSSLCommand.run(["pkey", "-in", scratch.file("k.pem"), "-pubout", "-out", scratch.file("k.pub.pem")])
        .status == 0)
    #expect(try code { _ = try PrivateKey.load(scratch.file("k.pem")) } == "key.algorithm")
    #expect(try code { _ = try PublicKey.load(scratch.file("k.pub.pem")) } == "key.algorithm")
  }

  @Test(.enabled(if: OpenSSLCommand.isThere), arguments: KeyAlgorithm.allCases)
  func theCommandLineAgrees(_ algorithm: KeyAlgorithm) throws {
    let scratch = try Scratch()
    let made = try KeyFiles.generate(algorithm, privatePath: scratch.file("k.pem"))
    let key = try PrivateKey.load(made.privatePath).key
    let message = try scratch.write("message", Self.message)
    let signature = try scratch.write("signature", try key.sign(Self.message))
    let check =
      algorithm == .ecdsaP256
      ? ["dgst", "-sha256", "-verify", made.publicPath, "-signature", signature, message]
      : ["pkeyutl", "-verify", "-pubin", "-inkey", made.publicPath, "-rawin", "-in", message, "-sigfile", signature]
    #expect(try OpenSSLCommand.run(check).status == 0)
    try scratch.write("message", Self.message + [1])
    #expect(try OpenSSLCommand.run(check).status != 0)

    try scratch.write("message", Self.message)
    let make =
      algorithm == .ecdsaP256
      ? ["dgst", "-sha256", "-sign", made.privatePath, "-out", scratch.file("theirs"), message]
      : ["pkeyutl", "-sign", "-inkey", made.privatePath, "-rawin", "-in", message, "-out", scratch.file("theirs")]
    #expect(try OpenSSLCommand.run(make).status == 0)
    #expect(key.publicKey.verifies(try scratch.read("theirs"), over: Self.message))

    let der = try OpenSSLCommand.run(["pkey", "-pubin", "-in", made.publicPath, "-outform", "DER"]).output
    #expect(Hex.encode(Hash.sha256(der)) == made.keyID)
    #expect(try OpenSSLCommand.run(["pkey", "-in", made.privatePath, "-pubout"]).output == scratch.read("k.pub.pem"))
  }
}
