/// Every detector of the program, in the order in which ties between them are settled.
///
/// Adding a detector is a file in `Detectors/<Modality>/` and a line here; a test compares the two.
public enum DetectorCatalog {
  public static let all: [any Detector] =
    [
      // interchange: whole transactions and containers come before the records inside them
      TransactionFile(), TransactionXML(), CBEFFXML(), BioAPIRecord(), PIVObject(), LDSFile(),
      // face
      FaceDetector(), FaceRegions(),
      // finger, palm
      FMRDetector(), FingerImageDetector(), WSQDetector(),
      // iris
      IrisDetector(),
      // identity
      MRZText(), IdentityRecords(),
      // plates
      PlateReads(),
      // video
      VideoContainer(),
    ] + ISO39794Detector.all + FramedRecordDetector.all

  /// `name/version` of every detector, sorted and joined by spaces: two catalogues with equal descriptions give equal answers.
  public static var description: String { CompiledCatalog.standard.description }
}
