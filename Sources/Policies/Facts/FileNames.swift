/// What names of single files and folders mean. Pure functions over raw bytes.
enum FileNames {
  /// Weights smaller than this are configuration or translations that share the extension.
  static let smallestWeights: UInt64 = 4096
  /// Larger files with a key's extension are presentations and other things.
  static let largestKey: UInt64 = 65_536

  private static func table(_ names: [String]) -> Set<[UInt8]> { Set(names.map { Array($0.utf8) }) }

  private static let removableFolders = table([
    "system volume information", ".trash-1000", ".trash-1001", "$recycle.bin", ".trashes", ".spotlight-v100",
    ".fseventsd", "lost.dir",
  ])
  private static let fixedFolders = table(["windows", "program files", "program files (x86)", "programdata"])
  private static let fixedFiles = table(["pagefile.sys", "hiberfil.sys", "swapfile.sys", "bootmgr"])
  private static let trainingFiles = table([
    "pairs.txt", "people.txt", "landmarks.txt", "labels.txt", "labels.csv", "labels.json", "classes.txt",
    "annotations.json", "annotations.csv", "annotations.xml", "train.csv", "val.csv", "train.txt", "val.txt",
    "pairsdevtrain.txt", "pairsdevtest.txt", "peopledevtrain.txt", "list_attr_celeba.txt", "identity_celeba.txt",
    "saved_model.pb", "frozen_inference_graph.pb",
  ])
  private static let weightExtensions = table([
    "pt", "pth", "onnx", "h5", "hdf5", "caffemodel", "tflite", "weights", "ckpt", "safetensors", "keras", "mlmodel",
  ])
  private static let notebookExtensions = table(["ipynb"])
  private static let secretFiles = table([
    "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", ".env", ".htpasswd", ".pgpass", ".netrc", "shadow", "credentials",
    "secring.gpg", "passwd.txt", "pwd.txt",
  ])
  private static let secretStems = table(["passwords", "password", "credentials", "secrets", "logins"])
  private static let secretExtensions = table(["pem", "pfx", "p12", "kdbx", "kdb", "ppk", "jks", "keystore"])
  private static let officeExtensions = table([
    "pptx", "ppt", "pptm", "ppsx", "pps", "docx", "doc", "docm", "xlsx", "xls", "xlsm", "odp", "odt", "ods", "rtf",
  ])
  private static let mailExtensions = table(["pst", "ost", "eml", "msg", "mbox", "mbx", "dbx", "nsf"])
  private static let databaseExtensions = table(["mdb", "accdb", "sqlite", "sqlite3", "db", "db3", "dbf"])
  private static let pdfExtensions = table(["pdf"])

  private static func lower(_ name: ArraySlice<UInt8>) -> [UInt8] {
    name.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
  }

  private static func fileExtension(_ name: [UInt8]) -> ArraySlice<UInt8> {
    guard let dot = name.lastIndex(of: 0x2E), name.count - dot <= 12 else { return [] }
    return name[(dot + 1)...]
  }

  /// The mark a folder's name leaves on the folder that holds it.
  static func mark(ofFolder name: ArraySlice<UInt8>) -> FolderMarks {
    guard (7...25).contains(name.count) else { return [] }
    let name = lower(name)
    if removableFolders.contains(name) { return .removable }
    return fixedFolders.contains(name) ? .fixedVolume : []
  }

  /// The mark a file's name leaves on its folder.
  static func mark(ofFile raw: ArraySlice<UInt8>, size: UInt64) -> FolderMarks {
    guard raw.count <= 64 else { return longNameMark(raw, size: size) }
    let name = lower(raw)
    if let mark = whole[name] { return mark }
    let ext = Array(fileExtension(name))
    if ext.isEmpty || ext.count == name.count { return [] }
    if let mark = mark(ofExtension: ext, size: size) { return mark }
    let stem = name.dropLast(ext.count + 1)
    if let first = stem.first, [0x70, 0x63, 0x73, 0x6C].contains(first), secretStems.contains(Array(stem)) {
      return .secrets
    }
    return []
  }

  private static func longNameMark(_ raw: ArraySlice<UInt8>, size: UInt64) -> FolderMarks {
    mark(ofExtension: Array(fileExtension(lower(raw.suffix(16)))), size: size) ?? []
  }

  private static func mark(ofExtension ext: [UInt8], size: UInt64) -> FolderMarks? {
    if weightExtensions.contains(ext) { return size >= smallestWeights ? .training : [] }
    if notebookExtensions.contains(ext) { return .training }
    if secretExtensions.contains(ext) { return .secrets }
    if ext.elementsEqual([0x6B, 0x65, 0x79]) { return size <= largestKey ? .secrets : [] }
    return nil
  }

  private static let whole: [[UInt8]: FolderMarks] = {
    var all: [[UInt8]: FolderMarks] = [:]
    for name in trainingFiles { all[name] = .training }
    for name in secretFiles { all[name] = .secrets }
    for name in fixedFiles { all[name] = .fixedVolume }
    return all
  }()

  /// What a container with this name is, when it is more than an archive.
  static func embedding(ofContainer raw: ArraySlice<UInt8>) -> Embedding {
    let ext = Array(fileExtension(lower(raw.suffix(16))))
    if officeExtensions.contains(ext) { return .office }
    if mailExtensions.contains(ext) { return .mail }
    if pdfExtensions.contains(ext) { return .pdf }
    return databaseExtensions.contains(ext) ? .database : .none
  }

  /// What an entry itself is, by its content kind: an observation inside a document is embedded in it.
  static func embedding(ofKind kind: String) -> Embedding {
    guard kind.utf8.starts(with: "application/".utf8) || kind.utf8.starts(with: "message/".utf8) else { return .none }
    let rest = kind.dropFirst(kind.prefix { $0 != "/" }.count + 1)
    switch rest {
    case "pdf": return .pdf
    case "rfc822", "vnd.ms-outlook", "mbox", "vnd.ms-outlook-pst", "x-mimearchive": return .mail
    case "msword", "vnd.ms-powerpoint", "vnd.ms-excel", "rtf": return .office
    case "vnd.sqlite3", "x-sqlite3", "x-msaccess", "vnd.ms-access", "x-dbf": return .database
    default: break
    }
    if rest.hasPrefix("vnd.openxmlformats-officedocument") || rest.hasPrefix("vnd.oasis.opendocument") {
      return .office
    }
    return .none
  }
}
