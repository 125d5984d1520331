/// Templates of our own for models that carry none, by the form of conversation that they write.
public enum NamedChatTemplates {
  /// The names, in order.
  public static var names: [String] { all.map(\.name) }

  /// The text of the template called `name`, or nil.
  public static func source(_ name: String) -> String? { all.first { $0.name == name }?.source }

  private static let all: [(name: String, source: String)] = [
    ("chatml", chatML), ("llama2", llama2), ("llama3", llama3), ("gemma", gemma), ("plain", plain),
  ]

  private static let chatML = """
    {%- for message in messages -%}
    {{ '<|im_start|>' ~ message.role ~ '\\n' ~ message.content ~ '<|im_end|>\\n' }}
    {%- endfor -%}
    {%- if add_generation_prompt -%}{{ '<|im_start|>assistant\\n' }}{%- endif -%}
    """

  private static let llama2 = """
    {%- set ns = namespace(system='') -%}
    {%- for message in messages -%}
    {%- if message.role == 'system' -%}
    {%- set ns.system = '<<SYS>>\\n' ~ message.content ~ '\\n<</SYS>>\\n\\n' -%}
    {%- elif message.role == 'user' -%}
    {{ bos_token ~ '[INST] ' ~ ns.system ~ message.content | trim ~ ' [/INST]' }}
    {%- set ns.system = '' -%}
    {%- elif message.role == 'assistant' -%}
    {{ ' ' ~ message.content | trim ~ ' ' ~ eos_token }}
    {%- else -%}
    {{ raise_exception('the roles are system, user and assistant, not ' ~ message.role) }}
    {%- endif -%}
    {%- endfor -%}
    """

  private static let llama3 = """
    {{- bos_token -}}
    {%- for message in messages -%}
    {{ '<|start_header_id|>' ~ message.role ~ '<|end_header_id|>\\n\\n' ~ message.content | trim ~ '<|eot_id|>' }}
    {%- endfor -%}
    {%- if add_generation_prompt -%}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{%- endif -%}
    """

  private static let gemma = """
    {{- bos_token -}}
    {%- set ns = namespace(system='') -%}
    {%- for message in messages -%}
    {%- if message.role == 'system' -%}
    {%- set ns.system = message.content | trim ~ '\\n\\n' -%}
    {%- else -%}
    {%- set role = 'model' if message.role == 'assistant' else message.role -%}
    {{ '<start_of_turn>' ~ role ~ '\\n' ~ ns.system ~ message.content | trim ~ '<end_of_turn>\\n' }}
    {%- set ns.system = '' -%}
    {%- endif -%}
    {%- endfor -%}
    {%- if add_generation_prompt -%}{{ '<start_of_turn>model\\n' }}{%- endif -%}
    """

  private static let plain = """
    {{- bos_token -}}
    {%- for message in messages -%}
    {%- if message.role == 'system' -%}{{ message.content ~ '\\n\\n' }}
    {%- else -%}{{ message.role | capitalize ~ ': ' ~ message.content | trim ~ '\\n' }}{%- endif -%}
    {%- endfor -%}
    {%- if add_generation_prompt -%}{{ 'Assistant:' }}{%- endif -%}
    """
}

extension Tokenizer {
  /// The template that the tokenizer's folder carries, ready to render, or nil where it carries none.
  ///
  /// - Throws: `ChatTemplateError` that names the place of what is wrong or not known.
  public func readChatTemplate() throws -> ChatTemplate? {
    try chatTemplate.map { try ChatTemplate($0, specialTokens: templateTokens) }
  }

  /// A template of one's own for this tokenizer: its special tokens are known to it.
  ///
  /// - Throws: `ChatTemplateError` that names the place of what is wrong or not known.
  public func makeChatTemplate(_ source: String) throws -> ChatTemplate {
    try ChatTemplate(source, specialTokens: templateTokens)
  }

  private var templateTokens: [(name: String, text: String)] { specialTokens.all.map { ($0.0.rawValue, $0.1) } }
}
