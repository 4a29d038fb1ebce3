import CustodyCore

@testable import Policies

/// Manifests written the way the tools write them, and SHA-256 for tests that link no cryptography.
enum ManifestMake {
  struct Item: Sendable {
    var name: [UInt8]
    var digest: Digest
  }

  static func read(
    _ text: String, name: String = "list", form: HashManifest.Form? = nil, limits: ManifestLimits = .standard
  ) throws(Complaints) -> HashManifest {
    try HashManifest.read(Array(text.utf8), name: name, form: form, limits: limits)
  }

  /// The complaints about a file, or none when it is accepted.
  static func complaints(
    _ bytes: [UInt8], name: String = "list", form: HashManifest.Form? = nil, limits: ManifestLimits = .standard
  ) -> [Complaint] {
    do throws(Complaints) {
      _ = try HashManifest.read(bytes, name: name, form: form, limits: limits)
      return []
    } catch { return error.all }
  }

  /// - Parameter variant: of spellings a form allows: 0 or 1.
  static func write(_ items: [Item], _ form: HashManifest.Form, variant: Int) -> [UInt8] {
    var out: [UInt8] = []
    switch form {
    case .sha256sum:
      for item in items {
        let escaped = item.name.flatMap { c -> [UInt8] in
          switch c {
          case 0x0A: Array("\\n".utf8)
          case 0x0D: Array("\\r".utf8)
          case 0x5C: Array("\\\\".utf8)
          default: [c]
          }
        }
        if escaped != item.name { out += "\\".utf8 }
        if variant == 0 {
          out += (item.digest.description + "  ").utf8
          out += escaped + [0x0A]
        } else {
          out += "SHA256 (".utf8
          out += escaped
          out += (") = " + item.digest.description.uppercased() + "\r\n").utf8
        }
      }
    case .bagit:
      for item in items {
        out += (item.digest.description + (variant == 0 ? "  data/" : "\tdata/")).utf8
        for c in item.name {
          switch c {
          case 0x0A: out += (variant == 0 ? "%0A" : "%0a").utf8
          case 0x0D: out += (variant == 0 ? "%0D" : "%0d").utf8
          case 0x25: out += "%25".utf8
          default: out.append(c)
          }
        }
        out.append(0x0A)
      }
    case .hashdeep:
      out += "%%%% HASHDEEP-1.0\n%%%% size,\(variant == 0 ? "md5,sha256" : "sha256,sha1"),filename\n".utf8
      out += "## Invoked from: /\n## # hashdeep\n## \n".utf8
      for item in items {
        let hex = item.digest.description
        let zeros = String(repeating: "0", count: variant == 0 ? 32 : 40)
        out += (variant == 0 ? "7,\(zeros),\(hex)," : "7,\(hex),\(zeros),").utf8
        // hashdeep writes line breaks as they are and the reader refuses that; here they become commas.
        out += item.name.map { $0 == 0x0A || $0 == 0x0D ? 0x2C : $0 } + [0x0A]
      }
    case .dfxml:
      let p = variant == 0 ? "" : "d:"
      out += "<?xml version='1.0' encoding='UTF-8'?>\n<\(p)dfxml xmlns\(variant == 0 ? "" : ":d")='urn:x'>\n".utf8
      for item in items {
        let name = String(decoding: item.name, as: UTF8.self).unicodeScalars.map { s -> String in
          switch s {
          case "&": "&amp;"
          case "<": "&lt;"
          case "\r": "&#13;"
          case "\n": variant == 0 ? "&#xA;" : "\n"
          default: String(Character(s))
          }
        }.joined()
        out += "<\(p)fileobject><\(p)filename>\(name)</\(p)filename><\(p)filesize>7</\(p)filesize>".utf8
        let type = variant == 0 ? "sha256" : "SHA256"
        out += "<\(p)hashdigest type=\"\(type)\">\n \(item.digest) </\(p)hashdigest></\(p)fileobject>".utf8
      }
      out += "</\(p)dfxml>\n".utf8
    case .plain, .hmac:
      for item in items { out += (item.digest.description + (variant == 0 ? "\n" : " \r\n\r\n")).utf8 }
    }
    return out
  }
}

/// SHA-256 as FIPS 180-4 section 6.2 describes it: slow, short, for tests only.
enum PlainSHA256 {
  /// The first `bits` bits of the fractional part of a root of a prime, computed and not copied (sections 4.2.2, 5.3.3).
  private static func fraction(of prime: UInt64, cube: Bool) -> UInt32 {
    // The largest r with r^k <= prime * 2^(32k); its low 32 bits are the fraction.
    var low: UInt64 = 0
    var high: UInt64 = 1 << 37
    while high - low > 1 {
      let middle = (low + high) / 2
      if fits(middle, prime, cube: cube) { low = middle } else { high = middle }
    }
    return UInt32(truncatingIfNeeded: low)
  }

  private static func fits(_ root: UInt64, _ prime: UInt64, cube: Bool) -> Bool {
    let r = UInt128(root)
    return cube ? r * r * r <= UInt128(prime) << 96 : r * r <= UInt128(prime) << 64
  }

  private static let primes: [UInt64] = (2..<312).filter { n in !(2..<n).contains { n % $0 == 0 } }
  private static let constants = primes.prefix(64).map { fraction(of: $0, cube: true) }
  private static let start = primes.prefix(8).map { fraction(of: $0, cube: false) }

  static func hash(_ message: [UInt8]) -> [UInt8] {
    var padded = message + [0x80]
    while padded.count % 64 != 56 { padded.append(0) }
    padded += withUnsafeBytes(of: UInt64(message.count * 8).bigEndian) { Array($0) }
    var h = start
    for block in stride(from: 0, to: padded.count, by: 64) {
      var w = (0..<16).map { i in padded[block + 4 * i..<block + 4 * i + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } }
      for t in 16..<64 {
        let a = w[t - 15]
        let b = w[t - 2]
        let s0 = turn(a, 7) ^ turn(a, 18) ^ a >> 3
        let s1 = turn(b, 17) ^ turn(b, 19) ^ b >> 10
        w.append(s1 &+ w[t - 7] &+ s0 &+ w[t - 16])
      }
      var v = h
      for t in 0..<64 {
        let s1 = turn(v[4], 6) ^ turn(v[4], 11) ^ turn(v[4], 25)
        let choice = (v[4] & v[5]) ^ (~v[4] & v[6])
        let t1 = v[7] &+ s1 &+ choice &+ constants[t] &+ w[t]
        let s0 = turn(v[0], 2) ^ turn(v[0], 13) ^ turn(v[0], 22)
        let t2 = s0 &+ ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]))
        v = [t1 &+ t2, v[0], v[1], v[2], v[3] &+ t1, v[4], v[5], v[6]]
      }
      h = zip(h, v).map { $0 &+ $1 }
    }
    return h.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * UInt32($0))) } }
  }

  private static func turn(_ x: UInt32, _ n: UInt32) -> UInt32 { x >> n | x << (32 - n) }
}
