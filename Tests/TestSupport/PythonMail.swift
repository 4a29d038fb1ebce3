import Foundation

/// Mail written and taken apart by the `email` package of Python: another reader's word for what the parts are.
public enum PythonMail {
  public struct Sample: Decodable, Sendable {
    public var raw: [UInt8]
    /// Decoded bodies of all parts that hold no others, in order.
    public var parts: [[UInt8]]
    /// Their file names, empty where they have none.
    public var names: [String]

    enum CodingKeys: CodingKey { case raw, parts, names }
    public init(from decoder: any Decoder) throws {
      let box = try decoder.container(keyedBy: CodingKeys.self)
      raw = Array(try box.decode(Data.self, forKey: .raw))
      parts = try box.decode([Data].self, forKey: .parts).map { Array($0) }
      names = try box.decode([String].self, forKey: .names)
    }
  }

  /// Nil, said aloud, when there is no Python with that package.
  public static func samples(seed: Int, count: Int) throws -> [Sample]? {
    try run(["samples", String(seed), String(count)])
  }
  /// The first one is a mailbox of `count` messages, with the parts of all.
  public static func mailbox(seed: Int, count: Int) throws -> Sample? {
    try run(["mailbox", String(seed), String(count)])?.first
  }

  private static func run(_ arguments: [String]) throws -> [Sample]? {
    let folder = NSTemporaryDirectory() + "/python-mail-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data(script.utf8).write(to: URL(fileURLWithPath: folder + "/mail.py"))
    let child = try ChildProcess(
      "/usr/bin/env", ["python3", "mail.py"] + arguments + ["out.jsonl"], in: folder,
      environment: ProcessInfo.processInfo.environment)
    let status = child.wait(until: Date() + 120)
    guard status == 0, let data = FileManager.default.contents(atPath: folder + "/out.jsonl") else {
      FileHandle.standardError.write(Data("SKIPPED: no python3 with the email package (status \(status))\n".utf8))
      return nil
    }
    return try data.split(separator: 0x0A).map { try JSONDecoder().decode(Sample.self, from: $0) }
  }

  private static let script = #"""
    import base64, email, email.policy, json, mailbox, quopri, random, sys
    from email.message import EmailMessage

    mode, seed, count, out = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    r = random.Random(seed)
    NAMES = ["photo.jpg", "Übersicht März.pdf", "顔.zip", "a b;c\"d.bin", "x" * 150 + ".dat", "R=e?s.txt", "50%.csv", "",
             "mehr als eine Zeile weit mit Umlauten äöü und noch mehr davon, damit es umbricht.bin"]

    def content():
      kind = r.randrange(4)
      if kind == 0: return r.randbytes(r.randrange(3000))
      if kind == 1: return b""
      lines = ["".join(r.choice("abcdefgh =<-.äé") for _ in range(r.randrange(120))) for _ in range(r.randrange(30))]
      return "\n".join(lines).encode()

    def message(depth=0):
      m = EmailMessage()
      m["From"], m["To"] = "a@example.org", "b@example.org"
      m["Subject"] = r.choice(["plain", "Grüße " * 20, "x"])
      m["Message-ID"] = "<%d@example.org>" % r.randrange(10**9)
      m.set_content("".join(r.choice("abc äö=\n.-") for _ in range(r.randrange(400))),
                    cte=r.choice(["quoted-printable", "base64", "8bit"]))
      if r.random() < .3: m.add_alternative("<p>ü%s</p>" % ("x" * r.randrange(200)), subtype="html")
      for _ in range(r.randrange(4)):
        if depth < 3 and r.random() < .3:
          m.add_attachment(message(depth + 1))
          continue
        name = r.choice(NAMES)
        kw = {"filename": name} if name else {}
        m.add_attachment(content(), maintype="application", subtype="octet-stream", **kw)
      return m

    def fold(b, n, nl): return nl.join(b[i:i + n] for i in range(0, len(b), n))

    def hand(depth=0):
      """As other writers would: boundaries, line ends, encodings and mistakes of many kinds."""
      nl = b"\r\n" if r.random() < .5 else b"\n"
      b = b"=_" + str(r.randrange(10**6)).encode() + r.choice([b"", b"--", b" x'()+_,-./:=?"])
      q = b'boundary="' + b + b'"'
      head = [b"From: a@example.org", b"Subject: s", b"MIME-Version: 1.0", b"X-Long: " + b"y" * r.randrange(3000),
              b"Content-Type: multipart/mixed;" + r.choice([b" ", nl + b"\t", nl + b" charset=x; "]) + q]
      parts = [nl.join(head) + nl + nl + r.choice([b"", b"preamble" + nl, b"--" + b + b"x" + nl, b"--" + nl])]
      for _ in range(r.randrange(1, 5)):
        if depth < 4 and r.random() < .25:
          inner = hand(depth + 1)
          h = [b"Content-Type: message/rfc822"]
        else:
          c = content()
          how = r.randrange(4)
          if how == 0: inner = fold(base64.b64encode(c), r.choice([4, 60, 72, 76, 77, 990, 10**6]), nl)
          elif how == 1: inner = nl.join(quopri.encodestring(x) for x in c.replace(b"\0", b"").replace(b"\r", b"").split(b"\n"))
          else: inner = c.replace(b"\r", b"").replace(b"\n", nl)
          if how == 0 and r.random() < .2: inner = inner.rstrip(b"=")
          h = [b"Content-Transfer-Encoding: " + [b"BASE64", b"Quoted-Printable", b"8bit", b"binary"][how]]
          if r.random() < .4: h.append(b"Content-Disposition: attachment;" + nl + b" filename*0*=utf-8''%C3%A4" + nl + b" ;filename*1=b.bin")
        parts.append(b"--" + b + r.choice([b"", b"  ", b"\t"]) + nl + b"".join(x + nl for x in h) + nl + inner + nl)
      if r.random() < .8: parts.append(b"--" + b + b"--" + r.choice([b"", nl, nl + b"epilogue" + nl]))
      return b"".join(parts)

    def leaves(raw):
      m = email.message_from_bytes(raw, policy=email.policy.default)
      found = [p for p in m.walk() if not p.is_multipart()]
      return [p.get_payload(decode=True) for p in found], [p.get_filename() or "" for p in found]

    def line(f, raw, parts, names):
      e = lambda x: base64.b64encode(x).decode()
      f.write(json.dumps({"raw": e(raw), "parts": [e(p or b"") for p in parts], "names": names}) + "\n")

    with open(out, "w") as f:
      if mode == "samples":
        for i in range(count):
          pol = email.policy.SMTP if r.random() < .5 else email.policy.default
          raw = message().as_bytes(policy=pol) if i % 2 else hand()
          line(f, raw, *leaves(raw))
      else:
        box = mailbox.mbox("box")
        for i in range(count):
          m = mailbox.mboxMessage(message())
          m.set_from("a@example.org", True)
          box.add(m)
        box.flush()
        parts, names = [], []
        for key in box.keys():
          p, n = leaves(box.get_bytes(key))
          parts += p
          names += n
        line(f, open("box", "rb").read(), parts, names)
    """#
}
