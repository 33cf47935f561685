// The arguments of options mean the same in every command, and what is not meant is refused.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  parseDecimal,
  toCount,
  toList,
  toListOf,
  toNumber,
  toNumberWithin,
  toWholeWithin,
} from '../../../dist/cli/arguments.js';
import { InvalidArgumentError } from '../../../dist/vendor/commander-node.js';

const takes = (parse, cases) => {
  for (const [text, value] of Object.entries(cases)) assert.deepEqual(parse(text), value, `'${text}'`);
};
const refuses = (parse, texts, message) => {
  for (const text of texts) {
    assert.throws(
      () => parse(text),
      (e) => e instanceof InvalidArgumentError && message.test(e.message),
      `'${text}'`,
    );
  }
};

const NOT_NUMBERS = [
  '',
  ' ',
  'many',
  '0x10',
  '0b1',
  '1_000',
  '1,5',
  'NaN',
  'Infinity',
  '-Infinity',
  '1e999',
  '1 2',
  '.',
];

describe('an argument', () => {
  it('that is a number is a finite decimal number', () => {
    takes(toNumber, { 0: 0, '-1.5': -1.5, '.5': 0.5, '5.': 5, '1e-3': 0.001, '+2E2': 200, ' 7 ': 7 });
    refuses(toNumber, NOT_NUMBERS, /^Expected a number\.$/);
    for (const text of NOT_NUMBERS) assert.ok(Number.isNaN(parseDecimal(text)), text);
  });

  it('that is a number of a range lies within it', () => {
    takes(toNumberWithin(0, 1), { 0: 0, 1: 1, 0.25: 0.25 });
    refuses(toNumberWithin(0, 1), ['-0.1', '1.1', '1e300'], /^Expected a number from 0 to 1\.$/);
    refuses(toNumberWithin(0, 1), NOT_NUMBERS, /^Expected a number\.$/);
  });

  it('that counts something is whole', () => {
    takes(toCount, { 1: 1, 12: 12, '1e3': 1000, '2.0': 2 });
    refuses(toCount, ['0', '-1', '2.5', '1e-1', ...NOT_NUMBERS], /^Expected a whole number of at least 1\.$/);
    takes(toWholeWithin(0, 4), { 0: 0, 4: 4 });
    refuses(toWholeWithin(0, 4), ['5', '-1', '2.5', ...NOT_NUMBERS], /^Expected a whole number from 0 to 4\.$/);
  });

  it('that is a list has no empty names, and one at least', () => {
    takes(toList, { a: ['a'], 'a,b': ['a', 'b'], ' a , b c ,': ['a', 'b c'], ',,a,': ['a'] });
    refuses(toList, ['', ' ', ',', ' , ,'], /got an empty one/);
    takes(toListOf(toCount), { '1,2,': [1, 2] });
    refuses(toListOf(toCount), ['1,2.5'], /whole number/);
    refuses(toListOf(toCount), [','], /got an empty one/);
  });
});
