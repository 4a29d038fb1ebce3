internal import Foundation

// Usage: bench-cel CASES.json > FIGURES.json; see scripts/bench-cel.
guard CommandLine.arguments.count == 2 else {
  FileHandle.standardError.write(Data("usage: bench-cel CASES.json\n".utf8))
  exit(2)
}
do {
  let data = try Data(contentsOf: URL(fileURLWithPath: CommandLine.arguments[1]))
  let figures = try JSONDecoder().decode([Case].self, from: data).map { try Measurement($0, repetitions: 5) }
  FileHandle.standardOutput.write(try JSONEncoder().encode(figures))
} catch {
  FileHandle.standardError.write(Data("bench-cel: \(error)\n".utf8))
  exit(2)
}
