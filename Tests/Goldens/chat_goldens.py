"""Chat templates rendered by Jinja as transformers' apply_chat_template does.

Run by hand in an environment with exactly these packages; the tests only read what it writes:

    transformers==5.23.0, jinja2==3.1.6

    python Tests/Goldens/chat_goldens.py

Writes Tests/Goldens/chat/templates.json: each case has a template, its variables and either the text or that it fails.
All templates are our own, some in the manner of well-known families.
"""

import json
from pathlib import Path

from transformers.utils.chat_template_utils import _compile_jinja_template

HERE = Path(__file__).resolve().parent / "chat"

USER = {"role": "user", "content": "Hello, who are you?"}
ASSISTANT = {"role": "assistant", "content": "  I am a model.  "}
SYSTEM = {"role": "system", "content": "Be brief."}
AGAIN = {"role": "user", "content": "Say “größer” & 'quote' <b>\n\nthen \"end\"\t."}
TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Tells the weather.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "Größe?"}, "days": {"type": "integer"}},
            "required": ["city"],
        },
    },
}
CALL = {
    "role": "assistant",
    "content": "",
    "tool_calls": [{"type": "function", "function": {"name": "weather", "arguments": {"city": "Bern", "days": 2}}}],
}
RESULT = {"role": "tool", "name": "weather", "content": "{\"sky\": \"clear\"}"}
CONVERSATIONS = {
    "one": [USER],
    "system": [SYSTEM, USER],
    "turns": [SYSTEM, USER, ASSISTANT, AGAIN],
    "no-system": [USER, ASSISTANT, AGAIN],
    "tools": [SYSTEM, USER, CALL, RESULT],
    "parts": [{"role": "user", "content": [{"type": "text", "text": "See"}, {"type": "image"}, {"type": "text", "text": "this"}]}],
    "wrong-order": [ASSISTANT, USER],
    "two-users": [USER, AGAIN],
    "reasoning": [USER, {"role": "assistant", "content": "<think>\nhm\n</think>\n\nYes."}, AGAIN],
}

