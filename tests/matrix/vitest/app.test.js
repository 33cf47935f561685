import { expect, it } from 'vitest';
import { write } from './decides.js';

it('routes', async () => {
  await write('said.json');
  expect(typeof Response).toBe('function');
});
