import Foundation

/// The functions that every template finds.
enum JinjaGlobals {
  /// The most numbers of a range, as in the reference's sandbox.
  private static let mostNumbers = 100_000

  static var all: [(String, JinjaValue)] {
    [
      function("range", range), function("namespace", namespace), function("dict", dictionary),
      function("raise_exception", raise), function("strftime_now", now), function("cycler", unknown("cycler")),
      function("joiner", unknown("joiner")), function("lipsum", unknown("lipsum")),
    ]
  }

  private static func function(
    _ name: String, _ call: @escaping (JinjaCall) throws -> JinjaValue
  ) -> (String, JinjaValue) {
    (name, .function(JinjaFunction(name: name, call: call)))
  }

  private static func unknown(_ name: String) -> (JinjaCall) throws -> JinjaValue {
    { call in throw call.place.error("the function “\(name)” is not known here") }
  }

  private static func range(_ call: JinjaCall) throws -> JinjaValue {
    let numbers = try call.plain.map { value in
      guard let number = value.asInteger else {
        throw call.place.error("“range” wants whole numbers, not \(value.kind)")
      }
      return number
    }
    guard (1...3).contains(numbers.count), call.named.isEmpty else {
      throw call.place.error("“range” takes one to three numbers")
    }
    let step = numbers.count == 3 ? numbers[2] : 1
    guard step != 0 else { throw call.place.error("“range” cannot go in steps of 0") }
    let (start, end) = numbers.count == 1 ? (0, numbers[0]) : (numbers[0], numbers[1])
    let count = (Double(end) - Double(start)) / Double(step)
    guard count <= Double(mostNumbers) else {
      throw call.place.error("“range” would have more than \(mostNumbers) numbers")
    }
    return .range(Array(stride(from: start, to: end, by: step)))
  }

  private static func fields(_ call: JinjaCall) throws -> JinjaDictionary {
    var fields = JinjaDictionary()
    for value in call.plain {
      guard case .dictionary(let more) = value else {
        throw call.place.error("a dictionary is wanted, not \(value.kind)")
      }
      for entry in more.entries { fields[entry.key] = entry.value }
    }
    for argument in call.named { fields[.string(argument.name)] = argument.value }
    return fields
  }

  private static func namespace(_ call: JinjaCall) throws -> JinjaValue {
    let namespace = JinjaNamespace()
    namespace.fields = try fields(call)
    return .namespace(namespace)
  }

  private static func dictionary(_ call: JinjaCall) throws -> JinjaValue { .dictionary(try fields(call)) }

  private static func raise(_ call: JinjaCall) throws -> JinjaValue {
    let message = call.plain.first?.text ?? ""
    throw ChatTemplateError("the model's chat template refuses these messages: \(message)", isRaised: true)
  }

  /// The time now by a pattern of C's `strftime`.
  private static func now(_ call: JinjaCall) throws -> JinjaValue {
    guard let pattern = try call.text(0, "format") else {
      throw call.place.error("“strftime_now” wants a pattern such as “%d %b %Y”")
    }
    var time = time_t(Date().timeIntervalSince1970)
    var parts = tm()
    localtime_r(&time, &parts)
    var buffer = [CChar](repeating: 0, count: 1024)
    let count = strftime(&buffer, buffer.count, pattern, &parts)
    return .string(String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }
}
