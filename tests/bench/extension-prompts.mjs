// Made-up prompts of many kinds for the extension's benchmark. They are not samples from a public benchmark.
import { Random } from '../../dist/evaluation/random.js';
import { Router } from '../../dist/index.js';

const SLOTS = {
  n: Array.from({ length: 180 }, (_, i) => String(i + 11)),
  language: ['Python', 'Rust', 'TypeScript', 'Go', 'SQL', 'Haskell', 'C++', 'Kotlin'],
  thing: ['a queue', 'a linked list', 'a binary tree', 'a hash table', 'a cache', 'a parser', 'a matrix', 'a graph'],
  topic: ['photosynthesis', 'inflation', 'plate tectonics', 'vaccines', 'black holes', 'the gold standard', 'enzymes'],
  person: ['a landlord', 'a customer', 'my teacher', 'a recruiter', 'the city council', 'an old friend', 'my team'],
  matter: ['a broken heater', 'a late delivery', 'a missed deadline', 'a new job', 'a noisy street', 'a lost parcel'],
  tongue: ['French', 'Japanese', 'Spanish', 'German', 'Portuguese', 'Turkish', 'Polish'],
  place: ['Lisbon', 'Kyoto', 'the Alps', 'Iceland', 'Morocco', 'Patagonia', 'Scotland'],
};

const KINDS = [
  'What is the remainder when {n} times {n} is divided by {n}?',
  'A train leaves at {n} km/h and another follows at {n} km/h after {n} minutes. When do they meet? Show each step.',
  'How many ways are there to choose {n} books out of {n} when two of them must stay together?',
  'Write a function in {language} that reverses {thing} in place, with {n} tests.',
  'Why does my {language} program with {thing} of {n} elements run out of memory? Explain how to find the cause.',
  'Translate into {tongue}: "I have waited {n} minutes for {person} because of {matter}."',
  'Write a polite letter to {person} about {matter}, in at most {n} words.',
  'Explain {topic} to a child of nine in {n} words, without using difficult words.',
  'Which of these is true of {topic}? (A) It was found {n} years ago. (B) It cannot be measured. (C) Neither.',
  'Plan a trip of {n} days to {place} for two people who like {topic}.',
  'Write a poem of {n} lines about {place} in the style of a sea shanty.',
  'If every member who dislikes {topic} lives in {place}, and {n} members live elsewhere, what follows?',
  'Summarise the arguments for and against {topic} that {person} in {place} would give, in {n} sentences.',
  'A patient of {n} years has had a fever for {n} hours and a rash since {matter}. What are the likely causes?',
  'List {n} facts about {place} as JSON with the keys "fact" and "year", and nothing else.',
  'Correct the grammar: "Me and {person} was discussing on {matter} since {n} days in {place}."',
];

/** Returns `count` distinct prompts, of each kind in turn. The same seed returns the same prompts. */
export function promptsOf(count, seed) {
  const random = new Random(seed);
  const prompts = new Set();
  for (let i = 0; prompts.size < count; ++i) {
    const kind = KINDS[i % KINDS.length];
    prompts.add(kind.replace(/\{(\w+)\}/g, (_, slot) => SLOTS[slot][random.below(SLOTS[slot].length)]));
  }
  return [...prompts];
}

/** Returns ratings as the extension stores them: the router's own picks for such prompts, a third rated as wrong. */
export async function judgedOf(count, seed) {
  const router = await Router.load();
  try {
    const judged = [];
    for (const [i, prompt] of promptsOf(count, seed).entries()) {
      const { model } = await router.route(prompt);
      judged.push({ id: `made-up-${i}`, prompt, outcomes: { [model]: i % 3 === 0 ? 0 : 1 }, at: 1.7e12 + i * 60_000 });
    }
    return judged;
  } finally {
    router.dispose();
  }
}