FAMILIES = {
    "marks": """{%- for message in messages %}
{{- '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}""",
    "marks-default-system": """{% if messages[0]['role'] != 'system' %}{{ '<|im_start|>system\\nYou help.<|im_end|>\\n' }}{% endif %}
{% for message in messages %}
{% if message.content is string %}
{{ '<|im_start|>' ~ message.role ~ '\\n' ~ message.content ~ '<|im_end|>\\n' }}
{% else %}
{% for part in message.content %}{% if part.type == 'text' %}{{ part.text }}{% else %}[{{ part['type'] }}]{% endif %}{% endfor %}
{% endif %}
{% endfor %}
{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}
""",
    "brackets": """{% if messages[0]['role'] == 'system' %}
  {% set loop_messages = messages[1:] %}
  {% set system_message = messages[0]['content'] %}
{% else %}
  {% set loop_messages = messages %}
  {% set system_message = false %}
{% endif %}
{% for message in loop_messages %}
  {% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}
    {{ raise_exception('Roles must alternate: user, assistant, user, assistant, …') }}
  {% endif %}
  {% if loop.index0 == 0 and system_message != false %}
    {% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}
  {% else %}
    {% set content = message['content'] %}
  {% endif %}
  {% if message['role'] == 'user' %}
{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}
  {% elif message['role'] == 'assistant' %}
{{ ' ' + content.strip() + ' ' + eos_token }}
  {% endif %}
{% endfor %}""",
    "headers": """{{- bos_token }}
{%- if custom_tools is defined %}
    {%- set tools = custom_tools %}
{%- endif %}
{%- if not date_string is defined %}
    {%- set date_string = "26 Jul 2024" %}
{%- endif %}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}
{{- "<|start|>system<|end|>\\n\\n" }}
{%- if tools is not none %}
    {{- "Tools: " }}
    {%- for t in tools %}
        {{- t | tojson(indent=4) }}
        {{- "\\n\\n" }}
    {%- endfor %}
{%- endif %}
{{- "Today: " + date_string + "\\n\\n" }}
{{- system_message }}
{{- "<|turn|>" }}
{%- for message in messages %}
    {%- if not (message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start|>' + message['role'] + '<|end|>\\n\\n'+ message['content'] | trim + '<|turn|>' }}
    {%- elif 'tool_calls' in message %}
        {%- if not message.tool_calls|length == 1 %}
            {{- raise_exception("One call at a time.") }}
        {%- endif %}
        {%- set tool_call = message.tool_calls[0].function %}
        {{- '{"name": "' + tool_call.name + '", ' }}
        {{- '"parameters": ' }}
        {{- tool_call.arguments | tojson }}
        {{- "}<|turn|>" }}
    {%- elif message.role == "tool" %}
        {%- if message.content is mapping or message.content is iterable %}
            {{- message.content | tojson }}
        {%- else %}
            {{- message.content }}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start|>assistant<|end|>\\n\\n' }}
{%- endif %}""",
    "turns": """{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for message in messages %}{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}{{ '<turn>' + role + '
' + message['content'] | trim + '</turn>
' }}{% endfor %}{% if add_generation_prompt %}{{'<turn>model
'}}{% endif %}""",
    "angles": """{% for message in messages %}
{% if message['role'] == 'user' %}
{{ '<|user|>
' + message['content'] + eos_token }}
{% elif message['role'] == 'system' %}
{{ '<|system|>
' + message['content'] + eos_token }}
{% elif message['role'] == 'assistant' %}
{{ '<|assistant|>
'  + message['content'] + eos_token }}
{% endif %}
{% if loop.last and add_generation_prompt %}
{{ '<|assistant|>' }}
{% endif %}
{% endfor %}""",
    "tools-and-thought": """{%- macro show(part) -%}
  {%- if part is string -%}{{ part }}
  {%- elif part is mapping -%}{{ part.text | default('[' ~ part.type ~ ']') }}
  {%- else -%}{% for p in part %}{{ show(p) }}{% endfor %}{%- endif -%}
{%- endmacro -%}
{%- if tools %}
    {{- '<|im_start|>system\\n' }}
    {%- if messages[0].role == 'system' %}{{- messages[0].content + '\\n\\n' }}{%- endif %}
    {{- "# Tools\\n<tools>" }}
    {%- for tool in tools %}
        {{- "\\n" }}
        {{- tool | tojson }}
    {%- endfor %}
    {{- "\\n</tools><|im_end|>\\n" }}
{%- else %}
    {%- if messages[0].role == 'system' %}
        {{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}
    {%- endif %}
{%- endif %}
{%- set ns = namespace(multi_step=true, last=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.multi_step and message.role == "user" and message.content is string and not(message.content.startswith('<r>') and message.content.endswith('</r>')) %}
        {%- set ns.multi_step = false %}
        {%- set ns.last = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\\n' + show(message.content) + '<|im_end|>\\n' }}
    {%- elif message.role == "assistant" %}
        {%- set content = show(message.content) %}
        {%- set thought = '' %}
        {%- if message.thought is string %}
            {%- set thought = message.thought %}
        {%- elif '</think>' in content %}
            {%- set thought = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
            {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
        {%- endif %}
        {%- if loop.index0 > ns.last and thought %}
            {{- '<think>\\n' + thought.strip('\\n') + '\\n</think>\\n\\n' }}
        {%- endif %}
        {%- generation %}{{- content }}{% endgeneration %}
        {%- if message.tool_calls %}
            {%- for tool_call in message.tool_calls %}
                {%- if (loop.first and content) or (not loop.first) %}{{- '\\n' }}{%- endif %}
                {%- if tool_call.function %}{%- set tool_call = tool_call.function %}{%- endif %}
                {{- '<call>\\n{"name": "' }}
                {{- tool_call.name }}
                {{- '", "arguments": ' }}
                {%- if tool_call.arguments is string %}{{- tool_call.arguments }}{%- else %}{{- tool_call.arguments | tojson }}{%- endif %}
                {{- '}\\n</call>' }}
            {%- endfor %}
        {%- endif %}
        {{- '<|im_end|>\\n' }}
    {%- elif message.role == "tool" %}
        {%- if loop.first or (messages[loop.index0 - 1].role != "tool") %}{{- '<|im_start|>user' }}{%- endif %}
        {{- '\\n<r>\\n' }}{{- message.content }}{{- '\\n</r>' }}
        {%- if loop.last or (messages[loop.index0 + 1].role != "tool") %}{{- '<|im_end|>\\n' }}{%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>\\n\\n</think>\\n\\n' }}{%- endif %}
{%- endif %}""",
}

