import Foundation
import OrchardJSON
import OrchardTokenizers
import TestSupport
import Testing

@Suite("Chat templates against Jinja")
struct ChatTemplateTests {
  @Test("Every template's text, or that it fails")
  func goldens() throws {
    let document = try JSONValue(parsing: Data(contentsOf: Goldens.url("chat/templates.json")))
    let templates = try #require(document["templates"]?.array).compactMap(\.string)
    let cases = try #require(document["cases"]?.array)
    #expect(cases.count > 300)
    for golden in cases {
      let name = golden["name"]?.string ?? ""
      let source = templates[try #require(golden["template"]?.int)]
      var variables = try #require(document["variables"]?[golden["variables"]?.string ?? ""]?.object)
      let messages = variables["messages"]?.array ?? []
      var options = ChatTemplate.Options()
      options.addsGenerationPrompt = variables["add_generation_prompt"]?.bool ?? false
      options.tools = variables["tools"]?.array
      for key in ["messages", "tools", "documents", "add_generation_prompt"] { variables[key] = nil }
      options.variables = variables
      let text = try? ChatTemplate(source).render(messages, options)
      if let wanted = golden["text"]?.string {
        #expect(text.map { Array($0.utf8) } == Array(wanted.utf8), "\(name): \(source)")
      } else {
        #expect(text == nil, "\(name): \(source) should fail, not give \(text ?? "")")
      }
    }
  }

  private func message(_ source: String, _ messages: [JSONValue] = []) throws -> String {
    let error = #expect(throws: ChatTemplateError.self) { try ChatTemplate(source).render(messages) }
    return "\(try #require(error))"
  }

  @Test("What is not known is named with its place, before anything is rendered")
  func unknown() throws {
    #expect(
      try message("a\n{% include 'x' %}")
        == "chat template, line 2, column 1: “{% include %}” is not known here: a chat template stands alone")
    #expect(try message("{{ x|pprint }}").contains("line 1, column 6: the filter “pprint” is not known"))
    #expect(try message("{{ x is strange }}").contains("the test “strange” is not known"))
    #expect(try message("{{ '%s' % x }}", []).contains("undefined"))
    let uncalled = "{% macro m() %}x{% endmacro %}{% call m() %}y{% endcall %}"
    #expect(try message(uncalled, []).contains("“m” does not ask for its caller"))
    #expect(try message("{{ 'a'.format(1) }}").contains("the method “format” of texts is not known here"))
    #expect(try message("{{ f(*x) }}").contains("are not known here"))
    // Also where the loop would never run.
    #expect(
      try message("{% if false %}{% for x in [1] recursive %}{% endfor %}{% endif %}")
        .contains("recursive loops are not known here"))
  }

  @Test("A template's own refusal is told in its words")
  func raised() throws {
    let error = #expect(throws: ChatTemplateError.self) {
      try ChatTemplate("{{ raise_exception('Only users speak.') }}").render([])
    }
    #expect(error?.isRaised == true)
    #expect(error?.description == "the model's chat template refuses these messages: Only users speak.")
  }

  @Test(
    "A hostile template comes to an end",
    arguments: [
      "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
      "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
      "{% set ns = namespace(x='ab') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
      "{{ 'ab' * 999999999999 }}", "{{ [1] * 9223372036854775807 }}", "{{ 9223372036854775807 + 1 }}",
      "{{ (-9223372036854775807 - 1) // -1 }}", "{{ -9223372036854775807 - 1 - 1 }}", "{{ 10 ** 400 }}",
      "{{ 'a'|indent(999999999999) }}", "{{ 99999999999999999999 }}",
    ])
  func hostile(source: String) throws { _ = try message(source) }

  @Test("The last message can be gone on with")
  func continuing() throws {
    let template = try ChatTemplate("{% for m in messages %}[{{ m.role }}]{{ m.content|trim }}</s>{% endfor %}")
    var options = ChatTemplate.Options()
    (options.addsGenerationPrompt, options.continuesFinalMessage) = (false, true)
    let messages: [JSONValue] = [
      ["role": "user", "content": "Begin."], ["role": "assistant", "content": "Once upon "],
    ]
    #expect(try template.render(messages, options) == "[user]Begin.</s>[assistant]Once upon")
    options.addsGenerationPrompt = true
    #expect(throws: ChatTemplateError.self) { try template.render(messages, options) }
  }

  @Test("The time is that of a clock")
  func time() throws {
    let text = try ChatTemplate("{{ strftime_now('%Y') }}").render([])
    #expect(Int(text).map { $0 > 2020 && $0 < 3000 } == true)
  }

  @Test("Our own templates", arguments: NamedChatTemplates.names)
  func named(name: String) throws {
    let source = try #require(NamedChatTemplates.source(name))
    let template = try ChatTemplate(source, specialTokens: [("bos_token", "<s>"), ("eos_token", "</s>")])
    let messages: [JSONValue] = [
      ["role": "system", "content": "Be brief."], ["role": "user", "content": "Hi"],
      ["role": "assistant", "content": "Hello"], ["role": "user", "content": "Bye"],
    ]
    let expected = [
      "chatml": "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello"
        + "<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n",
      "llama2": "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST] Hello </s><s>[INST] Bye [/INST]",
      "llama3": "<s><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|><|start_header_id|>user"
        + "<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nHello<|eot_id|>"
        + "<|start_header_id|>user<|end_header_id|>\n\nBye<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
      "gemma": "<s><start_of_turn>user\nBe brief.\n\nHi<end_of_turn>\n<start_of_turn>model\nHello<end_of_turn>\n"
        + "<start_of_turn>user\nBye<end_of_turn>\n<start_of_turn>model\n",
      "plain": "<s>Be brief.\n\nUser: Hi\nAssistant: Hello\nUser: Bye\nAssistant:",
    ]
    #expect(try template.render(messages) == expected[name])
  }
}
