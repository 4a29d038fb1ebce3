import CustodyCore
import Foundation
import Records
import TestSupport
import Testing

/// The real program and the real image worker on drawn pictures.
@Suite struct PictureTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private var custody: CommandLineTool { CommandLineTool(product: "custody", in: folder.url) }

  private func lines(_ name: String = "out.jsonl") throws -> [Examination] {
    try folder.read(name).split(separator: 0x0A).map { try InventoryLine.decode($0) }
  }

  private func jpeg(_ canvas: Canvas, quality: Int = 85) -> [UInt8] {
    JPEGPicture.encode(canvas, quality: quality, exif: JPEGBuilder.exif(capturedAt: RecordTime(2018, 11, 2, 7, 30, 0)))
  }

  @Test(arguments: ["audit", "ci"]) func facesAndPlatesAreSeen(_ profile: String) throws {
    for seed in 1...3 { try folder.write("in/lane\(seed).jpg", jpeg(DrawnScene.lane(seed: UInt64(seed)))) }
    try folder.write("in/portrait.bin", jpeg(DrawnFace.portrait(seed: 4)))
    var empty = Canvas(width: 320, height: 240, shade: 90)
    empty.gradient(top: 200, bottom: 60)
    try folder.write("in/road.jpg", jpeg(empty))
    let run = try custody.run(["examine", "in", "-o", "out.jsonl", "--profile", profile])
    #expect(run.status == 0, "\(run.err)")
    for e in try lines() {
      let name = String(decoding: e.locator.components.last ?? [], as: UTF8.self)
      #expect(e.disposition == .examined, "\(name)")
      let classes = Set(e.observations.filter { $0.strength >= .strong }.map(\.dataClass))
      switch name {
      case "road.jpg": #expect(e.observations.isEmpty)
      case "portrait.bin":
        #expect(classes == [.faceImage])
        #expect(e.observations.first?.attributes["layout"] == "portrait")
      default:
        #expect(classes == [.faceImage, .plateImage], "\(name)")
        #expect(e.attributes["capturedAt"] == "2018-11-02T07:30:00")
        #expect(e.attributes["pdq"] != nil)
      }
    }
  }

  @Test func documentsRidgesAndIrisesAreSeen() throws {
    try folder.write("in/page.jpg", jpeg(DrawnDocument.page(seed: 2)))
    try folder.write("in/print.jpg", jpeg(DrawnPrint.whorl(seed: 3)))
    try folder.write("in/eye.jpg", jpeg(DrawnEye.closeUp(seed: 5)))
    // Stripes are no ridges, and discs no eyes.
    var stripes = Canvas(width: 300, height: 400, shade: 0)
    stripes.shade { x, _ in 130 + 90 * cos(Float(x) * 2 * Float.pi / 9) }
    try folder.write("in/stripes.jpg", jpeg(stripes))
    var disc = Canvas(width: 400, height: 300, shade: 200)
    disc.ellipse(200, 150, 60, 60, shade: 60, soft: 0.03)
    try folder.write("in/disc.jpg", jpeg(disc))
    let run = try custody.run(["examine", "in", "-o", "out.jsonl"])
    #expect(run.status == 0, "\(run.err)")
    var classes: [String: Set<DataClass>] = [:]
    for e in try lines() {
      let name = String(decoding: e.locator.components.last ?? [], as: UTF8.self)
      classes[name] = Set(e.observations.map(\.dataClass))
      if name == "page.jpg" {
        let zone = e.observations.first { $0.detector == "mrz.picture" }
        #expect(zone?.attributes["documentKind"] == "td3")
        #expect(zone.map { $0.strength >= .strong } ?? false)
        guard case .int(let checks)? = zone?.attributes["checks"] else {
          Issue.record("no check digits")
          continue
        }
        #expect(checks > 0)
      }
    }
    #expect(classes["page.jpg"]?.isSuperset(of: [.faceImage, .identityMRZ, .identityDocument]) ?? false)
    #expect(classes["print.jpg"] == [.fingerImage])
    #expect(classes["eye.jpg"] == [.irisImage])
    #expect(classes["stripes.jpg"] == [] && classes["disc.jpg"] == [])
    let text = String(decoding: try folder.read("out.jsonl"), as: UTF8.self)
    #expect(!text.contains("ERIKSSON") && !text.contains("L898902C"))
  }

  /// What a plate says is never stored; with a link key the same plate gives the same code, another one another.
  @Test func readingsLeaveACodeOnlyUnderAKey() throws {
    let scenes = [1, 1, 2].map { DrawnScene.lane(seed: $0) }
    for (n, scene) in scenes.enumerated() { try folder.write("in/\(n).jpg", jpeg(scene, quality: 80 + 5 * n)) }
    try folder.write("link.key", (0..<32).map { UInt8($0) })
    func codes(_ flags: [String]) throws -> [AttributeValue?] {
      #expect(try custody.run(["examine", "in", "-o", "out.jsonl"] + flags).status == 0)
      let text = String(decoding: try folder.read("out.jsonl"), as: UTF8.self)
      for seed: UInt64 in [1, 2] {
        let reading = DrawnScene.plateText(seed: seed)
        #expect(!text.contains(reading) && !text.contains(reading.filter { $0 != " " }))
      }
      return try lines().map { e in e.observations.first { $0.detector == "plate.read" }?.attributes["mac"] }
    }
    #expect(try codes([]) == [nil, nil, nil])
    let keyed = try codes(["--link-key", "link.key"])
    #expect(keyed[0] != nil && keyed[0] == keyed[1] && keyed[2] != nil && keyed[2] != keyed[0])
    try folder.write("short.key", [1, 2, 3])
    let refused = try custody.run(["examine", "in", "-o", "out.jsonl", "--link-key", "short.key"])
    #expect(refused.status == 2 && refused.err.contains("usage.link-key"))
  }

  /// A copy is not looked at again, and says the same.
  @Test func copiesGiveTheSameLine() throws {
    let scene = jpeg(DrawnScene.lane(seed: 8))
    let members = (0..<40).map { BuiltMember("\($0).jpg", scene) }
    try folder.write("t.tar", ArchiveBuilder.archive("pax", members))
    let run = try custody.run(["examine", "t.tar", "-o", "out.jsonl", "--jobs", "2"])
    #expect(run.status == 0, "\(run.err)")
    let all = try lines()
    #expect(all.count == 40)
    #expect(Set(all.map(\.observations)).count == 1)
    let record = try #require(
      try JSONSerialization.jsonObject(with: Data(folder.read("out.scan.json"))) as? [String: Any])
    #expect((record["detectors"] as? [String])?.contains("face.hog/1;audit") ?? false)
  }

  /// A picture behind a picture's end is an entry of its own, before the outer one.
  @Test func picturesInsidePicturesAreEntries() throws {
    let outer = jpeg(DrawnScene.lane(seed: 3))
    let inner = jpeg(DrawnFace.portrait(seed: 9))
    try folder.write("in/two.jpg", outer + inner)
    let run = try custody.run(["examine", "in", "-o", "out.jsonl"])
    #expect(run.status == 0, "\(run.err)")
    let all = try lines()
    try #require(all.count == 2)
    #expect(all.map(\.index) == [0, 1])
    #expect(all[0].locator.components.last == Array("@\(outer.count)+\(inner.count)".utf8))
    #expect(all[0].size == UInt64(inner.count))
    #expect(all[0].observations.contains { $0.dataClass == .faceImage && $0.strength == .strong })
  }

  @Test func withoutAWorkerNobodyPretends() throws {
    try folder.write("in/lane.jpg", jpeg(DrawnScene.lane(seed: 1)))
    let off = try custody.run(["examine", "in", "-o", "out.jsonl", "--no-vision"])
    #expect(off.status == 3)
    #expect(try lines().first?.reason == .pixelsNotExamined)
    let missing = try custody.run(["examine", "in", "-o", "o2.jsonl", "--vision-worker", folder.path("none")])
    #expect(missing.status == 2 && missing.err.contains("vision.missing"), "\(missing.err)")
    let odd = try custody.run(["examine", "in", "-o", "o3.jsonl", "--vision-set", "no_such_thing=1"])
    #expect(odd.status == 2, "\(odd.err)")
  }

  @Test func theDoctorFindsTheSandboxInForce() throws {
    let run = try custody.run(["doctor"])
    #expect(run.status == 0, "\(run.text)")
    #expect(run.text.contains("refused when tried") && run.text.contains("execve"))
    #expect(run.text.contains("seccomp: worker"))
  }

  /// When the process that reads the snapshot dies, what it handed over stays and the rest is confessed.
  @Test func aDeadExaminerIsALine() throws {
    var input = try ChildPipe()
    let process = try ChildProcess(
      custody.executable.path, ["examine", "-", "-o", folder.path("out.jsonl"), "--quiet"],
      environment: ProcessInfo.processInfo.environment, descriptors: [input.read, nil, nil])
    input.closeRead()
    // More than the slabs hold, so that lines have been written, and no end.
    let members = (0..<3000).map { BuiltMember("f\($0).txt", text: String(repeating: "line \($0)\n", count: 80)) }
    try FileHandle(fileDescriptor: input.write).write(
      contentsOf: Data(ArchiveBuilder.archive("pax", members).dropLast(20_000)))
    let children = "/proc/\(process.id)/task/\(process.id)/children"
    let examiner = try String(contentsOfFile: children, encoding: .utf8).split(separator: " ").compactMap { Int32($0) }
    try #require(examiner.count == 1)
    kill(examiner[0], SIGKILL)
    #expect(process.wait(until: Date().addingTimeInterval(300)) == 3)
    input.closeWrite()
    let all = try lines()
    let last = try #require(all.last)
    #expect(last.disposition == .failed && last.reason == .examinerCrashed)
    #expect(all.map(\.index) == (0..<UInt64(all.count)).map { $0 })
    #expect(all.dropLast().allSatisfy { $0.disposition == .examined })
  }
}
