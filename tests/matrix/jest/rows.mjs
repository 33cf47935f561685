import { readFileSync, rmSync } from 'node:fs';

export const group = 'tests and types';
export const rows = [
  {
    title: 'Jest {jest}, node',
    uses: ['Router', 'bytes'],
    needs: '`NODE_OPTIONS=--experimental-vm-modules`',
    run: (project) => {
      const said = project.path('said.json');
      rmSync(said, { force: true });
      project.run('jest', ['--env', 'node'], { NODE_OPTIONS: '--experimental-vm-modules' });
      return JSON.parse(readFileSync(said, 'utf8'));
    },
  },
];
