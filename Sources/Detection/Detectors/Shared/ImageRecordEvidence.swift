import CustodyCore

/// The facts that speak for a record made of images, and the grade they add up to.
struct ImageRecordEvidence: Sendable, Equatable {
  var walk: WalkEnd = .fails
  /// The declared length is the size of the file or block around the record.
  var lengthMeetsWhole = false
  /// The images whose places the walk reached.
  private(set) var places: [DeclaredImage] = []
  /// Facts in favour of the images, summed: a signature, an own size equal to the header's, a raw size that fits.
  private(set) var facts = 0
  /// The fewest facts any one image has.
  private(set) var fewest = Int.max

  var images: Int { places.count }

  mutating func add(_ image: DeclaredImage) { places.append(image) }

  /// Looks at the images once the walk has ended, and no further than can change the grade: a record built to make
  /// every magic in it expensive costs little more than its walk.
  mutating func judge(_ record: RawSpan) {
    for image in walk == .fails ? places.prefix(2) : places[...] {
      let found = image.facts(record)
      facts += found
      fewest = min(fewest, found)
      if found == 0, walk != .lands { return }
    }
  }

  /// Proof needs the walk to land and every image to be what the header says; a walk that is wrong leaves a lead.
  var strength: Strength {
    guard images > 0 else { return .weak }
    switch walk {
    case .lands: return fewest >= 1 ? .proof : .strong
    case .cut: return fewest < 1 ? .weak : facts >= 2 ? .proof : .strong
    case .truncated: return fewest >= 1 && facts >= 2 ? .strong : .weak
    case .fails: return lengthMeetsWhole && fewest >= 1 ? .strong : .weak
    }
  }

  /// Bytes that belong to the record whose parts end at `end`. Of a damaged one only what was walked: what lies behind
  /// is left for others to find.
  func length(end: Int, declared: Int, room: RecordRoom) -> Int {
    switch walk {
    case .lands: return min(room.available, Tolerance.meets(end, declared) ? max(end, declared) : room.available)
    case .cut: return room.available
    case .truncated, .fails: return min(room.available, end)
    }
  }

  /// Worth a mention even behind a header that is out of range.
  var isLead: Bool { strength > .weak || images > 0 && fewest >= 1 && facts >= 2 }

  /// How much better one reading of the same bytes is than another.
  var rank: Int {
    let graded: Int
    switch strength {
    case .proof: graded = 2
    case .strong: graded = 1
    case .weak: graded = 0
    }
    return graded * 1000 + (walk == .lands ? 500 : 0) + min(facts, 200)
  }
}

/// What a record's headers say about one image in it.
struct DeclaredImage: Sendable, Equatable {
  /// Offset in the record, and bytes.
  var at: Int
  var count: Int
  var width: Int
  var height: Int
  /// Bits per pixel over all channels; 0 when the header does not say or the image is never raw.
  var bitsPerPixel: Int

  /// Facts that agree with the bytes: 0 none, 1 recognised, 2 recognised and of the declared size.
  func facts(_ record: RawSpan) -> Int {
    if let signature = ImageSignature.of(record, at: at) {
      guard count >= signature.smallest else { return 0 }
      guard width > 0, height > 0, let own = ImageSize.of(record, at: at, count: count) else { return 1 }
      return own.width == width && own.height == height ? 2 : 1
    }
    guard bitsPerPixel > 0, width > 0, height > 0 else { return 0 }
    // Each row may or may not be padded to a byte; both are in use for packed images.
    let packed = (width * height * bitsPerPixel + 7) / 8
    let rows = (width * bitsPerPixel + 7) / 8 * height
    return count == packed || count == rows ? 1 : 0
  }
}
