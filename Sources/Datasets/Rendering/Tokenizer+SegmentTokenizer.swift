import OrchardTokenizers

extension Tokenizer: SegmentTokenizer {}
