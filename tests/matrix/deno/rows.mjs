export const group = 'runtimes';
export const rows = [
  {
    title: 'Deno {deno}',
    uses: ['Router', 'WorkerRouter'],
    needs: '`--allow-read`',
    run: (project) => JSON.parse(project.run('deno', ['run', '--allow-read', '--no-prompt', 'script.js'])),
  },
];
