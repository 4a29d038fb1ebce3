/// All signatures, most specific first. Sources: the catalogue of formats (sections 1.1, 1.2, 1.7, 5, 8), the public
/// magic of file(1) and the formats' own specifications.
enum SignatureTable {
  static let all: [Signature] = images + media + documents + archives + data + ciphers + disks + programs

  /// Signatures at offset 0, by their first byte.
  static let byFirstByte: [[Signature]] = (0..<256).map { byte in
    all.filter { $0.offset == 0 && $0.bytes.first.map(Int.init) == byte }
  }
  /// Signatures further in, in the order of the table.
  static let elsewhere: [Signature] = all.filter { $0.offset != 0 }
  /// Offset and first byte of each of them, close together: nearly all entries fail here.
  static let elsewhereFirst: [(offset: Int, byte: UInt8)] = elsewhere.map { ($0.offset, $0.bytes.first ?? 0) }

  static let images: [Signature] = [
    .hex("image/jls", "FFD8FFF7"),
    .hex("image/jpeg", "FFD8FF") { ($0.u8(3) ?? 0) >= 0xC0 },
    .hex("image/png", "89504E470D0A1A0A"),
    .text("image/gif", "GIF87a"), .text("image/gif", "GIF89a"),
    .text("image/bmp", "BM", when: BMP.isPlausible),
    .hex("image/x-canon-cr2", "49492A00") { $0.has("CR", at: 8) },
    .hex("image/tiff", "49492A00"), .hex("image/tiff", "4D4D002A"),
    .hex("image/tiff", "49492B000800"), .hex("image/tiff", "4D4D002B0008"),
    .text("image/x-olympus-orf", "IIRO"), .text("image/x-olympus-orf", "IIRS"), .text("image/x-olympus-orf", "MMOR"),
    .hex("image/x-panasonic-rw2", "49495500"), .text("image/x-fuji-raf", "FUJIFILMCCD-RAW"),
    .text("image/x-sigma-x3f", "FOVb"), .hex("image/x-minolta-mrw", "004D524D"),
    .hex("image/jxr", "4949BC"),
    .hex("image/jp2", "0000000C6A5020200D0A870A"), .hex("image/j2c", "FF4FFF51"),
    .hex("image/jxl", "0000000C4A584C200D0A870A"),
    .hex("image/vnd.microsoft.icon", "00000100", when: Icon.isPlausible),
    .hex("image/vnd.microsoft.icon", "00000200", when: Icon.isPlausible),
    .text("image/vnd.adobe.photoshop", "8BPS") { [1, 2].contains($0.u16(4)) },
    .text("image/x-xcf", "gimp xcf"), .text("image/qoi", "qoif"), .text("image/vnd.djvu", "AT&TFORM"),
    .hex("image/x-exr", "762F3101"), .text("image/vnd.radiance", "#?RADIANCE"), .text("image/vnd.radiance", "#?RGBE"),
    .text("image/vnd.ms-dds", "DDS ") { $0.u32le(4) == 124 },
    .text("image/fits", "SIMPLE  ="), .hex("image/bpg", "425047FB"),
    .hex("image/x-sgi", "01DA") { ($0.u8(2) ?? 9) <= 1 && [1, 2].contains($0.u8(3)) },
    .hex("image/x-pcx", "0A", when: PCX.isPlausible),
    .hex("image/wmf", "D7CDC69A"), .hex("image/emf", "01000000") { $0.has(" EMF", at: 40) },
    .text("image/x-photo-cd", "PCD_IPI", at: 2048), .text("image/x-xisf", "XISF0100"),
    .text("image/x-czi", "ZISRAWFILE"), .text("image/x-portable-arbitrarymap", "P7\n"),
    .family(Array("P".utf8), PNM.kind),
    .hex("image/x-sun-raster", "59A66A95"), .text("image/icns", "icns"),
    .hex("image/x-mng", "8A4D4E470D0A1A0A"), .hex("image/x-jng", "8B4A4E470D0A1A0A"),
    .text("image/x-blp", "BLP1"), .text("image/x-blp", "BLP2"), .text("image/x-ftex", "FTEX") { $0.u32le(4) != nil },
    .hex("image/x-mie", "7E1004FE304D4945"), .hex("image/x-mie", "7E1804FE304D4945"),
    .text("application/dicom", "DICM", at: 128),
  ]

