import { write } from './decides.js';

test('routes', () => write('said.json'));
