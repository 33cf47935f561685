export const group = 'frameworks';
/** SvelteKit needs a newer Node.js than the package. */
export const project = { node: '24' };
export const rows = [
  {
    title: 'SvelteKit {@sveltejs/kit}, client and server',
    uses: ['Router', 'WorkerRouter', 'own entry', 'on the server'],
    run: async (project, pages) => {
      project.run('vite', ['build', '--logLevel', 'warn']);
      const origin = await project.serve('node', ['build'], { HOST: '127.0.0.1' });
      return { ...(await pages.visit(origin)), ...(await (await fetch(`${origin}/api`)).json()) };
    },
  },
];
