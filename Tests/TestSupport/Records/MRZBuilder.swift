/// Machine-readable zones (ICAO Doc 9303 parts 4 and 5) with computed check digits. Issuer `UTO`: Utopia, the specimen state.
public enum MRZBuilder {
  /// Weights 7, 3, 1; digits count as themselves, letters from 10, the filler as 0.
  public static func checkDigit(_ text: some StringProtocol) -> String {
    var sum = 0
    for (i, c) in text.utf8.enumerated() {
      let value: Int
      switch c {
      case 0x30...0x39: value = Int(c) - 0x30
      case 0x41...0x5A: value = Int(c) - 0x41 + 10
      default: value = 0
      }
      sum += value * [7, 3, 1][i % 3]
    }
    return String(sum % 10)
  }

  /// Passport: two lines of 44 characters.
  public static func td3(
    surname: String = "ERIKSSON", given: String = "ANNA MARIA", number: String = "L898902C3", issuer: String = "UTO",
    birth: String = "740812", sex: String = "F", expiry: String = "120415", optional: String = "ZE184226B"
  ) -> [String] {
    let document = padded(number, 9)
    let personal = padded(optional, 14)
    let head = document + checkDigit(document) + padded(issuer, 3)
    let dates = birth + checkDigit(birth) + sex + expiry + checkDigit(expiry)
    let checked =
      document + checkDigit(document) + birth + checkDigit(birth) + expiry + checkDigit(expiry) + personal
      + checkDigit(personal)
    return [
      padded("P<" + padded(issuer, 3) + names(surname, given), 44),
      head + dates + personal + checkDigit(personal) + checkDigit(checked),
    ]
  }

  /// Identity card: three lines of 30 characters.
  public static func td1(
    surname: String = "ERIKSSON", given: String = "ANNA MARIA", number: String = "D23145890", issuer: String = "UTO",
    birth: String = "740812", sex: String = "F", expiry: String = "120415"
  ) -> [String] {
    let document = padded(number, 9)
    let optional1 = padded("", 15)
    let optional2 = padded("", 11)
    let first = "I<" + padded(issuer, 3) + document + checkDigit(document) + optional1
    let checked =
      document + checkDigit(document) + optional1 + birth + checkDigit(birth) + expiry + checkDigit(expiry) + optional2
    let second =
      birth + checkDigit(birth) + sex + expiry + checkDigit(expiry) + padded(issuer, 3) + optional2
      + checkDigit(checked)
    return [first, second, padded(names(surname, given), 30)]
  }

  private static func names(_ surname: String, _ given: String) -> String {
    (surname + "<<" + given).replacing(" ", with: "<")
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    String(text.prefix(width)) + String(repeating: "<", count: max(0, width - text.count))
  }
}
