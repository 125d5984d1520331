import Foundation
import OrchardGeneration
import OrchardJSON

/// What `orchard score --pairs` tells: a line for each row, and all of them together.
struct PairReport {
  private var pairs = 0
  private var greedy = 0
  private var choices = 0
  private var answered = 0
  private var right = 0
  private var rightPerLetter = 0
  private var sum = 0.0
  private var tokens = 0
  /// Contexts of which the beginning was left out.
  private(set) var cut = 0

  /// One row, for programs and for people.
  struct Line {
    let json: JSONValue
    let text: String
  }

  /// Counts a row.
  mutating func add(_ row: ScoredRow, _ likelihoods: [LogLikelihood], number: Int) -> Line {
    cut += likelihoods.count { $0.cutTokens > 0 }
    return row.isChoice ? addChoice(row, likelihoods, number) : addPair(row, likelihoods[0], number)
  }

  private mutating func addPair(_ row: ScoredRow, _ likelihood: LogLikelihood, _ number: Int) -> Line {
    pairs += 1
    greedy += likelihood.isGreedy ? 1 : 0
    sum += likelihood.sum
    tokens += likelihood.tokens.count
    var object = JSONObject([("row", .integer(number))])
    for (key, value) in Self.object(likelihood).entries { object[key] = value }
    let count = Self.count(likelihood.tokens.count, "token")
    let text = String(format: "%11.4f  ", likelihood.sum) + "\(count)\(likelihood.isGreedy ? ", greedy" : "")"
    return Line(json: .object(object), text: text + "  \(Self.short(row.continuations[0]))")
  }

  private mutating func addChoice(_ row: ScoredRow, _ likelihoods: [LogLikelihood], _ number: Int) -> Line {
    let scored = ScoredChoices(row.continuations, likelihoods: likelihoods)
    choices += 1
    var object = JSONObject([
      ("row", .integer(number)), ("choices", .array(likelihoods.map { .object(Self.object($0)) })),
      ("prediction", .integer(scored.likeliest)), ("prediction_norm", .integer(scored.likeliestPerLetter)),
    ])
    var text = String(format: "%11.4f  ", likelihoods[scored.likeliest].sum)
    if let answer = row.answer {
      answered += 1
      right += scored.likeliest == answer ? 1 : 0
      rightPerLetter += scored.likeliestPerLetter == answer ? 1 : 0
      object["answer"] = .integer(answer)
      object["correct"] = .bool(scored.likeliest == answer)
      object["correct_norm"] = .bool(scored.likeliestPerLetter == answer)
      text += scored.likeliest == answer ? "right  " : "wrong  "
    }
    return Line(json: .object(object), text: text + Self.short(row.continuations[scored.likeliest]))
  }

  private static func object(_ likelihood: LogLikelihood) -> JSONObject {
    JSONObject([
      ("log_likelihood", .number(likelihood.sum)), ("tokens", .integer(likelihood.tokens.count)),
      ("greedy", .bool(likelihood.isGreedy)), ("token_ids", .array(likelihood.tokens.map { .integer($0) })),
      ("log_probabilities", .array(likelihood.logProbabilities.map { .number(Double($0)) })),
      ("cut_tokens", .integer(likelihood.cutTokens)),
    ])
  }

  private static func short(_ text: String) -> String {
    let line = text.replacing("\n", with: "⏎")
    return line.count > 50 ? line.prefix(49) + "…" : line
  }

  /// All rows together, for programs.
  var json: JSONValue {
    var object = JSONObject()
    if pairs > 0 {
      object["pairs"] = .integer(pairs)
      object["log_likelihood"] = .number(sum)
      object["tokens"] = .integer(tokens)
      object["perplexity"] = .number(exp(-sum / Double(tokens)))
      object["greedy_share"] = .number(Double(greedy) / Double(pairs))
    }
    if choices > 0 { object["questions"] = .integer(choices) }
    if answered > 0 {
      object["acc"] = .number(Double(right) / Double(answered))
      object["acc_norm"] = .number(Double(rightPerLetter) / Double(answered))
    }
    object["cut_contexts"] = .integer(cut)
    return .object(object)
  }

  private static func count(_ number: Int, _ what: String) -> String { "\(number) \(what)\(number == 1 ? "" : "s")" }

  /// All rows together, for people.
  var text: String {
    var lines: [String] = []
    if pairs > 0 {
      let perplexity = String(format: "%.4f", exp(-sum / Double(tokens)))
      lines.append(
        "\(Self.count(pairs, "continuation")), log-likelihood \(String(format: "%.4f", sum)) over \(Self.count(tokens, "token")) "
          + "(perplexity \(perplexity)); greedy decoding gives \(greedy)")
    }
    if answered > 0 {
      let share = { (count: Int) in String(format: "%.4f", Double(count) / Double(answered)) }
      lines.append(
        "\(Self.count(answered, "question")): acc \(share(right)) (\(right)), acc_norm \(share(rightPerLetter)) (\(rightPerLetter))"
      )
    } else if choices > 0 {
      lines.append("\(Self.count(choices, "question")) without answers")
    }
    return lines.joined(separator: "\n")
  }
}

extension RollingLogLikelihood {
  /// The numbers in one line.
  var line: String {
    String(format: "log-likelihood %.2f, perplexity %.4f for each of ", sum, tokenPerplexity) + "\(tokens) tokens"
  }

  /// For programs; of all texts together where none is named.
  func object(of text: ScoredText?, _ window: RollingWindow) -> JSONObject {
    JSONObject([
      ("text", .string(text?.name ?? "all")), ("log_likelihood", .number(sum)), ("tokens", .integer(tokens)),
      ("words", .integer(words)), ("bytes", .integer(bytes)), ("token_perplexity", .number(tokenPerplexity)),
      ("word_perplexity", .number(wordPerplexity)), ("byte_perplexity", .number(bytePerplexity)),
      ("bits_per_byte", .number(bitsPerByte)), ("window", .integer(window.length)),
      ("stride", .integer(window.stride)),
    ])
  }

  /// For people.
  func table(texts: Int, _ window: RollingWindow) -> String {
    let rows = [("token", tokens, tokenPerplexity), ("word", words, wordPerplexity), ("byte", bytes, bytePerplexity)]
    let lines = rows.map { name, count, value in
      "perplexity for each \(name) " + String(format: "%15.4f   ", value) + "\(count) \(name)s"
    }
    let head = String(format: "log-likelihood %21.4f   nats", sum)
    let bits = String(format: "bits for each byte %17.4f", bitsPerByte)
    let count = texts == 1 ? "1 text" : "\(texts) texts"
    let reading = "\(count) in windows of \(window.length) tokens, stride \(window.stride)"
    return ([head] + lines + [bits, reading]).joined(separator: "\n")
  }
}
