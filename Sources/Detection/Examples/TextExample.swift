/// Tables, JSON, XML and dumps with made-up plates and persons.
enum TextExample {
  private static func text(_ name: String, expected: [String] = [], _ build: @escaping @Sendable () -> String)
    -> DetectorExample
  {
    DetectorExample(name, expected: expected) { Array(build().utf8) }
  }

  /// A plate in the shape `@@@####`, and its neighbours.
  static func plate(_ i: Int) -> String {
    let letters = Array("ABCDEFGHJKLMNPRSTUVWXYZ".unicodeScalars)
    let n = abs(i) &* 7919 % 1_000_000
    let word = [n % 23, n / 23 % 23, n / 529 % 23].map { String(letters[$0]) }.joined()
    return word + String(1000 + n % 9000)
  }

  static func readsCSV(_ rows: Int, separator: String = ",") -> String {
    let header = ["id", "plate_number", "confidence", "camera_id", "timestamp", "image"].joined(separator: separator)
    let lines = (0..<rows).map { i in
      let minute = i % 60 < 10 ? "0\(i % 60)" : "\(i % 60)"
      return ["\(i)", plate(i), "9\(i % 10).5", "lane\(i % 4)", "2018-11-02 14:\(minute):11", "\(i).jpg"]
        .joined(separator: separator)
    }
    return ([header] + lines).joined(separator: "\n") + "\n"
  }

  static func openALPR(_ i: Int) -> String {
    """
    {"version":2,"data_type":"alpr_results","epoch_time":1541167391000,"img_width":1280,"img_height":720,\
    "processing_time_ms":72.1,"regions_of_interest":[],"results":[{"plate":"\(plate(i))","confidence":92.6,\
    "matches_template":0,"plate_index":0,"region":"tx","region_confidence":80,"coordinates":[{"x":1,"y":2}],\
    "candidates":[{"plate":"\(plate(i))","confidence":92.6,"matches_template":0},\
    {"plate":"\(plate(i + 1))","confidence":80.2,"matches_template":0}]}]}
    """
  }

  static let platePositives: [DetectorExample] = [
    text("a table of reads", expected: ["plate.read proof x5"]) { readsCSV(5) },
    text("tabs and a title line", expected: ["plate.read proof x4"]) {
      "Reads of the north gate\n\n" + readsCSV(4, separator: "\t")
    },
    text("OpenALPR, one picture", expected: ["plate.read strong x1"]) { openALPR(3) },
    text("OpenALPR, one result a line", expected: ["plate.read strong x3"]) {
      (0..<3).map(openALPR).joined(separator: "\n")
    },
    text("Plate Recognizer", expected: ["plate.read strong x2"]) {
      """
      {"processing_time": 88.9, "results": [
        {"box": {"xmin": 1, "ymin": 2, "xmax": 9, "ymax": 5}, "plate": "abc1234", "region": {"code": "us-tx", "score": 0.8},
         "score": 0.9, "dscore": 0.8, "candidates": [{"score": 0.9, "plate": "abc1234"}], "vehicle": {"type": "Sedan"}},
        {"box": {"xmin": 1, "ymin": 2, "xmax": 9, "ymax": 5}, "plate": "xyz9876", "score": 0.9, "dscore": 0.7,
         "candidates": []}],
       "filename": "1.jpg", "version": 1, "camera_id": "gate", "timestamp": "2018-11-02T14:03:11.345Z"}
      """
    },
    text("XML in the manner of AutoVu", expected: ["plate.read proof x3"]) {
      "<?xml version=\"1.0\"?><Reads>"
        + (0..<3).map { i in
          "<Read Guid=\"\(i)\"><Plate>\(plate(i))</Plate><State>TX</State><UTCDate>2018-11-02T14:03:1\(i)Z</UTCDate>"
            + "<CameraName>L\(i)</CameraName><LongitudeX>-99.5</LongitudeX><ConfidenceScore>91</ConfidenceScore></Read>"
        }.joined() + "</Reads>"
    },
    text("rows of a dump", expected: ["plate.read strong x24"]) {
      "CREATE TABLE `reads` (`read_id` int NOT NULL, `license_plate` varchar(12), `camera` int, `read_date` datetime);\n"
        + "INSERT INTO `reads` VALUES "
        + (0..<24).map { "(\($0),'\(plate($0))',\($0 % 4),'2018-11-02 14:03:\(10 + $0)')" }.joined(separator: ",")
        + ";\n"
    },
    text("lines of a log", expected: ["plate.read strong x3"]) {
      (0..<3).map {
        "2018-11-02T14:03:1\($0) INFO read plate=\(plate($0)) confidence=92.\($0) camera=2 lane=4\n"
      }.joined()
    },
  ]

