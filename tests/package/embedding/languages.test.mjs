// The rule that tells English from other languages, on texts of our own.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { languageOf } from '../../../dist/index.js';
import { everydayPrompts } from '../support/everyday.mjs';

const ENGLISH = [
  'What is the capital of Mongolia?',
  'define entropy',
  'play la vie en rose',
  'find me a table at La Trattoria for tonight',
  'directions from Los Angeles to San Francisco',
  'el nino effects on the climate of Peru',
  'a café near the Champs-Élysées that is naïve about déjà vu',
  'déjà vu',
  'São Paulo weather',
  'Müller',
  'Who was Ludwig van Beethoven?',
  'Translate "Guten Morgen, wie geht es Ihnen?" into English.',
  "What does 'je ne sais quoi' mean?",
  'Correct my German: Ich habe gestern nach Hause gegangen.',
  'Translate this error: "Le fichier est déjà ouvert par un autre utilisateur"',
  'Is "die" the article of "Katze", and "der" that of "Hund"?',
  'Explain the Greek letters α and β in α + β = γ.',
  'What does this say? привет',
  'die by the sword',
  'ha ha ha ha ha',
  'mm per min or rpm',
  'The pressure is 3 Pa, the current 20 mA, and z is de facto zero.',
];
const NEITHER = [
  '',
  '   ',
  '12 + 30 = ?',
  '∀x∈ℝ: x² ≥ 0',
  '🔥🔥',
  'git rebase --onto main feature',
  'ls -la /home/der/die/das',
  'const x = 1; return x;',
  '```\nder = die(das, und, nicht)\n```',
  'SELECT name FROM t WHERE la = 1 AND el = 2;',
  'asdkjh qwelkj zmxncb',
  'https://example.com/de/la/el/und',
  'lorem ipsum',
];
const OTHERS = {
  de: [
    'hallo',
    'danke schön',
    'Schreib mir ein Gedicht über den Herbst',
    'WIE WIRD DAS WETTER MORGEN IN BERLIN?',
    'wie kann ich in python eine liste sortieren',
    'Warum wirft mein Code den Fehler "undefined is not a function"?',
    'Kannst du mir bitte helfen, diesen Fehler zu finden?\n\nTraceback (most recent call last):\n  File "a.py", line 3\nNameError: x',
  ],
  fr: ['bonjour', 'Écris un mail pour demander des congés à mon chef', "Qu'est-ce que la photosynthèse ?"],
  es: ['hola', '¿Cuál es la capital de Mongolia?', 'resume este texto en tres puntos para mi jefe'],
  pt: ['obrigado', 'Como faço para trocar o pneu do meu carro?'],
  it: ['grazie mille', 'Scrivi una poesia sul mare per la mia ragazza'],
  nl: ['Wat is de hoofdstad van Mongolië en hoeveel mensen wonen er?'],
  pl: ['Napisz krótki wiersz o jesieni dla mojej córki'],
  tr: ['Moğolistan’ın başkenti neresi ve nüfusu ne kadar?'],
  cs: ['Napiš krátkou báseň o podzimu, prosím'],
  ro: ['Care este capitala Mongoliei și câți locuitori are?'],
  sv: ['Vad är huvudstaden i Mongoliet och hur många bor där?'],
  da: ['Hvad er hovedstaden i Mongoliet, og hvor mange bor der?'],
  fi: ['Mikä on Mongolian pääkaupunki ja montako asukasta siellä on?'],
  hu: ['Mi Mongólia fővárosa, és hányan laknak ott?'],
  id: ['Apa ibu kota Mongolia dan berapa banyak penduduknya?'],
  vi: ['Thủ đô của Mông Cổ là gì?'],
  sw: ['Mji mkuu wa Mongolia ni upi na una watu wangapi kwa sasa?'],
  ru: [
    'привет',
    'Напиши стихотворение о море',
    'Исправь код:\n\nfor i in range(3):\n    print(i)\n    return the list of words',
  ],
  uk: ['Напиши вірш про море та її берег'],
  el: ['Ποια είναι η πρωτεύουσα της Ελλάδας;'],
  ar: ['مرحبا', 'ما هي عاصمة المغرب؟'],
  fa: ['پایتخت ایران کجاست؟'],
  he: ['מהי בירת צרפת?'],
  hi: ['भारत की राजधानी क्या है?'],
  te: ['భారతదేశ రాజధాని ఏది?'],
  th: ['ประเทศไทยมีกี่จังหวัด?'],
  zh: ['你好', '用Python写一个快速排序的函数：def sort(list)'],
  ja: ['日本の首都はどこですか', '東京'.concat('はどこにありますか')],
  ko: ['안녕하세요', '대한민국의 수도는 어디입니까?'],
};

describe('the language of a text', () => {
  for (const text of ENGLISH) {
    it(`is English: ${JSON.stringify(text)}`, async () => assert.equal(await languageOf(text), undefined));
  }
  for (const text of NEITHER) {
    it(`is in no language: ${JSON.stringify(text)}`, async () => assert.equal(await languageOf(text), undefined));
  }
  for (const [language, texts] of Object.entries(OTHERS)) {
    for (const text of texts) {
      it(`is ${language}: ${JSON.stringify(text)}`, async () => assert.equal(await languageOf(text), language));
    }
  }
});

describe('the rule for languages', () => {
  it('takes everyday prompts in English for English, but for those that are in another language', async () => {
    const wrong = [];
    for (const { prompt } of everydayPrompts()) if ((await languageOf(prompt)) !== undefined) wrong.push(prompt);
    assert.deepEqual(
      wrong.map((prompt) => prompt.slice(0, 11)),
      ['Erkläre mir', '请帮我写一封辞职信,语', 'اكتب لي خطة'],
    );
  });

  it('reads the beginning of a long text only', async () => {
    const german = 'Schreibe mir bitte ein Gedicht über den Herbst und die Blätter. ';
    assert.equal(
      await languageOf(`${german.repeat(200)}${'The leaves of the trees are what I like. '.repeat(5e4)}`),
      'de',
    );
    assert.equal(
      await languageOf(`${'What I like about the trees is this. '.repeat(1000)}${german.repeat(1000)}`),
      undefined,
    );
  });

  it('ends on texts that are made to be slow', async () => {
    for (const part of [
      '"',
      '`',
      '{',
      "a'",
      '«',
      'a-',
      '\n',
      'é',
      'http://',
      '$',
      'a@',
      ' ',
      '“a',
      'e\u0301',
      '\ud800',
    ]) {
      assert.ok([undefined, 'und', 'fr'].includes(await languageOf(part.repeat(3e5))), part);
    }
  });
});
