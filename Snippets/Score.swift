import Foundation
import Orchard

let folder = URL(filePath: CommandLine.arguments.dropFirst().first ?? "work/run/model")
let scorer = try TextScorer(folder: folder)

// A continuation: its log-probability, and whether greedy decoding would give it.
let lunch = try scorer.score("Ann: Are you coming?\nBen:", " I am on my way.")
print(lunch.sum, lunch.tokens.count, lunch.isGreedy)

// Choices: the likeliest one.
let choices = ["on Monday", "on Tuesday"]
print(choices[try scorer.choose("They meet", among: choices.map { " " + $0 }).likeliest])