SMALL = r"""
{{ 1 }}|{{ -3 }}|{{ 2.0 }}|{{ 1e3 }}|{{ 1.5e-7 }}|{{ 1_000 }}|{{ 0x1F }}
{{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 2 ** 10 }} {{ 2 ** -1 }} {{ 2 ** 3 ** 2 }}
{{ 1 + 2 * 3 - 4 }} {{ (1 + 2) * 3 }} {{ 1 ~ (2 + 3) }} {{ 'a' ~ 1.0 ~ none ~ true }}
{{ 7.5 // 2 }} {{ 7.5 % 2 }} {{ -1|abs }} {{ +1 }} {{ 5 - -3 }}
{{ 1 / 0 }}
{{ 'a' + 1 }}
{{ 'ab' * 3 }} {{ [1, 2] * 2 }} {{ [1] + [2] }} {{ (1,) + (2,) }}
{{ true }} {{ False }} {{ None }} {{ none is none }} {{ [] }} {{ {} }} {{ () }} {{ (1,) }} {{ (1, 2) }} {{ 1, 2 }}
{{ [1, 'a', "it's", 'q"q', none, true, 1.5, {'k': [1]}] }}
{{ 'line\nbreak\ttab \\ \'q\' \x41 \u00e9 \q' }} {{ ['\n\t\\', 'é', '\x07', '\u200b'] }}
{{ "double" 'joined' }}
{{ missing }}|{{ missing is defined }}|{{ missing|default('d') }}|{{ missing|length }}|{{ missing == missing2 }}
{{ missing.field }}
{{ missing['field'] }}
{{ missing + 1 }}
{{ missing() }}
{% for x in missing %}x{% else %}none{% endfor %}
{{ 'a' in missing }}
{{ missing ~ 'a' }} {{ not missing }} {{ missing or 'x' }} {{ missing and 'x' }}
{{ user.nothing }}|{{ user['nothing'] }}|{{ user.nothing is defined }}|{{ user.nothing is none }}
{{ user.nothing.more }}
{{ none.x }}|{{ (1).x }}|{{ 'a'.x }}|{{ [1].x }}
{{ user.get('role') }} {{ user.get('nope') }} {{ user.get('nope', 'std') }} {{ user.items() | list }}
{{ user.keys() | list }} {{ user.values() | list }} {% for k, v in user.items() %}{{ k }}={{ v }};{% endfor %}
{{ 1 ~ 2 + 3 }}
{{ {'items': 1}['items'] }} {{ {'a': 1, 'b': 2} }} {{ {1: 'x', none: 'y'} }}
{{ [1, 2, 3][0] }} {{ [1, 2, 3][-1] }} {{ [1, 2, 3][5] }}| {{ 'abc'[1] }} {{ 'abc'[-1] }} {{ (1, 2)[0] }}
{{ [1, 2, 3, 4][1:3] }} {{ [1, 2, 3][:2] }} {{ [1, 2, 3][1:] }} {{ [1, 2, 3][::-1] }} {{ 'hello'[1:-1] }} {{ 'hello'[::2] }} {{ 'hello'[-3:] }} {{ [1, 2, 3][5:] }} {{ [1,2,3,4,5][4:1:-2] }} {{ 'abc'[-10:2] }}
{{ [1, 2, 3][::0] }}
{{ 'größe'|length }} {{ '👍🏽'|length }} {{ '👍🏽'[0] }} {{ 'e\u0301'|length }}
{{ 1 == 1.0 }} {{ 1 == true }} {{ '1' == 1 }} {{ [1] == [1.0] }} {{ {'a': 1} == {'a': 1} }} {{ none == false }} {{ (1,) == [1] }}
{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 'a' < 'b' }} {{ 'B' < 'a' }} {{ [1, 2] < [1, 3] }} {{ 2 >= 2 }} {{ 3 != 3 }}
{{ 1 < 'a' }}
{{ none < 1 }}
{{ 2 in [1, 2] }} {{ 'b' in 'abc' }} {{ 'k' in {'k': 1} }} {{ 3 not in [1] }} {{ '' in 'a' }} {{ 2 in range(3) }}
{{ 1 in 'abc' }}
{{ 1 in 5 }}
{{ not true or true }} {{ not (true or true) }} {{ true and false or 'x' }} {{ '' or 0 or 'z' }} {{ 'a' and 'b' }}
{{ 'yes' if true else 'no' }} {{ 'yes' if false }}| {{ 1 if 0 else 2 if 0 else 3 }}
{{ 'a' if missing is defined else 'b' }} {{ 'x' if 'a' in 'abc' and not false else 'y' }}
{{ 5 is odd }} {{ 4 is even }} {{ 6 is divisibleby 3 }} {{ 6 is divisibleby(4) }} {{ 'a' is string }} {{ 1 is number }} {{ 1.5 is float }} {{ 1 is integer }} {{ true is integer }} {{ true is number }} {{ true is boolean }} {{ none is none }}
{{ [] is sequence }} {{ {} is sequence }} {{ 'a' is sequence }} {{ 1 is sequence }} {{ {} is mapping }} {{ [] is mapping }} {{ [] is iterable }} {{ 1 is iterable }} {{ 'a' is iterable }} {{ range is callable }} {{ missing is iterable }}
{{ 1 is eq 1 }} {{ 1 is equalto(2) }} {{ 1 is ne 2 }} {{ 1 is lt 2 }} {{ 3 is gt 2 }} {{ 2 is le 2 }} {{ 2 is ge 3 }} {{ 1 is in [1, 2] }} {{ true is true }} {{ 1 is true }} {{ false is false }} {{ 'ab' is lower }} {{ 'AB' is upper }}
{{ 1 is not none }} {{ missing is not defined }} {{ 5 is not odd }}
{{ 'a' is sameas 'a' }} {{ none is sameas none }}
{{ ' x '|trim }}| {{ 'xxaxx'|trim('x') }} {{ 'Ab'|upper }} {{ 'Ab'|lower }} {{ 'hello big-world (x)'|title }} {{ 'hELLO wORLD'|capitalize }}
{{ 'a-b-a'|replace('a', 'x') }} {{ 'aaa'|replace('a', 'b', 2) }} {{ 5|string + 'x' }} {{ 'abc'|reverse }} {{ [1, 2]|reverse|list }}
{{ 'abc'|first }} {{ [1, 2]|last }} {{ []|first }}| {{ 'abc'|list }} {{ {'a': 1, 'b': 2}|list }} {{ {'a': 1}|length }}
{{ [1, 2, 3]|join }} {{ ['a', none, 1]|join(', ') }} {{ [{'n': 1}, {'n': 2}]|join('-', attribute='n') }} {{ 'abc'|join('.') }}
{{ '3'|int + 1 }} {{ '3.7'|int }} {{ 'x'|int }} {{ 'x'|int(9) }} {{ 3.9|int }} {{ none|int }} {{ '0x1f'|int(0, 16) }} {{ '1.5'|float }} {{ 'x'|float }} {{ 3|float }}
{{ 3.14159|round(2) }} {{ 2.5|round }} {{ 3.5|round }} {{ 2|round }} {{ 2.1|round(0, 'ceil') }} {{ 2.9|round(method='floor') }} {{ 2.675|round(2) }}
{{ [3, 1, 2]|sort }} {{ ['b', 'A', 'c']|sort }} {{ ['b', 'A', 'c']|sort(case_sensitive=true) }} {{ [3, 1, 2]|sort(reverse=true) }} {{ [{'n': 2}, {'n': 1}]|sort(attribute='n') }}
{{ [1, 'a']|sort }}
{{ [3, 1]|min }} {{ [3, 1]|max }} {{ ['b', 'A']|min }} {{ []|max }}| {{ [1, 2, 3]|sum }} {{ [{'n': 2}, {'n': 5}]|sum(attribute='n') }} {{ [1.5, 2]|sum(start=1) }}
{{ [1, 2, 1, 'a', 'A']|unique|list }} {{ {'b': 1, 'A': 2}|dictsort }} {{ {'b': 1, 'a': 2}|dictsort(by='value') }} {{ {'b': 1, 'a': 2}|dictsort(reverse=true) }}
{{ [1, 2, 3, 4]|select('even')|list }} {{ [0, 1, '', 'a']|select|list }} {{ [1, 2, 3]|reject('odd')|list }} {{ [1, 2, 3]|select('gt', 1)|list }}
{{ [{'a': 1}, {'a': 0}, {}]|selectattr('a')|list }} {{ [{'a': 1}, {'a': 2}]|selectattr('a', 'equalto', 2)|list }} {{ [{'a': 1}, {'b': 2}]|rejectattr('a', 'defined')|list }} {{ [{'a': {'b': 3}}]|selectattr('a.b', 'gt', 2)|list|length }}
{{ ['a', 'B']|map('upper')|list }} {{ [{'n': 1}, {'n': 2}]|map(attribute='n')|list }} {{ [{'n': 1}, {}]|map(attribute='n', default=0)|list }} {{ ['a-b']|map('replace', '-', '+')|join }} {{ [{'f': {'n': 'x'}}]|map(attribute='f.n')|join }}
{{ {'a': 1, 'b': {'c': [1, 2]}}|tojson }} {{ [1.0, true, none, 'é"\n\\/<>&']|tojson }} {{ 'x'|tojson }} {{ {}|tojson }} {{ []|tojson(indent=2) }}
{{ {'b': [1, {}], 'a': {'x': none}}|tojson(indent=2) }}
{{ {'b': 1, 'a': 2}|tojson(sort_keys=true) }} {{ [1, 2]|tojson(separators=(',', ':')) }} {{ 'é'|tojson(ensure_ascii=true) }} {{ '👍'|tojson(true) }} {{ {1: 2, none: 3, true: 4}|tojson }} {{ (1, 2)|tojson }} {{ 1e20|tojson }} {{ '\x7f\x01'|tojson }}
{{ missing|tojson }}
{{ 'a\nb\n\nc'|indent }}|{{ 'a\nb'|indent(2, true) }}|{{ 'a\n\nb'|indent(1, blank=true) }}|{{ 'a\nb'|indent('> ') }}
{{ '<a href="x">\'&'|escape }} {{ '<b>'|e }} {{ '<b>'|safe }}
{{ missing|default }}|{{ ''|default('x', true) }}|{{ none|default('x') }}|{{ none|d('x', boolean=true) }}
{{ [1, 2, 3, 4, 5]|batch(2)|list }} {{ [1, 2, 3]|batch(2, 'x')|list }} {{ 'two words, three'|wordcount }}
{{ {'a': 1}|items|list }} {{ missing|items|list }}
{{ 5|length }}
{{ none|length }}
{{ 5|join }}
{{ 'A b'.upper() }} {{ 'A b'.lower() }} {{ "they're Ab1c".title() }} {{ 'aBC'.capitalize() }} {{ ' a '.strip() }}| {{ ' a '.lstrip() }}| {{ ' a '.rstrip() }}| {{ 'xay'.strip('xy') }} {{ '\n\na\n'.strip('\n') }}
{{ 'a,b,c'.split(',') }} {{ ' a  b '.split() }} {{ 'a,b,c'.split(',', 1) }} {{ 'a,b,c'.rsplit(',', 1) }} {{ 'a b c'.split(none, 1) }} {{ ''.split() }} {{ ''.split(',') }} {{ 'a\nb\r\nc'.splitlines() }}
{{ 'abc'.startswith('ab') }} {{ 'abc'.endswith('bc') }} {{ 'abc'.startswith(('x', 'a')) }} {{ 'abc'.find('c') }} {{ 'abc'.find('z') }} {{ 'banana'.count('an') }} {{ 'banana'.rfind('an') }} {{ 'aXbX'.replace('X', '-') }} {{ 'aXbX'.replace('X', '-', 1) }}
{{ ','.join(['a', 'b']) }} {{ '12'.isdigit() }} {{ 'ab'.isalpha() }} {{ ' '.isspace() }} {{ 'prefix-x'.removeprefix('prefix-') }} {{ 'x.py'.removesuffix('.py') }} {{ [1, 2, 1].count(1) }} {{ [1, 2].index(2) }}
{{ ','.join([1]) }}
{{ ''.join('abc') }} {{ 'abc'.replace('', '-') }} {{ 'ß'.upper() }} {{ 'İ'.lower()|length }}
{{ [1].append(2) }}
{{ {'a': 1}.update({'b': 2}) }}
{{ 'x'.__class__ }}
{{ range(3)|list }} {{ range(1, 4)|list }} {{ range(6, 0, -2)|list }} {% for i in range(2) %}{{ i }}{% endfor %} {{ range(3)|length }}
{{ range(200000) }}
{{ dict(a=1, b=2) }} {{ dict({'x': 1}, y=2) }} {{ namespace(a=1).a }}
{% set x = 1 %}{{ x }}{% set x, y = 2, 3 %}{{ x }}{{ y }}{% set (a, b) = [4, 5] %}{{ a + b }}
{% set x, y = [1] %}
{% set block %}a {{ 1 + 1 }} b{% endset %}[{{ block }}]{% set loud | upper %}abc{% endset %}{{ loud }}
{% set x = 1 %}{% for i in [1, 2] %}{% set x = x + i %}{{ x }},{% endfor %}{{ x }}
{% set x = 1 %}{% if true %}{% set x = 2 %}{% endif %}{{ x }}
{% set ns = namespace(n=0) %}{% for i in range(4) %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}
{% set d = {} %}{% set d.x = 1 %}
{% for i in [1, 2, 3] %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.previtem }}{{ loop.nextitem }};{% endfor %}
{% for i in [1, 2, 3] %}{{ loop.cycle('a', 'b') }}{{ loop.changed(i > 1) }} {% endfor %}{% for i in [] %}{% else %}empty{% endfor %}
{% for i in range(10) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 5 %}{% break %}{% endif %}{{ i }}{% endfor %}
{% for i in range(6) if i is odd %}{{ i }}{{ loop.index }}/{{ loop.length }} {% else %}none{% endfor %}
{% for a, b in [(1, 2), (3, 4)] %}{{ a }}-{{ b }} {% endfor %}{% for a, (b, c) in [(1, (2, 3))] %}{{ a + b + c }}{% endfor %}
{% for a, b in [1] %}{% endfor %}
{% for c in 'añb' %}{{ c }}.{% endfor %}{% for k in {'x': 1, 'y': 2} %}{{ k }}{% endfor %}
{% for x in 5 %}{% endfor %}
{% for i in [1, 2] %}{% for j in [1, 2] %}{{ loop.index }}{{ i }}{{ j }} {% endfor %}{{ loop.index }}{% endfor %}{{ loop }}
{% macro f(a, b=2, c=a) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ f(1) }} {{ f(1, c=3) }} {{ f(1, 5, 6) }} {{ f() }}
{% macro f(a) %}{% endmacro %}{{ f(1, 2) }}
{% macro f(a) %}{% endmacro %}{{ f(x=1) }}
{% macro f(n) %}{% if n > 0 %}{{ n }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(3) }}
{% macro wrap(x) %}<{{ x }}:{{ caller() }}>{% endmacro %}{% call wrap('a') %}body{% endcall %}{% macro each(xs) %}{% for x in xs %}{{ caller(x) }}{% endfor %}{% endmacro %}{% call(x) each([1, 2]) %}[{{ x }}]{% endcall %}
{% set y = 5 %}{% macro g() %}{{ y }}{% endmacro %}{% set y = 6 %}{{ g() }}
{% filter upper %}abc {{ 'd' }}{% endfilter %} {% filter replace('a', 'b') | trim %} aa {% endfilter %}
{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}{{ a is defined }}
{% raw %}{{ not }} {% rendered %}{% endraw %}{# a comment #}after
a {#- comment -#} b {{- 1 -}} c {{ 2 }} d {%- if true -%} e {%- endif -%} f
{{ '{{' }} {{ '}}' }} {{ {'a': {'b': 1}}['a']['b'] }} {{ {'a': {'b': 1}} }}
{% if 1 %}{% if 0 %}a{% elif 1 %}b{% else %}c{% endif %}{% endif %}{% if missing %}x{% else %}y{% endif %}
{% if [] or {} or '' or 0 or none %}x{% else %}all false{% endif %}{% if 0.0 %}x{% endif %}{% if ' ' %}space{% endif %}
{{ raise_exception('No!') }}
{% generation %}kept{% endgeneration %}
{{ foo.bar(1) }}
{{ messages[0].role }} {{ messages[-1]['content']|length }} {{ messages|length }} {{ messages|map(attribute='role')|join(',') }}
{{ bos_token }}{{ eos_token }}{{ add_generation_prompt }}{{ tools }}{{ documents }}
{{ messages | selectattr('role', 'equalto', 'user') | map(attribute='content') | first }}
{{ messages[1:] | length }} {{ (messages | last).role }} {{ 'system' in messages | map(attribute='role') }}
{{ [{'a': {'b': 1}}, {}]|map(attribute='a.b')|list }}
{{ [{'a': {'b': 1}}, {}]|map(attribute='a.b', default='-')|list }} {{ [{'a': 1}, {}]|map(attribute='a')|map('default', 0)|list }}
{{ [{}]|selectattr('a.b')|list }}
{{ 'a  b '.split(none, 1) }} {{ 'a b'.split(none) }}
{{ 1 if true else
2 }}
{{ [1,
2,] }} {{ {'a': 1,} }} {{ f if false else 'ok' }}
{{ 3.0 }} {{ 10 / 5 }} {{ 1e16 }} {{ 1e15 }} {{ 123456789.123 }} {{ 1e-4 }} {{ 1e-5 }} {{ 1.0e100 }} {{ 0.1 + 0.2 }}
{{ 'a' 'b' ~ 'c' }} {{ ('a' ~ 'b')|upper }} {{ -2|abs }} {{ (-2)|abs }} {{ 2 - 1|int }} {{ 'x' ~ 1|string|length }}
{{ user.role|upper ~ '!' }} {{ 'a' == 'a'|upper }} {{ not 'a' in 'abc' }} {{ 1 not in [1] and true }}
{{ '5' * 3 }}
{{ 'tab	inside' }}
{% set x = none %}{{ x if x is not none else 'none' }} {{ x is none }} {% if x is none or x == '' %}empty{% endif %}
{% set ns = namespace() %}{% set ns.a = [1] %}{% set ns.a = ns.a + [2] %}{{ ns.a }} {{ ns.b is defined }}
{{ [[1, 2], [3]]|map('length')|list }} {{ [[1, 2], [3]]|map('first')|list }} {{ [' a ', 'b']|map('trim')|list }}
{{ {'a': 1}.a }} {{ {'a': 1}['a'] }} {{ {'a b': 1}['a b'] }} {{ {'get': 1}.get('get') }}
"""