  static let media: [Signature] = [
    .family(Array("RIFF".utf8), Families.riff), .family(Array("RIFX".utf8), Families.riff),
    .text("audio/x-wav", "RF64") { $0.has("WAVE", at: 8) },
    .family(Array("ftyp".utf8), at: 4, Families.isoMedia),
    .text("video/quicktime", "moov", at: 4, when: Families.isBox),
    .text("video/quicktime", "mdat", at: 4, when: Families.isBox),
    .text("video/quicktime", "wide", at: 4, when: Families.isBox),
    .text("video/quicktime", "pnot", at: 4, when: Families.isBox),
    .family([0x1A, 0x45, 0xDF, 0xA3], Families.matroska),
    .family(Array("OggS".utf8), Families.ogg),
    .hex("video/x-ms-asf", "3026B2758E66CF11A6D900AA0062CE6C"), .text("video/x-flv", "FLV\u{01}"),
    .hex("video/mpeg", "000001BA"), .hex("video/mpeg", "000001B3"), .text("video/vnd.rn-realvideo", ".RMF"),
    .hex("video/mxf", "060E2B34020501010D010201"), .hex("video/x-ms-wtv", "B7D800203749DA11A64E0007E95EAD8D"),
    .text("video/x-red-r3d", "RED1", at: 4), .text("video/x-red-r3d", "RED2", at: 4),
    .hex("video/mp2t", "47", when: Families.isTransportStream),
    .hex("video/mp2t", "47", at: 4, when: Families.isBlurayStream),
    .text("video/x-h264-dvr", "DHAV"), .hex("video/x-dv", "1F0700"),
    .text("audio/flac", "fLaC"), .text("audio/mpeg", "ID3") { ($0.u8(3) ?? 9) <= 4 },
    .text("audio/aiff", "FORM") { $0.has("AIF", at: 8) }, .text("audio/midi", "MThd"), .text("audio/amr", "#!AMR"),
    .text("audio/basic", ".snd"), .text("audio/x-caf", "caff"), .text("audio/x-voc", "Creative Voice File"),
    .text("audio/x-monkeys-audio", "MAC "), .text("audio/x-wavpack", "wvpk"),
    .text("audio/x-nist-sphere", "NIST_1A\n"), .text("audio/x-dsf", "DSD "), .text("audio/silk", "#!SILK_V3"),
    .text("audio/silk", "\u{02}#!SILK_V3"),
  ]

  static let documents: [Signature] = [
    .family(Array("%PDF-".utf8)) { PDF.isEncrypted($0) ? "application/x-pdf-encrypted" : "application/pdf" },
    .family([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], Families.ole),
    .text("application/rtf", "{\\rtf"), .text("application/postscript", "%!PS"),
    .hex("application/postscript", "C5D0D3C6"), .hex("application/vnd.ms-tnef", "789F3E22"),
    .text("application/vnd.ms-outlook-pst", "!BDN"),
    .hex("application/x-shockwave-flash", "435753") { ($0.u8(3) ?? 99) < 60 },
    .hex("application/x-shockwave-flash", "465753") { ($0.u8(3) ?? 99) < 60 },
    .text("application/x-bplist", "bplist00"),
    .hex("application/x-ds-store", "0000000142756431"),
    .hex("application/x-thumbcache", "434D4D4D") { ($0.u32le(4) ?? 99) < 99 },
    .hex("application/x-thumbcache", "494D4D4D") { ($0.u32le(4) ?? 99) < 99 },
    .text("application/x-registry-hive", "regf"), .text("application/x-evtx", "ElfFile\u{00}"),
  ]

