// Names of families: words that tell them apart, in any language, and no secret of a single prompt.
import assert from 'node:assert/strict';
import test from 'node:test';
import { FamilyWords } from '../../../dist/building/family-words.js';

/** Returns the names of families, given as lists of prompts. */
function namesOf(...families) {
  const words = new FamilyWords(families.length);
  for (const [family, prompts] of families.entries()) for (const prompt of prompts) words.add(family, prompt);
  return words.names();
}

const times = (count, promptOf) => Array.from({ length: count }, (_, i) => promptOf(i));

test('names families by their own words, with the usual spelling', () => {
  const [sql, mail] = namesOf(
    times(12, (i) => `Write a SQL query for table t${i}: the customers of region ${i}`),
    times(12, (i) => `Please summarise this mail of ${i} lines for the manager`),
  );
  assert.match(sql, /\bSQL\b/);
  assert.match(mail, /summarise|mail/);
  for (const name of [sql, mail]) {
    assert.ok(name.split(' / ').length <= 3, name);
    assert.doesNotMatch(name, /\d|\b(the|a|of|for|this|please)\b/i);
  }
});

test('takes no capital that only begins a sentence', () => {
  const [name] = namesOf(
    times(12, (i) => `Assign to Berlin: ${i}. Assign`),
    times(12, (i) => `translate poem ${i}`),
  );
  assert.deepEqual(name.split(' / ').sort(), ['Berlin', 'assign']);
});

test('names families in other languages and scripts', () => {
  const names = namesOf(
    times(9, (i) => `Schreibe eine Anzeige für das Produkt ${i} und nenne die Vorteile`),
    times(9, (i) => `请把下面的合同翻译成英文 ${i}`),
    times(9, (i) => `اكتب رسالة شكر إلى العميل رقم ${i}`),
    times(9, (i) => `Напиши функцию сортировки номер ${i}`),
  );
  assert.match(names[0], /Anzeige|Produkt|Vorteile/);
  assert.match(names[1], /\p{Script=Han}{2}/u);
  assert.match(names[2], /\p{Script=Arabic}{3}/u);
  assert.match(names[3], /функцию|сортировки|Напиши/);
  assert.equal(new Set(names).size, 4);
});

test('takes no word that only few prompts have', () => {
  const [name] = namesOf(
    times(40, (i) => (i < 2 ? 'Invoice of Mrs Zebulon Quatermain' : `Invoice number ${i}`)),
    times(40, (i) => `Recipe number ${i}`),
  );
  assert.doesNotMatch(name, /Zebulon|Quatermain/);
});

test('numbers families without words of their own, and never repeats a name', () => {
  const same = times(10, () => 'the same prompt everywhere');
  const names = namesOf(same, same, ['1 2 3'], []);
  assert.equal(new Set(names).size, 4);
  assert.deepEqual(names.slice(2), ['family 3', 'family 4']);
});

test('is the same for any order of prompts', () => {
  const [one, two] = [times(20, (i) => `alpha beta ${'gamma '.repeat(i % 3)}`), times(20, (i) => `delta epsilon ${i}`)];
  assert.deepEqual(namesOf(one, two), namesOf(one.toReversed?.() ?? [...one].reverse(), two));
});

test('bounds the work on a huge prompt', () => {
  const huge = `word ${'x'.repeat(100)} `.repeat(100_000);
  assert.equal(
    namesOf(
      times(4, () => huge),
      times(4, () => 'other text'),
    ).length,
    2,
  );
});

test('does not name two forms of one word', () => {
  const [name] = namesOf(
    times(10, () => 'translate the translation that translators translated'),
    times(10, () => 'bake the bread'),
  );
  assert.equal(name.split(' / ').length, 1, name);
});
