export const group = 'bundlers';
export const rows = [
  {
    title: 'esbuild {esbuild}',
    uses: ['Router', 'WorkerRouter', 'own entry'],
    needs: '[the files beside the page](#files-beside-the-page)',
    run: (project, pages) => {
      const entries = ['main.js', 'own-worker.js'];
      project.run('esbuild', [...entries, '--bundle', '--minify', '--format=esm', '--target=es2022', '--outdir=dist']);
      project.copy('node_modules/signalbox/dist', 'dist/signalbox');
      project.copy('index.html', 'dist/index.html');
      return pages.visitFolder(project.path('dist'));
    },
  },
];
