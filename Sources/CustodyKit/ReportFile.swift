public import CustodyCore
internal import Evidence
import Foundation
internal import Records

/// Reports as files.
public enum ReportFile {
  static let largest = 256 << 20

  /// - Parameter name: for messages.
  /// - Throws: when the text is no report.
  public static func decode(_ bytes: [UInt8], at name: String) throws(Complaint) -> Report {
    do throws(Complaint) { return try ReportDocument.decode(JSONParser.parse(bytes)) } catch {
      throw Complaint(
        code: error.code, error.message,
        at: Printable.escape(name, limit: 300) + (error.location.map { ": " + $0 } ?? ""), hint: error.hint)
    }
  }

  /// The report in a package's folder, an envelope, a bare statement, or a file of `custody judge`. Signatures are not checked.
  public static func load(_ path: String) throws(Complaint) -> Report {
    var isFolder: ObjCBool = false
    var file = path
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      let envelope = path + "/" + PackageFile.envelope
      file = access(envelope, F_OK) == 0 ? envelope : path + "/" + PackageFile.statement
    }
    let bytes = try FileBytes.read(file, atMost: largest)
    let document = try JSONParser.parse(bytes, source: Printable.escape(file, limit: 300))
    guard document["payload"] != nil || document["_type"] != nil else { return try decode(bytes, at: file) }
    return try statement(file).report
  }

  /// The statement of an envelope or a bare statement file. Signatures are not checked.
  static func statement(_ file: String) throws(Complaint) -> AuditStatement {
    let shown = Printable.escape(file, limit: 300)
    let bytes = try FileBytes.read(file, atMost: largest)
    let document = try JSONParser.parse(bytes, source: shown)
    guard document["payload"] != nil else { return try AuditStatement(json: bytes, source: shown) }
    guard let payload = document["payload"]?.string.flatMap({ Base64.decode($0) }) else {
      throw Complaint(code: "envelope.payload", "the payload is not base64", at: shown)
    }
    return try AuditStatement(json: payload, source: shown)
  }
}
