import Foundation
import Orchard

let folder = URL(filePath: CommandLine.arguments.dropFirst().first ?? "work/run/model")
let generator = try TextGenerator(folder: folder)

// The model is asked in the form that it has learned.
let template = try TemplateStamp.read(from: folder) ?? PromptTemplates.find("summarise")
let dialogue = "Ann: Shall we meet on Monday?\nBen: Monday suits me. At ten?\nAnn: At ten, then."
let row = DataRow(fields: JSONObject([("dialogue", .string(dialogue))]), file: "this program", line: 1)
let prompt = try PromptComposer(template).prompt(row, wantsCompletion: false)

var settings = GenerationSettings()
settings.maxNewTokens = 40
for answer in try generator.generate([prompt.text], settings: settings) { print(answer.text) }
