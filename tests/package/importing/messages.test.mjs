// Finds the question in a conversation.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { promptText } from '../../../dist/importing/messages.js';

const turns = (...list) => list.map(([role, content]) => ({ role, content }));

describe('the question of a conversation', () => {
  it("is the user's turns after the last answer before them", () => {
    const cases = [
      [turns(['user', 'One?']), 'One?'],
      [turns(['system', 'Be brief.'], ['user', 'One?'], ['user', 'Two?']), 'One?\nTwo?'],
      [turns(['user', 'One?'], ['assistant', '1'], ['user', 'Two?']), 'Two?'],
      [
        turns(['Human', 'One?'], ['BOT', '1'], ['HUMAN', 'Two?'], ['system', 'Be brief.'], ['human', 'Or three?']),
        'Two?\nOr three?',
      ],
      // The beginning of the answer, or an empty turn for it.
      [turns(['user', 'One?'], ['assistant', '1'], ['user', 'Two?'], ['assistant', 'It is']), 'Two?'],
      [turns(['user', 'One?'], ['assistant', 'looks it up'], ['tool', '1'], ['assistant', '']), 'One?'],
    ];
    for (const [messages, question] of cases) assert.equal(promptText(messages), question);
  });

  it('is all text without a user turn, and nothing for other values', () => {
    assert.equal(promptText(turns(['system', 'Continue:'], ['', 'Once upon a time'])), 'Continue:\nOnce upon a time');
    assert.equal(promptText('plain'), 'plain');
    for (const other of [undefined, null, 5, [], ['text'], {}]) assert.equal(promptText(other), undefined);
  });

  it('has the text parts of a turn only', () => {
    const image = { type: 'image_url', image_url: { url: 'data:' } };
    const content = [{ type: 'text', text: 'Who is' }, image, 'this?', [{ text: 'And that?' }]];
    assert.equal(promptText([{ role: 'user', content }]), 'Who is\nthis?\nAnd that?');
    assert.equal(promptText([{ role: 'user', content: [image] }]), '');
  });
});
