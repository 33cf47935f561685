import { write } from './decides.js';

// On a busy machine, a load takes longer than the runner's 5 seconds.
test('routes', () => write('said.json'), 180_000);
