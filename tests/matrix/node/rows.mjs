import path from 'node:path';
import { nodeOf } from '../projects.mjs';

/** Runs the scripts by a version of Node.js, and returns what they print. */
const by = (version, scripts) => (project) => {
  const node = path.join(nodeOf(version), 'node');
  return Object.assign({}, ...scripts.map((script) => JSON.parse(project.run(node, [script]))));
};
const uses = ['Router', 'WorkerRouter', 'own entry', 'in a thread'];

export const group = 'runtimes';
export const rows = [
  { title: 'Node.js 20.15.1', uses, run: by('20.15.1', ['script.js', 'threads.js']) },
  ...['20.19', '22', '24', '26'].map((version) => ({
    title: `Node.js ${version}`,
    uses: [...uses, 'require'],
    run: by(version, ['script.js', 'threads.js', 'require.cjs']),
  })),
];
