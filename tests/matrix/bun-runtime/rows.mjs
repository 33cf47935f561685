export const group = 'runtimes';
export const rows = [
  {
    title: 'Bun {bun}',
    uses: ['Router', 'WorkerRouter', 'require'],
    run: (project) =>
      Object.assign(
        {},
        ...['script.js', 'require.cjs'].map((script) => JSON.parse(project.run('bun', ['run', script]))),
      ),
  },
];