WHITESPACE = [
    "a\n{% if true %}\nb\n{% endif %}\nc\n",
    "a\n   {% if true %}\n  b\n   {% endif %}   \nc",
    "   {{ 1 }}   \n  {# gone #}\n  x",
    "a  {%- if true %}  b  {%- endif %}  c",
    "a\n\n  {%- if true -%}\n\n b \n{%- endif -%}\n\n c",
    "a {%+ if true +%}\n b {%+ endif %}\n c",
    "  {%+ if true %}x{% endif %}",
    "{% for i in [1,2] %}\n{{ i }}\n{% endfor %}\nend\n\n",
    "{{ 1 }}\n{{ 2 }}\n",
    "\n\n{{ 1 }}\n\n",
    "x {#- c #} y {# c -#} z",
    "x\n  {# c #}  \ny",
    "{% set x %}\n  a\n{% endset %}[{{ x }}]",
    "{%- raw -%}  {{ x }}  {%- endraw -%}  z",
    "a\r\nb\r{% if true %}\r\nc{% endif %}\n",
    "a {% raw %} {{ 1 }} {% endraw %}\n b",
    "\t{% if true %}\t{% endif %}\t|",
    "a{{ 1 }}  {% if true %}b{% endif %}",
    "{{- 1 }}  \n  {{- 2 -}}  \n {{ 3 }}",
    "",
    "\n",
    "no tags at all\n",
    "{ {% if true %}{ {% endif %}} }",
    "{% if true %}{%- endif %}\n\nx",
]

