// Finds the question within the prompt that a harness sent.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromDocument, lastTurn, withoutDescription } from '../../../dist/importing/question.js';

describe('the question of a prompt', () => {
  it('is the last turn of a user', () => {
    const templates = [
      (user, answer) => `<|im_start|>user\n${user}<|im_end|>\n<|im_start|>assistant\n${answer}<|im_end|>\n`,
      (user, answer) =>
        `<|start_header_id|>user<|end_header_id|>\n\n${user}<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n${answer}<|eot_id|>`,
      (user, answer) => `<start_of_turn>user\n${user}<end_of_turn>\n<start_of_turn>model\n${answer}<end_of_turn>\n`,
      (user, answer) => `[INST] ${user} [/INST] ${answer}</s>`,
    ];
    for (const turn of templates) {
      const found = lastTurn(turn('What is 1 + 1?', '2') + turn('What is 4 + 1?', '')) ?? '';
      assert.ok(found.trimStart().startsWith('What is 4 + 1?'), found);
      assert.equal(lastTurn(turn('What is 4 + 1?', '')), undefined);
    }
  });

  it('begins with its first text in the document, however short', () => {
    const choices = ['geese fly south in winter', 'spiders have eight legs'];
    const asked = `Which flies?\nA. ${choices[0]}\nB. ${choices[1]}`;
    const document = { question: 'Which flies?', choices };
    assert.equal(fromDocument(`What is tall?\nA hill\n\n${asked}`, document), asked);
    assert.equal(fromDocument(asked, document), asked);
    const short = { question: 'Which flies?', answer: 'geese' };
    assert.equal(fromDocument('What is tall?\ngeese\n\nWhich flies?\n', short), 'Which flies?\n');
    assert.equal(fromDocument('What is tall?\ngeese\n', short), undefined);
  });

  it('stands behind the description of its task', () => {
    assert.equal(withoutDescription('Count with care.\n\nOne?', 'Count with care.'), 'One?');
    assert.equal(withoutDescription('One?', 'Count with care.'), 'One?');
    assert.equal(withoutDescription('One?', ''), 'One?');
  });
});
