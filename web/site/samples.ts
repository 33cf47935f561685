/** Sample prompts, written for this page. */
export const SAMPLES: readonly { label: string; prompt: string }[] = [
  { label: 'SQL', prompt: 'Write a SQL query for the ten customers who spent the most last month.' },
  { label: 'Email', prompt: 'Write a friendly email to a customer whose parcel is two weeks late.' },
  { label: 'Health', prompt: 'My child has had a fever since yesterday. When should we see a doctor?' },
  { label: 'Physics', prompt: 'A ball is dropped from a height of 20 m. How long does it fall?' },
  { label: 'Poem', prompt: 'Write a poem of exactly four lines without the letter e.' },
  { label: 'Japanese', prompt: '日本の首都はどこですか。' },
];