BROKEN = [
    "{{", "{% if %}", "{% if true %}", "{% endif %}", "{{ 1 + }}", "{{ (1 }}", "{{ 1 ) }}", "{{ 'a }}", "{# never",
    "{% for x %}{% endfor %}", "{% for x in [1] %}", "{% set %}", "{% unknown %}", "{{ a b }}", "{{ 'x'|nofilter }}",
    "{{ 1 is notest }}", "{% macro f( %}{% endmacro %}", "{{ [1, }}", "{{ {1} }}", "{% break %}", "{{ f(a=1, 2) }}",
    "{% set true = 1 %}", "{{ $ }}", "{% raw %}x", "{{ a[] }}", "{% else %}", "{% if true %}{% endfor %}",
    "{% macro f(a=1, b) %}{% endmacro %}", "{{ 'a' is is }}", "{% for x in y z %}{% endfor %}", "{{ }}", "{% %}",
]


def case(name, template, variables, values):
    result = {"name": name, "template": template, "variables": variables}
    try:
        return result | {"text": _compile_jinja_template(template).render(**values)}
    except Exception:
        return result | {"fails": True}


def split(lines):
    """The templates of SMALL: a line that does not begin with a tag goes on with the one before it."""
    templates = []
    for line in lines.strip().split("\n"):
        if line.startswith(("{{", "{%", "{#")) or (templates and line.startswith("a {#")):
            templates.append(line)
        else:
            templates[-1] += "\n" + line
    return templates