  static let plateNegatives: [DetectorExample] = [
    text("plates of a laboratory") {
      "plate,well,time,confidence,sample\n"
        + (0..<30).map { "\(plate($0)),A\($0),2018-11-02,0.9,\($0)\n" }.joined()
    },
    text("a plate without company") { "{\"plate\": \"ABC1234\"}" },
    text("part numbers") {
      "part_no,price,colour\n" + (0..<30).map { "\(plate($0)),9.99,red\n" }.joined()
    },
    text("a description of an interface") {
      "{\"license_plate\": \"string\", \"confidence\": \"number\", \"camera_id\": \"string\", \"timestamp\": \"date\"}"
    },
    text("an empty table") { readsCSV(0) },
  ]

  static func travellersCSV(_ rows: Int) -> String {
    "passport_no,surname,given_names,dob,nationality\n"
      + (0..<rows).map { "P\(10_234_567 + $0 * 37),Doe,Jane,1980-01-\(10 + $0 % 19),SWE\n" }.joined()
  }

  static let paxlst = """
    UNA:+.? 'UNB+UNOA:4+SENDER+RECEIVER+181102:1403+REF1'UNG+PAXLST+A+B+181102:1403+1+UN+D:02B'\
    UNH+1+PAXLST:D:02B:UN:IATA'BGM+745'NAD+MS+++AIR OPS'TDT+20+ZZ123'LOC+125+AAA'DTM+189:1811021403:201'\
    NAD+FL+++DOE:JANE'ATT+2++F'DTM+329:800112'LOC+178+AAA'NAT+2+SWE'DOC+P:110:111+P1234567'DTM+36:281231'LOC+91+SWE'\
    NAD+FL+++DOE:JOHN'ATT+2++M'DTM+329:800113'NAT+2+SWE'DOC+P:110:111+P1234568'CNT+42:2'UNT+21+1'UNE+1+1'UNZ+1+REF1'
    """

  static let identityPositives: [DetectorExample] = [
    text("a table of travellers", expected: ["identity.record strong x4"]) { travellersCSV(4) },
    text("CURP with its check digit", expected: ["identity.record proof x2"]) {
      "curp;nombre\nHEGG560427MVZRRL04;A\nPXNE660720HMCXTN06;B\n"
    },
    text("nested JSON", expected: ["identity.record strong x1"]) {
      """
      {"traveler": {"surname": "Doe", "givenName": "Jane", "dateOfBirth": "1980-01-12"},
       "passport": {"number": "P1234567", "issuer": "SWE"}}
      """
    },
    text("alien numbers", expected: ["identity.record strong x3"]) {
      "a_number,case_number,country\nA123456780,1,X\nA123456781,2,X\nA123456782,3,X\n"
    },
    text("PostgreSQL COPY", expected: ["identity.record strong x2"]) {
      "--\n-- PostgreSQL database dump\n--\n\nCOPY public.persons (id, passport_number, last_name, first_name, dob) FROM stdin;\n"
        + "1\tP1234567\tDoe\tJane\t1980-01-12\n2\tP1234568\tDoe\tJohn\t1980-01-13\n\\.\n"
    },
    text("a passenger list", expected: ["identity.record proof x2"]) { paxlst },
    text("passport numbers alone", expected: ["identity.record weak x1"]) { "id,passport_no,note\n1,P1234567,x\n" },
  ]

  static let identityNegatives: [DetectorExample] = [
    text("nine digits without a name") { "id,amount,name\n123456780,5,x\n123456781,6,y\n" },
    text("invoices") {
      "doc_number,amount,expiry_date\n" + (0..<30).map { "\(10_203_040 + $0),9,2020-01-01\n" }.joined()
    },
    text("numbers that are never given") { "ssn,name\n078-05-1120,A\n666-12-3456,B\n000-12-3456,C\n" },
    text("CURP with a wrong digit") { "curp,nombre\nHEGG560427MVZRRL05,A\n" },
    text("airline data") { "flight_no,seat,name,sex\nZZ123,12A,Doe,F\n" },
  ]
}
