internal import COpenSSL
internal import CustodyCore

/// Encrypts a stream to certificates: CMS AuthEnvelopedData (RFC 5083) with AES-256-GCM (RFC 5084), in BER of
/// indefinite length, so that memory stays the same whatever the length.
///
/// Authenticated: a changed byte makes the reader fail. OpenSSL 3.0 and later opens it, 1.1.1 does not.
struct SealedStream: ~Copyable {
  /// What one key and nonce may encrypt: 2^39 - 256 bits (NIST SP 800-38D section 5.2.1.1), in bytes.
  static let mostBytes: UInt64 = (1 << 36) - 32
  /// Ciphertext is taken out of memory in pieces of this size.
  private static let pieceSize = 1 << 16

  private let message: OpaquePointer
  /// The end of the chain, where ciphertext waits until it is taken.
  private let memory: OpaquePointer
  /// The head of the chain that encrypts.
  private let chain: OpaquePointer
  private var isFinished = false
  private var count: UInt64 = 0
  private var piece = [UInt8](repeating: 0, count: pieceSize)

  /// - Throws: `cms.failed` with what OpenSSL said.
  init(to recipients: [RecipientCertificate]) throws(Complaint) {
    // No recipient could ever open it; no caller asks for that.
    guard !recipients.isEmpty else { throw Complaint(code: "cms.failed", "there is nobody to encrypt to") }
    let flags = UInt32(CMS_BINARY | CMS_STREAM | CMS_PARTIAL)
    guard let message = CMS_encrypt(nil, nil, EVP_aes_256_gcm(), flags) else {
      throw OpenSSLError.complaint("cms.failed", "OpenSSL cannot encrypt with AES-256-GCM")
    }
    for recipient in recipients {
      guard let info = CMS_add1_recipient_cert(message, recipient.certificate, UInt32(CMS_BINARY | CMS_KEY_PARAM)),
        let context = CMS_RecipientInfo_get0_pkey_ctx(info), recipient.key.configure(context)
      else {
        CMS_ContentInfo_free(message)
        throw OpenSSLError.complaint("cms.failed", "OpenSSL cannot encrypt to the certificate")
      }
    }
    guard let memory = BIO_new(BIO_s_mem()) else {
      CMS_ContentInfo_free(message)
      throw OpenSSLError.complaint("cms.failed", "no memory")
    }
    // The content key is made and wrapped for every recipient in here.
    guard let chain = BIO_new_CMS(memory, message) else {
      BIO_free(memory)
      CMS_ContentInfo_free(message)
      throw OpenSSLError.complaint("cms.failed", "OpenSSL cannot encrypt to the certificates")
    }
    self.message = message
    self.memory = memory
    self.chain = chain
  }

  deinit {
    // The chain wipes keys and buffers as it goes; what follows it is freed alone.
    var next: OpaquePointer? = chain
    while let bio = next, bio != memory {
      next = BIO_pop(bio)
      BIO_free(bio)
    }
    BIO_free(memory)
    CMS_ContentInfo_free(message)
  }

  /// Encrypts the next bytes and hands out the ciphertext that is ready.
  ///
  /// - Throws: `cms.too-long`, `cms.failed`, what `sink` throws. Nothing written so far is of use then.
  mutating func write(
    _ bytes: UnsafeRawBufferPointer, _ sink: (UnsafeRawBufferPointer) throws(Complaint) -> Void
  ) throws(Complaint) {
    guard !isFinished else { throw Complaint(code: "cms.failed", "the message is finished") }
    guard UInt64(bytes.count) <= Self.mostBytes - count else {
      throw Complaint(
        code: "cms.too-long", "more than \(Self.mostBytes) bytes do not fit one message of AES-GCM",
        hint: "write several lists with --leaves")
    }
    count += UInt64(bytes.count)
    var start = 0
    while start < bytes.count {
      let wanted = min(Self.pieceSize, bytes.count - start)
      let n = Int(BIO_write(chain, bytes.baseAddress.map { $0 + start }, Int32(wanted)))
      guard n > 0, n <= wanted else { throw OpenSSLError.complaint("cms.failed", "OpenSSL could not encrypt") }
      start += n
      try drain(sink)
    }
  }

  /// Ends the message and hands out the rest of it, the authentication tag last.
  ///
  /// - Throws: `cms.failed`, also when nothing was written; what `sink` throws.
  mutating func finish(_ sink: (UnsafeRawBufferPointer) throws(Complaint) -> Void) throws(Complaint) {
    guard !isFinished else { throw Complaint(code: "cms.failed", "the message is finished already") }
    isFinished = true
    // OpenSSL writes the head of a message with its first content, and no message without it.
    guard count > 0 else { throw Complaint(code: "cms.failed", "there is nothing to encrypt") }
    guard BIO_ctrl(chain, BIO_CTRL_FLUSH, 0, nil) == 1 else {
      throw OpenSSLError.complaint("cms.failed", "OpenSSL could not encrypt to the end")
    }
    try drain(sink)
    OpenSSLError.drain()
  }

  private mutating func drain(
    _ sink: (UnsafeRawBufferPointer) throws(Complaint) -> Void
  ) throws(Complaint) {
    while BIO_ctrl_pending(memory) > 0 {
      let n = Int(BIO_read(memory, &piece, Int32(piece.count)))
      guard n > 0, n <= piece.count else { throw OpenSSLError.complaint("cms.failed", "OpenSSL lost ciphertext") }
      try piece.withUnsafeBytes { all in
        Result { () throws(Complaint) in try sink(UnsafeRawBufferPointer(rebasing: all[..<n])) }
      }
      .get()
    }
  }
}
