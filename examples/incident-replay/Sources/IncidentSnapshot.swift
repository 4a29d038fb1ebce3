import CustodyCore
import TestSupport

/// The replay: a disk carried from the lanes, copied to a share, used there for what no contract allowed.
///
/// 184 biometric items stand for the 184,000 of 2019, 100 distinct ones for some 100,000. `README.md` has the table.
struct IncidentSnapshot {
  private(set) var truth = Truth()
  private var members: [BuiltMember] = []
  private var folders: Set<String> = []

  /// The day everything was copied to the share: all a file's own time can tell.
  private static let copied: Int64 = 1_547_542_800  // 2019-01-15T09:00:00Z
  private static let carried: Int64 = 1_547_197_200  // 2019-01-11T09:00:00Z

  init() {
    let pool = Pool()
    disk(pool)
    share(pool)
    workOrder(pool)
    deck(pool)
    training(pool)
  }

  /// The snapshot, a pax tar.
  func tar() -> [UInt8] { ArchiveBuilder.archive("pax", members) }

  // MARK: - The disk

  private mutating func disk(_ pool: Pool) {
    let root = "usb-E/"
    benign(root + "System Volume Information/WPSettings.dat", [12, 0, 0, 0, 0x5A, 0x3C, 0x11, 0x08, 0, 0, 0, 0])
    benign(
      root + "System Volume Information/IndexerVolumeGuid",
      "{00000000-0000-0000-0000-000000000001}".utf8.flatMap { [$0, 0] })
    let rma = root + "RMA12345/"
    for day in pool.days {
      let zip = day.faces.map { face in
        member("VFD/\(day.time.date)/\(face.hour)/\(face.name)", face.record, time: Self.carried)
      }
      file(rma + "\(day.lane)/\(day.time.date).zip", ArchiveBuilder.archive("zip", zip), Self.carried)
    }
    for (n, scene) in pool.scenes.enumerated() {
      put(rma + "poe-lane07/overview/" + Self.overview(n), scene, Self.carried)
    }
    put(rma + "poe-lane07/overview/reads.csv", Self.reads(of: pool.scenes.count), Self.carried)
    for (n, specimen) in pool.wsq.enumerated() { put(rma + "enrol/finger-\(n).wsq", specimen, Self.carried) }
    for (n, specimen) in pool.iris.enumerated() { put(rma + "enrol/iris-\(n).iir", specimen, Self.carried) }
    put(rma + "enrol/transaction-0.an2", pool.transactions[0], Self.carried)
    let secret = (0..<5).map { n in
      EncryptedZip.Member("lane09/\(n).fac", FaceRecordBuilder.iso2005([.card(seed: 950 + UInt64(n))]))
    }
    truth.encryptedMembers = secret.count
    file(
      rma + "lane09.zip", EncryptedZip.archive(secret, passphrase: "correct horse", time: RecordTime(2019, 1, 10)),
      Self.carried)
    benign(rma + "shipping.txt", text: "Return of one lane controller. Contents: controller, power supply, cable.\n")
  }

  private static func overview(_ n: Int) -> String {
    "overview_20181102\(RecordTime.pad(7 + n, 2))3000_\(n)_trg.jpg"
  }

  /// What the plate reader said of the overview camera's pictures, and of two that are not here.
  private static func reads(of pictures: Int) -> Specimen {
    var text = "image,plate_number,confidence,camera_id,timestamp\n"
    for n in 0..<(pictures + 2) {
      text += "D:\\lane07\\\(overview(n).uppercased()),LC\(RecordTime.pad(n, 2))\(RecordTime.pad(7 * n, 3)),9\(n).5,"
      text += "poe-lane07,2018-11-02 \(RecordTime.pad(7 + n, 2)):30:00\n"
    }
    return Specimen(bytes: Array(text.utf8), holds: [.plateRead: pictures + 2])
  }

  // MARK: - The share

