/// What names of single files and folders mean. Pure functions over raw bytes.
enum FileNames {
  /// Weights smaller than this are configuration or translations that share the extension.
  static let smallestWeights: UInt64 = 4096
  /// Larger files with a key's extension are presentations and other things.
  static let largestKey: UInt64 = 65_536

  /// Names by hash: looked up for every entry of a snapshot without making a string of them.
  private static func table(_ names: [String]) -> Set<UInt64> { Set(names.map { hash(Array($0.utf8)[...]) }) }

  /// FNV-1a over the bytes, ASCII letters in lower case.
  @inline(__always)
  private static func hash(_ name: ArraySlice<UInt8>) -> UInt64 {
    var h: UInt64 = 0xCBF2_9CE4_8422_2325
    for b in name {
      let lower = b &- 0x41 < 26 ? b | 0x20 : b
      h = (h ^ UInt64(lower)) &* 0x0000_0100_0000_01B3
    }
    return h
  }

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
  private static let scrapeFiles = table([
    "urls.txt", "urls.csv", "image_urls.txt", "image_urls.csv", "faceurls.txt", "facescrub_actors.txt",
    "facescrub_actresses.txt", "megaface_urls.txt",
  ])
  private static let scrapeExtensions = table(["warc"])
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
  private static let keyExtensions = table(["key"])
  private static let officeExtensions = table([
    "pptx", "ppt", "pptm", "ppsx", "pps", "docx", "doc", "docm", "xlsx", "xls", "xlsm", "odp", "odt", "ods", "rtf",
  ])
  private static let mailExtensions = table(["pst", "ost", "eml", "msg", "mbox", "mbx", "dbx", "nsf"])
  private static let databaseExtensions = table(["mdb", "accdb", "sqlite", "sqlite3", "db", "db3", "dbf"])
  private static let pdfExtensions = table(["pdf"])

  /// What follows the last dot; empty when that is no extension.
  private static func fileExtension(_ name: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var dot = name.endIndex
    let least = max(name.startIndex, name.endIndex - 12)
    while dot > least {
      dot -= 1
      if name[dot] == 0x2E { return name[(dot + 1)...] }
    }
    return []
  }

  /// The mark a folder's name leaves on the folder that holds it.
  static func mark(ofFolder name: ArraySlice<UInt8>) -> FolderMarks {
    guard (7...25).contains(name.count) else { return [] }
    let key = hash(name)
    if removableFolders.contains(key) { return .removable }
    return fixedFolders.contains(key) ? .fixedVolume : []
  }

  /// The mark a file's name leaves on its folder.
  static func mark(ofFile name: ArraySlice<UInt8>, size: UInt64) -> FolderMarks {
    if name.count <= 64, let mark = whole[hash(name)] { return mark }
    let ext = fileExtension(name)
    guard !ext.isEmpty else { return [] }
    let key = hash(ext)
    if weightExtensions.contains(key) { return size >= smallestWeights ? .training : [] }
    if notebookExtensions.contains(key) { return .training }
    if scrapeExtensions.contains(key) { return .scraped }
    if secretExtensions.contains(key) { return .secrets }
    if keyExtensions.contains(key) { return size <= largestKey ? .secrets : [] }
    let stem = name[name.startIndex..<(ext.startIndex - 1)]
    return stem.count <= 16 && secretStems.contains(hash(stem)) ? .secrets : []
  }

  private static let whole: [UInt64: FolderMarks] = {
    var all: [UInt64: FolderMarks] = [:]
    for name in trainingFiles { all[name] = .training }
    for name in secretFiles { all[name] = .secrets }
    for name in fixedFiles { all[name] = .fixedVolume }
    for name in scrapeFiles { all[name] = .scraped }
    return all
  }()

  /// What a container with this name is, when it is more than an archive.
  static func embedding(ofContainer name: ArraySlice<UInt8>) -> Embedding {
    let ext = fileExtension(name)
    guard !ext.isEmpty else { return .none }
    let key = hash(ext)
    if officeExtensions.contains(key) { return .office }
    if mailExtensions.contains(key) { return .mail }
    if pdfExtensions.contains(key) { return .pdf }
    return databaseExtensions.contains(key) ? .database : .none
  }

  /// What an entry itself is, by its content kind: an observation inside a document is embedded in it.
  static func embedding(ofKind kind: String) -> Embedding {
    if kind == "text/rfc822-headers" { return .mail }
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
