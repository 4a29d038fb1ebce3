/// Which role a name has: lower case, letters and digits only, so that `Plate_No`, `plateNo` and `PLATE NO` are one.
///
/// Sources of the words: OpenALPR and Plate Recognizer JSON, Genetec AutoVu, Elsag `reads`, Axis License Plate Verifier,
/// Hikvision ANPR events, Frigate; ICAO Doc 9303, UN/EDIFACT PAXLST guides and USCIS form captions for persons.
enum ColumnNames {
  /// The longest name that is looked at, in letters and digits.
  static let longest = 32

  /// FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv. Two names with one hash would only make values be
  /// checked that need not be.
  struct Hash {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325
    private(set) var count = 0

    @inline(__always)
    mutating func add(_ c: UInt8) {
      var letter = c
      if c &- 0x41 < 26 { letter = c | 0x20 }
      guard letter &- 0x61 < 26 || letter &- 0x30 < 10 else { return }
      value = (value ^ UInt64(letter)) &* 0x100_0000_01B3
      count += 1
    }
  }

  @inline(__always)
  static func role(_ hash: Hash) -> ColumnRole {
    guard hash.count > 1, hash.count <= longest else { return .none }
    return table.find(hash.value)
  }

  static func role(_ name: some Sequence<UInt8>) -> ColumnRole {
    var hash = Hash()
    for c in name { hash.add(c) }
    return role(hash)
  }

  /// Open addressing in a power of two: one probe for nearly every name that means nothing.
  private struct Table: Sendable {
    private var keys = [UInt64](repeating: 0, count: 1024)
    private var roles = [ColumnRole](repeating: .none, count: 1024)

    init(_ words: [(ColumnRole, String)]) {
      for (role, list) in words {
        for word in list.split(separator: " ") {
          var hash = Hash()
          for c in word.utf8 { hash.add(c) }
          var at = Int(truncatingIfNeeded: hash.value & 1023)
          while keys[at] != 0, keys[at] != hash.value { at = (at + 1) & 1023 }
          keys[at] = hash.value
          roles[at] = role
        }
      }
    }

    @inline(__always)
    func find(_ key: UInt64) -> ColumnRole {
      var at = Int(truncatingIfNeeded: key & 1023)
      while keys[at] != 0 {
        if keys[at] == key { return roles[at] }
        at = (at + 1) & 1023
      }
      return .none
    }
  }

  private static let table = Table(words)