  static let archives: [Signature] = [
    .family([0x50, 0x4B, 0x03, 0x04], Families.zip), .hex("application/zip", "504B0506"),
    .hex("application/zip", "504B0708"),
    .hex("application/gzip", "1F8B08"), .text("application/x-bzip2", "BZh") { Families.isBzip2($0) },
    .hex("application/x-xz", "FD377A585A00"), .hex("application/zstd", "28B52FFD"),
    .hex("application/x-lz4", "04224D18"),
    .hex("application/x-lz4", "02214C18"), .text("application/x-lzip", "LZIP") { ($0.u8(4) ?? 9) <= 1 },
    .hex("application/x-lzop", "894C5A4F000D0A1A0A"),
    .hex("application/x-compress", "1F9D") { ($0.u8(2) ?? 0) & 0x60 == 0 },
    .hex("application/x-rpm", "EDABEEDB"), .text("application/x-lrzip", "LRZI"),
    .hex("application/x-lzma", "5D0000") { Families.isLZMA($0) },
    .hex("application/x-7z-compressed", "377ABCAF271C"), .hex("application/vnd.rar", "526172211A07"),
    .text("application/vnd.ms-cab-compressed", "MSCF\u{00}\u{00}\u{00}\u{00}"), .text("application/x-xar", "xar!"),
    .text("application/x-archive", "!<arch>\n"), .text("application/x-archive", "!<thin>\n"),
    .text("application/x-cpio", "070701"), .text("application/x-cpio", "070702"), .text("application/x-cpio", "070707"),
    .hex("application/x-cpio", "C771") { Families.isBinaryCPIO($0, little: true) },
    .hex("application/x-cpio", "71C7") { Families.isBinaryCPIO($0, little: false) },
    .text("application/x-tar", "ustar", at: 257), .text("application/warc", "WARC/"),
    .text("application/x-mtree", "#mtree"),
    .text("application/x-lha", "-lh", at: 2) { $0.u8(6) == 0x2D },
    .text("application/x-lha", "-lz", at: 2) { $0.u8(6) == 0x2D },
    .text("application/x-iso9660-image", "CD001", at: 32769),
    .text("application/x-ace", "**ACE**", at: 7), .hex("application/x-arj", "60EA", when: Families.isARJ),
    .text("application/x-stuffit", "SIT!"), .text("application/x-stuffit", "StuffIt (c)1997"),
    .text("application/x-squashfs", "hsqs"), .text("application/x-squashfs", "sqsh"),
    .hex("application/x-cramfs", "453DCD28"), .hex("application/x-cramfs", "28CD3D45"),
    .hex("application/x-snappy-framed", "FF060000734E61507059"),
    .text("application/x-lzfse", "bvx2"), .text("application/x-lzfse", "bvx-"), .text("application/x-lzfse", "bvxn"),
    .text("application/x-zpaq", "zPQ"), .text("application/x-zpaq", "7kSt"),
    .text("application/x-freearc", "ArC\u{01}"),
  ]

  static let data: [Signature] = [
    .text("application/vnd.sqlite3", "SQLite format 3\u{00}"), .hex("application/x-sqlite3-wal", "377F0682"),
    .hex("application/x-sqlite3-wal", "377F0683"), .hex("application/x-sqlite3-journal", "D9D505F920A163D7"),
    .text("application/x-msaccess", "Standard Jet DB", at: 4),
    .text("application/x-msaccess", "Standard ACE DB", at: 4),
    .hex("application/x-ese-database", "EFCDAB89", at: 4), .hex("application/x-berkeley-db", "61150600", at: 12),
    .hex("application/x-berkeley-db", "62310500", at: 12), .text("application/x-postgres-dump", "PGDMP"),
    .text("application/x-redis-dump", "REDIS0"), .hex("application/x-lmdb", "DEC0EFBE", at: 16),
    .hex("application/x-npy", "934E554D5059") { (1...3).contains($0.u8(6) ?? 0) },
    .hex("application/x-hdf5", "894844460D0A1A0A"), .hex("application/x-hdf5", "894844460D0A1A0A", at: 512),
    .hex("application/x-hdf5", "894844460D0A1A0A", at: 1024), .hex("application/x-hdf5", "894844460D0A1A0A", at: 2048),
    .text("application/vnd.apache.parquet", "PAR1"), .text("application/vnd.apache.parquet", "PARE"),
    .text("application/vnd.apache.arrow.file", "ARROW1"), .text("application/x-feather", "FEA1"),
    .text("application/avro", "Obj\u{01}"), .text("application/x-orc", "ORC") { ($0.u8(3) ?? 0xFF) < 0x80 },
    .text("application/x-matlab-data", "MATLAB 5.0 MAT-file"), .text("application/x-gguf", "GGUF"),
    .text("application/x-tflite", "TFL3", at: 4), .family(Array("Ix".utf8), Families.faiss),
    .family(Array("Iw".utf8), Families.faiss),
    .family(Array("IB".utf8), Families.faiss), .family(Array("IH".utf8), Families.faiss),
    .hex("application/vnd.tcpdump.pcap", "D4C3B2A1"), .hex("application/vnd.tcpdump.pcap", "A1B2C3D4"),
    .hex("application/vnd.tcpdump.pcap", "4D3CB2A1"),
    .hex("application/x-pcapng", "0A0D0D0A") { [0x1A2B_3C4D, 0x4D3C_2B1A].contains($0.u32(8)) },
    .hex("application/x-python-pickle", "80", when: Families.isPickle),
    .hex("application/x-garmin-fit", "2E464954", at: 8), .hex("application/x-bam", "42414D01"),
    .hex("application/x-bcf", "42434602") { [1, 2].contains($0.u8(4)) },
    .text("application/x-cram", "CRAM") { [2, 3].contains($0.u8(4)) && ($0.u8(5) ?? 9) <= 1 },
    .text("application/x-abif", "ABIF\u{00}"),
  ]

