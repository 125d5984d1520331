import Foundation
import Orchard

let folder = URL(filePath: CommandLine.arguments.dropFirst().first ?? "work/classifier")
let classifier = try TextClassifier(folder: folder)

for (text, scores) in zip(["What a day!", "It rains."], try classifier.classify(["What a day!", "It rains."])) {
  print(text, scores.map { "\($0.label) \($0.score)" }.joined(separator: ", "))
}
