public import CustodyCore
internal import Records

/// Reports as files.
public enum ReportFile {
  /// - Parameter name: for messages.
  /// - Throws: when the text is no report.
  public static func decode(_ bytes: [UInt8], at name: String) throws(Complaint) -> Report {
    do throws(Complaint) { return try ReportDocument.decode(JSONParser.parse(bytes)) } catch {
      throw Complaint(
        code: error.code, error.message,
        at: Printable.escape(name, limit: 300) + (error.location.map { ": " + $0 } ?? ""), hint: error.hint)
    }
  }
}