  static let disks: [Signature] = [
    .hex("application/x-qemu-disk", "514649FB"), .text("application/x-vmdk", "KDMV"),
    .text("application/x-vmdk", "COWD"),
    .text("application/x-vmdk", "# Disk DescriptorFile"), .text("application/x-vhd", "conectix"),
    .text("application/x-vhdx", "vhdxfile"), .hex("application/x-virtualbox-vdi", "7F10DABE", at: 64),
    .hex("application/x-ewf", "455646090D0AFF00"), .hex("application/x-ewf", "4C5646090D0AFF00"),
    .hex("application/x-ewf", "455646320D0A8100"),
    .text("application/x-ntfs-filesystem", "NTFS    ", at: 3),
    .text("application/x-exfat-filesystem", "EXFAT   ", at: 3),
    .text("application/x-fat-filesystem", "FAT32   ", at: 82) { $0.u16(510) == 0x55AA },
    .text("application/x-fat-filesystem", "FAT1", at: 54) { $0.u16(510) == 0x55AA },
    .text("application/x-xfs-filesystem", "XFSB"), .text("application/x-btrfs-filesystem", "_BHRfS_M", at: 0x10040),
    .text("application/x-apfs-filesystem", "NXSB", at: 32),
    .hex("application/x-ext-filesystem", "53EF", at: 0x438, when: Families.isExt),
    .text("application/x-hfs-filesystem", "H+", at: 1024) { $0.u16(1026) == 4 },
    .text("application/x-hfs-filesystem", "HX", at: 1024) { $0.u16(1026) == 5 },
    .text("application/x-raw-disk-image", "EFI PART", at: 512),
    .text("application/x-raw-disk-image", "EFI PART", at: 4096),
    .text("application/x-udf-image", "NSR0", at: 34817), .text("application/x-udf-image", "BEA01", at: 32769),
    .hex("application/x-raw-disk-image", "55AA", at: 510, when: Families.isPartitionTable),
  ]

  static let ciphers: [Signature] = OpaqueCatalog.all.map(\.signature)

  static let programs: [Signature] = [
    .hex("application/x-elf", "7F454C46"),
    .text("application/vnd.microsoft.portable-executable", "MZ", when: Families.isPE),
    .hex("application/java-vm", "CAFEBABE") { (45...90).contains($0.u16(6) ?? 0) },
    .hex("application/x-mach-binary", "CAFEBABE"), .hex("application/x-mach-binary", "FEEDFACE"),
    .hex("application/x-mach-binary", "FEEDFACF"), .hex("application/x-mach-binary", "CEFAEDFE"),
    .hex("application/x-mach-binary", "CFFAEDFE"), .hex("application/wasm", "0061736D01000000"),
    .text("application/x-dex", "dex\n03"), .text("font/otf", "OTTO"), .text("font/woff", "wOFF"),
    .text("font/woff2", "wOF2"), .text("font/collection", "ttcf"),
    .hex("font/ttf", "0001000000") { (1...64).contains(Int($0.u16(4) ?? 0)) }, .text("font/ttf", "true\u{00}"),
    .text("application/vnd.iccprofile", "acsp", at: 36),
  ]
}
