import { readFileSync, rmSync } from 'node:fs';

const within = (environment) => ({
  title: `Vitest {vitest}, ${environment}`,
  uses: ['Router', 'bytes'],
  run: (project) => {
    const said = project.path('said.json');
    rmSync(said, { force: true });
    project.run('vitest', ['run', '--environment', environment]);
    return JSON.parse(readFileSync(said, 'utf8'));
  },
});

export const group = 'tests and types';
/** Vitest and jsdom need a newer Node.js than the package. */
export const project = { node: '24' };
export const rows = ['node', 'happy-dom', 'jsdom'].map(within);
