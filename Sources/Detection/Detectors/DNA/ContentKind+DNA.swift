import CustodyCore

extension ContentKind {
  static let vcf = ContentKind(rawValue: "text/x-vcf")
  static let bcf = ContentKind(rawValue: "application/x-bcf")
  static let bam = ContentKind(rawValue: "application/x-bam")
  static let cram = ContentKind(rawValue: "application/x-cram")
  static let sam = ContentKind(rawValue: "text/x-sam")
  static let fastq = ContentKind(rawValue: "text/x-fastq")
  static let abif = ContentKind(rawValue: "application/x-abif")
}