  private mutating func share(_ pool: Pool) {
    let root = "share/projects/face-eval/"
    let lanes = pool.days.flatMap { day in
      day.faces.map { member("\(day.lane)/\(day.time.date)/\($0.name)", $0.record, time: Self.copied) }
    }
    file(root + "lanes.7z", ArchiveBuilder.archive("7zip", lanes), Self.copied)
    for (n, specimen) in pool.wsq.enumerated() { put(root + "enrol/finger-\(n).wsq", specimen) }
    for (n, specimen) in pool.minutiae.enumerated() { put(root + "enrol/template-\(n).fmr", specimen) }
    for (n, specimen) in pool.fingerImages.enumerated() { put(root + "enrol/image-\(n).fir", specimen) }
    for (n, specimen) in pool.iris.enumerated() { put(root + "enrol/iris-\(n).iir", specimen) }
    for (n, specimen) in pool.transactions.enumerated() { put(root + "transactions/transaction-\(n).an2", specimen) }
    for (n, document) in pool.documents.enumerated() {
      for (name, specimen) in document { put(root + "documents/\(n)/\(name)", specimen) }
    }
    let zones = MRZBuilder.td3() + [""] + MRZBuilder.td1()
    put(
      root + "documents/reader.log",
      Specimen(bytes: Array((zones.joined(separator: "\n") + "\n").utf8), holds: [.identityMRZ: 2]))
    benign(root + "README.txt", text: "Evaluation of the matcher on lane pictures. Ask before copying.\n")
    benign("share/parts/parts.csv", text: "part,revision,price\nLC-100,B,120.00\nPS-12,A,18.50\nCB-3M,C,4.20\n")
    benign("share/parts/brochure.png", PNGBuilder.testCard())
  }

  // MARK: - The work order, the deck, the training set

  private mutating func workOrder(_ pool: Pool) {
    let root = "share/service/WO-4471/"
    benign(root + "order.txt", text: "WO-4471: replace lane controller, lane 7. Maintenance only.\n")
    for face in pool.days[0].faces.prefix(4) { put(root + "before/" + face.name, face.record) }
    for (n, specimen) in pool.minutiae.enumerated() { put(root + "before/template-\(n).fmr", specimen) }
  }

  private mutating func deck(_ pool: Pool) {
    let xml = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
    let relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    let parts: [(String, String)] = [
      (
        "[Content_Types].xml",
        xml + "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
          + "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
          + "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
          + "<Default Extension=\"bin\" ContentType=\"application/vnd.openxmlformats-officedocument.oleObject\"/>"
          + "<Override PartName=\"/ppt/slides/slide1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument"
          + ".presentationml.slide+xml\"/></Types>"
      ),
      (
        "ppt/slides/slide1.xml",
        xml + "<p:sld xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\"><p:cSld><p:spTree/>"
          + "</p:cSld></p:sld>"
      ),
      (
        "ppt/slides/_rels/slide1.xml.rels",
        xml + "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship "
          + "Id=\"rId1\" Type=\"\(relation)/oleObject\" Target=\"../embeddings/oleObject1.bin\"/></Relationships>"
      ),
    ]
    var zip = parts.map { BuiltMember($0.0, Array($0.1.utf8), modified: Self.copied) }
    truth.benign += parts.count
    zip.append(member("ppt/embeddings/oleObject1.bin", pool.days[5].faces[2].record, time: Self.copied))
    file("share/sales/pilot-results.pptx", ArchiveBuilder.archive("zip", zip), Self.copied)
  }

  private mutating func training(_ pool: Pool) {
    let root = "share/projects/face-eval/training/"
    let faces = pool.days.prefix(2).flatMap(\.faces)
    for (n, face) in faces.enumerated() {
      put(root + (n < 8 ? "train/" : "val/") + "subject-\(RecordTime.pad(n, 3)).fac", face.record)
    }
    let pairs = (0..<5).map { "subject-00\($0)\t1\t\($0 + 1)" }.joined(separator: "\n")
    benign(root + "pairs.txt", text: "1\t5\n" + pairs + "\n")
  }

  // MARK: - Putting things in

  private mutating func put(_ path: String, _ specimen: Specimen, _ time: Int64 = copied) {
    truth.add(specimen)
    if specimen.holds.isEmpty { truth.benign += 1 }
    file(path, specimen.bytes, time)
  }

  /// A member of an inner archive, counted like a file.
  private mutating func member(_ path: String, _ specimen: Specimen, time: Int64) -> BuiltMember {
    truth.add(specimen)
    return BuiltMember(path, specimen.bytes, modified: time)
  }

  private mutating func benign(_ path: String, _ bytes: [UInt8]) {
    truth.benign += 1
    file(path, bytes, Self.copied)
  }

  private mutating func benign(_ path: String, text: String) { benign(path, Array(text.utf8)) }

  private mutating func file(_ path: String, _ bytes: [UInt8], _ time: Int64) {
    var folder = ""
    for part in path.split(separator: "/").dropLast() {
      folder += part + "/"
      if folders.insert(folder).inserted {
        members.append(BuiltMember(folder, form: .directory, modified: time))
      }
    }
    members.append(BuiltMember(path, bytes, modified: time))
  }
}
