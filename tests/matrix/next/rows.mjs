const quiet = { NEXT_TELEMETRY_DISABLED: '1' };

export const group = 'frameworks';
export const rows = [
  {
    title: 'Next.js {next}, client',
    uses: ['Router', 'WorkerRouter', 'own entry'],
    run: async (project, pages) => {
      project.run('next', ['build'], quiet);
      project.origin = await project.serve('next', ['start', '--hostname', '127.0.0.1', '--port', 'PORT'], quiet);
      return pages.visit(project.origin);
    },
  },
  {
    title: 'Next.js {next}, server',
    uses: ['route handler', 'server component'],
    needs: "`serverExternalPackages: ['signalbox']`",
    run: async ({ origin }, pages) => ({
      ...(await (await fetch(`${origin}/api`)).json()),
      ...(await pages.visit(`${origin}/server`)),
    }),
  },
];