  static let words: [(ColumnRole, String)] = [
    (.inner, "number value text unicodetext no"),
    (.aside, "candidates platecandidates alternatives topn"),
    (
      .plate,
      """
      licenseplate licenceplate licplate lprread lprplate anprplate alprplate vrm vehplate plateno platenum platenumber \
      platetext platestring platevalue licenseplatenumber licenceplatenumber licenseplateno licensenumberplate \
      numberplate regplate registrationplate vehicleplate vehicleregistration vehregno matricula matrcula kennzeichen \
      nummernschild immatriculation targa kenteken nummerplaat plaqueimmatriculation recognizedlicenseplate \
      bestplatenumber platenumberutf8 originallicenseplate platnomor chapa tablica rejestracja carplate carplateno
      """
    ),
    (.vaguePlate, "plate tag placa immat bestplate regno lpn platetag"),
    (
      .confidence,
      """
      confidence score confidencescore plateconfidence conf platescore ocrscore confidencelevel ocrconfidence \
      recognitionconfidence lprconfidence
      """
    ),
    (
      .time,
      """
      timestamp time datetime readdate readtime capturetime capturedat captured eventtime utcdate utctime epochtime \
      epochstart dateutc date readat seenat passtime passagetime recognitiontime created createdat timestamplocal \
      eventdate eventdatetime readdatetime detectiontime detectedat crossingtime encounterdate triggertime localtime \
      starttime videotimes
      """
    ),
    (
      .camera,
      """
      camera cameraid cameraname cam camid sourcename siteid site sitename deviceid device devicename channel channelid \
      channelname ipaddress sensorid sensor reader readerid station stationid cameraserial
      """
    ),
    (.lane, "lane laneid laneno lanenumber direction dir heading gate gateid gantry traveldirection lanename"),
    (
      .place,
      "latitude longitude lat lon lng long gps gpslat gpslon gpslatitude gpslongitude longitudex latitudey geom location"
    ),
    (
      .picture,
      """
      image imageid imagefile imagename imgname img imagepath imageurl plateimage contextimage overviewimage platecrop \
      vehicleimage picname picture photo snapshot jpeg filename cropimage platejpeg vehiclejpeg bestuuid
      """
    ),
    (
      .vehicle,
      """
      make model color colour speed vehicle vehicletype vehiclecolor vehiclemake vehiclemodel vehicleclass brand \
      vehiclespeed vehiclemakemodel vehiclecolour
      """
    ),
    (
      .region,
      """
      region platestate state country regioncode platecountry stateprovince jurisdiction plateregion countrycode \
      platetype platecolor nation platelocation
      """
    ),
    (
      .recognizer,
      """
      dscore matchestemplate matchespattern plateindex licenseplateconfidence trackinghash regionconfidence
      """
    ),
    (
      .laboratory,
      """
      well wellid assay sample sampleid concentration dilution compound reagent barcode primer sequence recipe \
      ingredient calories sku partno partnumber price flight course html label labels
      """
    ),
    (
      .passport,
      """
      passport passportno passportnum passportnumber passportid passnumber pptno pptnumber pasaporte numeropasaporte \
      reisepassnummer passeport numeropasseport traveldocumentnumber traveldocno traveldocnumber traveldocument
      """
    ),
    (.visa, "visanumber visano visafoil visafoilnumber visaid visanum visafoilno"),
    (.alien, "aliennumber alienno alienregistrationnumber uscisno uscisnumber alienregnum alienid alienfilenumber"),
    (.vagueAlien, "anumber anum ano anbr alien afile afilenumber"),
    (.socialSecurity, "ssn socialsecuritynumber socialsecurity socsecno ssnumber ssno socialsecurityno socsec"),
    (.taxpayer, "itin individualtaxpayeridentificationnumber"),
    (.curp, "curp clavecurp curpid"),
    (.receipt, "receiptnumber uscisreceipt uscisreceiptnumber receiptno receiptnum"),
    (.arrival, "i94 i94number i94no admissionnumber i94admissionnumber i94num"),
    (.sevis, "sevisid sevis sevisnumber sevisno"),
    (.document, "docnumber docno docnum documentnumber documentno documentnum iddocumentnumber docid"),
    (.documentKind, "doctype documenttype doctypecode documentkind visaclass classofadmission visatype"),
    (
      .issuer,
      "issuingcountry issuingstate countryofissue doccountry issuer issuingauthority passportcountry documentcountry"
    ),
    (.nationality, "nationality citizenship nationalitycode countryofcitizenship coc nacionalidad cntryctzn"),
    (
      .birth,
      """
      dob dateofbirth birthdate birthday birth fechanacimiento fechadenacimiento datenaissance geburtsdatum \
      bdate datebirth passengerdob travelerdob
      """
    ),
    (
      .surname,
      "surname lastname familyname apellido apellidos lname apellidopaterno nachname nom namelast primaryidentifier"
    ),
    (
      .givenName,
      "givenname givennames firstname forename fname nombre nombres vorname prenom namefirst secondaryidentifier"
    ),
    (.fullName, "name fullname passengername travelername personname holdername paxname subjectname applicantname"),
    (.birthplace, "pob placeofbirth birthplace countryofbirth lugarnacimiento cob"),
    (.sex, "sex gender sexo geschlecht sexe"),
    (.expiry, "expirydate expirationdate dateofexpiry docexpiry passportexpiry validuntil expiry expiration expdate"),
    (.reservation, "pnr pnrlocator recordlocator recloc pnrnumber bookingreference locator"),
    (
      .caseNumber,
      """
      casenumber detainee detaineeid subjectid encounterid fins finsid iden tecs tecsid apprehension apprehensionid \
      eid travelerid passengerid personid
      """
    ),
    (
      .file,
      """
      file files filenames path paths filepath fullpath relativepath images imagefiles imagefilename imageuri imagesrc \
      photos photofile photopath photofilename photoname photourl photouri pictures picturefile picturepath picturename \
      pictureurl faceimage faceimagefile faceimagepath faceimageurl facefile facepath portrait mugshot headshot crop \
      cropfile croppath thumbnail snapshotfile snapshotpath snapshoturl jpg jpegfile jpgfile imagejpg attachment \
      sourcefile src url uri
      """
    ),
    (
      .key,
      """
      id key uid uuid guid recordid readid eventid passageid passid crossingid transitid transactionid captureid \
      sequenceid frameid fileid photoid pictureid externalimageid faceid
      """
    ),
  ]
}
