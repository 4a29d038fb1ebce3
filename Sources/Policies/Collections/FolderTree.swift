import CustodyCore

/// How folders of pictures and of sidecars lie to each other.
struct FolderTree {
  private var keys: Interned<[UInt8]>
  /// By folder; -1 above everything.
  private var parents: [Int] = []
  /// By folder: the outermost container, which is the snapshot.
  private var snapshots: [Int] = []

  init(_ folders: Interned<[UInt8]>) {
    keys = folders
    for key in folders.values {
      let parent = FolderKey.parent(key[...]).map { keys.id(of: Array($0)) } ?? -1
      parents.append(parent)
      let end = key.firstIndex(of: 0) ?? 0
      snapshots.append(keys.id(of: Array(key[..<end])))
    }
  }

  /// The folder above; -1 above everything.
  func parent(of folder: Int) -> Int { parents[folder] }

  func key(_ folder: Int) -> [UInt8] { keys.values[folder] }

  /// Where `sidecar` lies, seen from `pictures`; nil in another snapshot.
  func place(of sidecar: Int, from pictures: Int) -> Sidecar.Place? {
    guard snapshots[sidecar] == snapshots[pictures] else { return nil }
    if sidecar == pictures { return .same }
    if parents[pictures] == sidecar { return .above }
    if parents[sidecar] == pictures { return .below }
    return parents[sidecar] == parents[pictures] ? .sibling : .elsewhere
  }

  /// A container that lies in `folder` itself: its members are as near as files beside it.
  func isContainer(_ inner: Int, in folder: Int) -> Bool {
    parents[inner] == folder && FolderKey.isContainerRoot(keys.values[inner][...])
  }
}
