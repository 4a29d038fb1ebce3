/// Every detector of the program, in the order in which ties between them are settled.
///
/// Adding a detector is a file in `Detectors/<Modality>/` and a line here; a test compares the two.
public enum DetectorCatalog {
  public static let all: [any Detector] =
    [
      // interchange: whole transactions and containers come before the records inside them
      TransactionFile(), TransactionXML(), CBEFFXML(), BioAPIRecord(), PIVObject(), LDSFile(), X984(),
      // face
      FaceDetector(), FaceRegions(),
      // vectors drawn from faces
      NumPyVectors(), PickleVectors(), TorchVectors(), SafetensorsVectors(), JSONVectors(),
      TableVectors(), FAISSVectors(), HNSWVectors(), AnnoyVectors(), HDF5Vectors(),
      ParquetVectors(), ArrowVectors(), OpenBRGallery(), CloudFaces(),
      // finger, palm
      FMRDetector(), FingerImageDetector(), WSQDetector(), SourceAFIS(), ZKTeco(), FprintPrint(), MinutiaeText(),
      // iris
      IrisDetector(), IrisCode(),
      // dna
      VariantCalls(), Alignment(), Reads(), SequencerTrace(), GenotypeText(), CODISProfile(), STRTable(),
      // identity
      MRZText(), AAMVA(), IdentityRecords(),
      // plates
      PlateReads(),
      // databases and documents
      SQLiteDetector(), AccessDetector(), DBFDetector(), SQLDump(), CompoundFileDetector(), PDFStreams(),
      // video
      VideoContainer(),
      // whole files inside other bytes
      FileCarver(),
    ] + ISO39794Detector.all + FramedRecordDetector.all

  /// `name/version` of every detector, sorted and joined by spaces: two catalogues with equal descriptions give equal answers.
  public static var description: String { CompiledCatalog.standard.description }
}
