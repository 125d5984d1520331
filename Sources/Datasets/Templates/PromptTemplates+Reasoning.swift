/// Templates for questions that take steps, in the forms in which chain of thought was published.
///
/// Followed: Wei and others, Chain-of-Thought Prompting, 2022 (worked examples); Kojima and others, Large Language
/// Models are Zero-Shot Reasoners, 2022 (how each set's questions are put); Suzgun and others, BIG-Bench Hard, 2022.
extension PromptTemplates {
  static let reasoning: [PromptTemplate] = [
    PromptTemplate(
      name: "question", about: "Q: a question, A: its answer.",
      prompt: "Q: {{question|trim}}\nA:", completion: "{{answer}}"),
    PromptTemplate(
      name: "reasoning", about: "A question, the steps to its answer, and the answer.",
      prompt: "Q: {{question|trim}}\nA:", completion: "{{rationale|trim}} The answer is {{answer}}.",
      answer: "{{answer}}"),
    PromptTemplate(
      name: "gsm8k", about: "GSM8K: grade-school mathematics with worked solutions.",
      prompt: "Q: {{question|trim}}\nA:", completion: "{{answer|rationale}} The answer is {{answer|final-answer}}.",
      answer: "{{answer|final-answer}}", answerRule: "number"),
    PromptTemplate(
      name: "word-problem", about: "AddSub, MultiArith, SingleEq: arithmetic told as a story.",
      prompt: "Q: {{sQuestion|trim}}\nA:", completion: "The answer is {{lSolutions.0|number}}.",
      answer: "{{lSolutions.0|number}}", answerRule: "number"),
    PromptTemplate(
      name: "svamp", about: "SVAMP: arithmetic told as a story and a question.",
      prompt: "Q: {{Body|trim}} {{Question|trim}}\nA:", completion: "The answer is {{Answer|number}}.",
      answer: "{{Answer|number}}", answerRule: "number"),
    PromptTemplate(
      name: "aqua", about: "AQuA: algebra with five choices and a rationale.",
      prompt: "Q: {{question|trim}} Answer Choices:{{options|spaced-choices}}\nA:",
      completion: "{{rationale|trim}} The answer is {{correct}}.", answer: "{{correct}}", answerRule: "choice"),
    PromptTemplate(
      name: "commonsense-qa", about: "CommonsenseQA: everyday knowledge with five choices.",
      prompt: "Q: {{question.stem|trim}} Answer Choices: {{question.choices|choices}}\nA:",
      completion: "The answer is {{answerKey}}.", answer: "{{answerKey}}", answerRule: "choice"),
    PromptTemplate(
      name: "strategy-qa", about: "StrategyQA: yes or no by several steps, as BIG-bench has it.",
      prompt: "Q: {{input|trim}}\nA:", completion: "The answer is {{target_scores.Yes|yes-no}}.",
      answer: "{{target_scores.Yes|yes-no}}", answerRule: "yes-no"),
    PromptTemplate(
      name: "big-bench-hard", about: "BIG-Bench Hard: a task's description as “task”, then its questions.",
      instruction: "{{task}}", prompt: "Q: {{input}}\nA: Let's think step by step.",
      completion: "{{rationale}} So the answer is {{target}}.", answerSeparator: "\n", values: ["task": ""],
      answer: "{{target}}", answerRule: "text"),
  ]
}
