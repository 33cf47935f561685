// The options of `signalbox plan`: how people write amounts, and what is refused before anything is read.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { toDollars, toPoints, toShare, toVolume } from '../../../dist/cli/plan-options.js';
import { folder, inOwnFolders, run, write } from '../building/fixtures.mjs';

const refuses = (parse, texts, pattern) => {
  for (const text of texts) assert.throws(() => parse(text), pattern, `'${text}'`);
};

describe('amounts', () => {
  it('are points with or without their name', () => {
    for (const [text, points] of Object.entries({
      1: 1,
      '1pt': 1,
      ' 1.5 points ': 1.5,
      '.5pts': 0.5,
      '1 Point': 1,
      0: 0,
      '1e1': 10,
      100: 100,
    })) {
      assert.equal(toPoints(text), points, text);
    }
    refuses(toPoints, ['', 'pt', '-1', '101', '1%', '0x10', '1,5', 'NaN', 'Infinity', '1 pt pt'], /percentage points/);
  });

  it('are shares with a sign, or below 1', () => {
    for (const [text, share] of Object.entries({
      '30%': 0.3,
      '30 %': 0.3,
      '.3': 0.3,
      0.3: 0.3,
      '0%': 0,
      '100%': 1,
      '.5%': 0.005,
    })) {
      assert.equal(toShare(text), share, text);
    }
    refuses(toShare, ['', '30', '1', '101%', '-5%', '%', 'a third', '1e9%'], /a share, as in 30% or \.3/);
  });

  it('are dollars with or without their sign', () => {
    for (const [text, usd] of Object.entries({ 500: 500, $500: 500, '$ 0.5': 0.5, ' 1e3 ': 1000 })) {
      assert.equal(toDollars(text), usd, text);
    }
    refuses(toDollars, ['', '$', '0', '00', '-5', '$-5', '1,000', '500 EUR', '$1e400'], /US dollars above 0/);
    assert.equal(toVolume('100000'), 100_000);
    refuses(toVolume, ['', '0', '-1', '100k', '1,000', '1e13'], /a number of answers/);
  });
});

describe('wrong usage of signalbox plan', () => {
  inOwnFolders();

  const cases = {
    'prompts without --next': [['a.csv', '--prompts', 'b.csv'], /expected --next with a number/],
    'a choice without --next': [['a.csv', '--chosen', '3'], /expected --next with a number/],
    'no number of prompts': [['a.csv', '--next', '0'], /Expected a whole number from 1 to 10000/],
    'more chosen than all': [['a.csv', '--next', '3', '--chosen', '4'], /--chosen 4 is more than --next 3/],
    'a target for what to grade': [['a.csv', '--next', '3', '--save', '30%'], /cannot be combined with --save/],
    'a check and --next': [['a.sbx', '--next', '3', '--check', 'b.csv'], /cannot be combined with --check/],
    'a sheet with the name of an index': [
      ['a.csv', '--next', '3', '-o', 'plan.sbx'],
      /expected a name that ends in \.csv/,
    ],
    'a sheet in place of the prompts': [
      ['a.csv', '--next', '3', '--prompts', 'b.csv', '-o', 'b.csv'],
      /b\.csv is both data and output/,
    ],
    'a sheet without words': [
      ['a.csv', '--next', '3', '-o', 'b.csv', '--no-words'],
      /cannot be combined with --no-words/,
    ],
    'a log for several files': [['a.csv', 'b.csv', '--log', 'log.jsonl'], /--log has the prompts of one file/],
    'a log and a check': [['a.sbx', '--log', 'log.jsonl', '--check', 'b.csv'], /--log has the prompts of one file/],
    'no file': [[], /missing required argument 'files'/],
    'two targets': [
      ['a.csv', '--at-most', '1pt', '--save', '30%'],
      /'--at-most <points>' cannot be used with option '--save <share>'/,
    ],
    'a budget without a volume': [['a.csv', '--budget', '500'], /--budget is a sum for a month: expected --volume/],
    'a share that may be 1% or all': [['a.csv', '--save', '1'], /Expected a share, as in 30% or \.3/],
    'data where JSON goes': [['a.csv', '--json', 'b.csv'], /--json b\.csv: expected a name that ends in \.json/],
    'JSON and a table': [['a.csv', '--table', '--json'], /--json prints JSON only/],
    'texts without words': [['a.csv', '--texts', '--no-words'], /--texts stores prompts/],
    'one file for two outputs': [['a.csv', '-o', 'x.json', '--json=./x.json'], /x\.json is the name of two outputs/],
    'an output that is the data': [['a.csv', '--html', './a.csv'], /a\.csv is both data and output/],
    'an unknown option': [['a.csv', '--at-mots', '1'], /did you mean --at-most\?/],
    'an option of build': [['a.csv', '--max-rows', '10'], /unknown option '--max-rows'/],
  };
  for (const [what, [args, pattern]] of Object.entries(cases)) {
    it(`is ${what}`, async () => {
      write('a.csv', 'prompt,small,large\nhello,0,1\n');
      const { code, stdout, stderr } = await run(['plan', ...args]);
      assert.equal(code, 2, stderr);
      assert.match(stderr, pattern);
      assert.equal(stderr.trim().split('\n').length, 1);
      assert.equal(stdout, '');
      assert.deepEqual(readdirSync(folder), ['a.csv']);
      if (args.some((argument) => argument.startsWith('--json'))) {
        assert.equal(JSON.parse(stderr).error.code, 'invalid_argument');
      } else assert.match(stderr, /\(try 'signalbox plan --help'\)$/m);
    });
  }
});
