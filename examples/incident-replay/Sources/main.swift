import Foundation
import Records

// `incident-replay OUTDIR` writes snapshot.tar and truth.json. Policy and register are the files beside `Sources`.

guard CommandLine.arguments.count == 2 else {
  FileHandle.standardError.write(Data("usage: incident-replay OUTDIR\n".utf8))
  exit(2)
}
// Zip members carry local time: fix the zone, so that the bytes are the same everywhere.
setenv("TZ", "UTC", 1)
tzset()

do {
  let folder = URL(fileURLWithPath: CommandLine.arguments[1], isDirectory: true)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  let snapshot = IncidentSnapshot()
  let tar = snapshot.tar()
  guard !tar.isEmpty else { throw CocoaError(.fileWriteUnknown) }
  try Data(tar).write(to: folder.appendingPathComponent("snapshot.tar"))
  try Data(JSONWriter.pretty(snapshot.truth.document)).write(to: folder.appendingPathComponent("truth.json"))
} catch {
  FileHandle.standardError.write(Data("incident-replay: \(error.localizedDescription)\n".utf8))
  exit(2)
}
