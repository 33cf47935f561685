import { expect, it } from 'vitest';
import { write } from './decides.js';

// On a busy machine, a load takes longer than the runner's 5 seconds.
it('routes', { timeout: 180_000 }, async () => {
  await write('said.json');
  expect(typeof Response).toBe('function');
});
