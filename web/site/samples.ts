/** Sample prompts, written for this page. */
export const SAMPLES: readonly { label: string; prompt: string }[] = [
  {
    label: 'Biology',
    prompt: 'Which hormone do the beta cells of the pancreas release when blood glucose rises?',
  },
  { label: 'Physics', prompt: 'A ball is dropped from a height of 20 m. How long does it fall?' },
  { label: 'Sports', prompt: 'Is this sentence about sports plausible: "The goalkeeper scored a home run"?' },
  {
    label: 'Economics',
    prompt: 'If it rains tomorrow, does demand for umbrellas move along its curve, or does the curve shift?',
  },
  { label: 'Instructions', prompt: 'Write a poem of exactly four lines without the letter e.' },
  { label: 'Off topic', prompt: 'my sourdough smells of nail varnish lol' },
];
