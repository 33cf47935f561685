// Answers that are the same, as choices, numbers or texts, and texts without an answer.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { answerGroups, normalAnswer } from '../../../dist/routing/answers.js';

const SAME = [
  [
    'B',
    'b',
    '(B)',
    ' (b) ',
    '[B]',
    'B.',
    'B)',
    '**B**',
    '(B) Paris',
    'B) Paris',
    'The answer is B',
    'The answer is (B).',
  ],
  ['The correct answer is: **B**', 'Let me think.\nSo the final answer is (B) Paris.', 'Answer: B', '**Answer:** B'],
  [
    '42',
    '42.0',
    '42.',
    '+42',
    '042',
    '$42',
    '42.00',
    ' 42 ',
    '`42`',
    'The answer is 42.',
    'So we get\n#### 42',
    '４２',
    '٤٢',
    '४२',
  ],
  ['We find $\\boxed{42}$.', '\\boxed{42}', 42, '4.2e1'],
  ['1,234', '1234', '1 234', '1\u00a0234', '1234.0', '$1,234.00', 1234],
  ['-5', '\u22125', '-5.0', -5],
  ['0', '-0', '0.0', '.0', -0],
  ['.5', '0.5', '0.50', 0.5],
  ['Paris', 'paris', ' Paris. ', '"Paris"', 'The answer is Paris', '**Paris**'],
  ['a  b\nc', 'A b c'],
  ['\\boxed{\\frac{1}{2}}', 'The result is \\boxed{\\frac{1}{2}}.'],
];
/** Lists whose first items mean the same. */
const JOINED = [
  [0, 1],
  [2, 3],
];

it('gives the same answers one form', () => {
  for (const list of SAME) {
    const forms = list.map(normalAnswer);
    assert.deepEqual(new Set(forms).size, 1, JSON.stringify(list.map((answer, i) => [answer, forms[i]])));
    assert.notEqual(forms[0], null);
  }
  for (const [a, b] of JOINED) assert.equal(normalAnswer(SAME[a][0]), normalAnswer(SAME[b][0]));
  const merged = new Set(JOINED.map(([, b]) => b));
  const distinct = SAME.filter((_, i) => !merged.has(i)).map(([answer]) => normalAnswer(answer));
  assert.equal(new Set(distinct).size, distinct.length, distinct.join(' | '));
});

it('keeps different answers apart', () => {
  const different = [
    ...[
      'A',
      'B',
      '1',
      '10',
      '1.5',
      '-1',
      '1e400',
      '12345678901234567890',
      '12345678901234567891',
      '0.1',
      '0.10000000000000001',
    ],
    ...[
      '42%',
      '42 km',
      '1/2',
      '1.234,5',
      '1,23',
      '12,34',
      'A dog',
      'The answer is a dog and B',
      'no',
      'not',
      'c++',
      'c#',
      '?',
      '...!?x',
    ],
  ];
  const forms = different.map(normalAnswer);
  assert.equal(new Set(forms).size, different.length, forms.join(' | '));
});

it('takes nothing, blanks and marks alone for no answer', () => {
  for (const empty of [null, undefined, '', '  ', '\n', '**', '""', '...', '\u00a0'])
    assert.equal(normalAnswer(empty), null);
});

it('is the same however often it is applied, and quick for hostile texts', () => {
  for (const answer of SAME.flat()) {
    const form = normalAnswer(answer);
    assert.equal(normalAnswer(form), form, String(answer));
  }
  for (const hostile of [
    '\\boxed{'.repeat(1e5),
    '{'.repeat(1e6),
    '*'.repeat(1e6),
    ' '.repeat(1e6),
    '1,'.repeat(5e5),
    'the answer is '.repeat(1e5),
    '\ud800',
    '\n'.repeat(1e6),
    '#### '.repeat(1e5),
  ]) {
    normalAnswer(hostile);
  }
});

it('numbers the answers of each prompt, -1 without one', () => {
  const info = { models: [{ name: 'maker/one' }, { name: 'maker/two' }, { name: 'maker/three' }] };
  const groups = answerGroups(
    [{ 'maker/one': 'B', 'maker/three': '(b)' }, { 'maker/one': '', 'maker/two': '7', 'maker/three': 8 }, {}],
    3,
    info,
  );
  assert.deepEqual([...groups], [0, -1, 0, -1, 0, 1, -1, -1, -1]);
});