def main():
    HERE.mkdir(exist_ok=True)
    special = {"bos_token": "<s>", "eos_token": "</s>", "documents": None}
    variables = {}
    for conversation, messages in CONVERSATIONS.items():
        tools = [TOOL] if conversation == "tools" else None
        common = special | {"messages": messages, "tools": tools}
        variables[conversation] = common | {"add_generation_prompt": False}
        variables[conversation + ", prompt"] = common | {"add_generation_prompt": True, "enable_thinking": False}
    plain = variables["turns"] | {"add_generation_prompt": True, "user": USER}
    variables["plain"] = plain
    cases = []
    for name, template in FAMILIES.items():
        for values in variables:
            if values != "plain":
                cases.append(case(f"{name}, {values}", template, values, variables[values]))
    for kind, templates in (("small", split(SMALL)), ("whitespace", WHITESPACE), ("broken", BROKEN)):
        for number, template in enumerate(templates):
            cases.append(case(f"{kind} {number}", template, "plain", plain))
    # A family's text stands once.
    texts = list(dict.fromkeys(case["template"] for case in cases))
    for case_ in cases:
        case_["template"] = texts.index(case_["template"])
    document = {"templates": texts, "variables": variables, "cases": cases}
    (HERE / "templates.json").write_text(json.dumps(document, ensure_ascii=False, indent=0) + "\n")
    print(len(cases), "cases,", sum("fails" in case for case in cases), "of them fail")


if __name__ == "__main__":
    main()
