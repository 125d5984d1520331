import ArgumentParser

/// `orchard adapter`: what was learned beside a model.
struct AdapterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adapter",
    abstract: "Look into adapters, combine and convert them, and merge them into their models.",
    discussion: """
      An adapter is an ordinary peft folder: adapter_config.json and adapter_model.safetensors. What orchard train \
      writes, peft reads, and the other way round; the kinds are lora (with rsLoRA and DoRA), ia3, p-tuning, prompt, and \
      bottleneck, which peft does not have.

      Examples:
        orchard adapter inspect runs/first/adapter
        orchard adapter merge runs/first/adapter --output merged --verify
      """,
    subcommands: [
      AdapterInspectCommand.self, AdapterMergeCommand.self, AdapterCombineCommand.self, AdapterConvertCommand.self,
    ])
}
