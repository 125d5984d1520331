/// The formats of strings that are known by name, as regular expressions of whole texts.
///
/// Each holds a part of what its standard allows, so that what is made is valid for every reader.
enum SchemaFormats {
  private static let date: String = {
    let year = "[1-9][0-9]{3}"
    let leap = "(?:[1-9][0-9](?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|[13579][26])00)"
    let days = "(?:0[1-9]|1[0-9]|2[0-8])"
    return "(?:\(year)-(?:(?:0[13578]|1[02])-(?:\(days)|29|30|31)|(?:0[469]|11)-(?:\(days)|29|30)|02-\(days))"
      + "|\(leap)-02-29)"
  }()
  private static let clock = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6})?"
  private static let zone = "(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
  private static let label = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
  private static let byte = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"

  /// The expression of each format, by its name.
  static let all: [String: String] = [
    "date": date,
    "time": clock + zone,
    "date-time": date + "T" + clock + zone,
    "duration": "P(?:[0-9]{1,4}W|[0-9]{1,4}D|(?:[0-9]{1,4}DT|T)(?:[0-9]{1,4}H[0-9]{1,4}M[0-9]{1,4}S"
      + "|[0-9]{1,4}H[0-9]{1,4}M|[0-9]{1,4}M[0-9]{1,4}S|[0-9]{1,4}[HMS])|[0-9]{1,4}Y[0-9]{1,4}M[0-9]{1,4}D"
      + "|[0-9]{1,4}Y[0-9]{1,4}M|[0-9]{1,4}[YM])",
    "email": "[a-zA-Z0-9_+-]{1,32}(?:\\.[a-zA-Z0-9_+-]{1,16}){0,2}@\(label)(?:\\.\(label)){1,3}",
    "hostname": "\(label)(?:\\.\(label)){0,3}",
    "ipv4": "\(byte)(?:\\.\(byte)){3}",
    "ipv6": "[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){7}",
    "uri": "https?://\(label)(?:\\.\(label)){0,3}(?::[1-9][0-9]{0,3})?"
      + "(?:/[a-zA-Z0-9._~!$&'()*+,;=:@-]*)*(?:\\?[a-zA-Z0-9._~!$&'()*+,;=:@/?-]*)?(?:#[a-zA-Z0-9._~-]*)?",
    "uuid": "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
  ]
}
