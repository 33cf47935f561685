export const group = 'bundlers';
export const rows = [
  {
    title: 'Rollup {rollup}',
    uses: ['Router', 'WorkerRouter', 'own entry'],
    needs: 'the folder `dist/` of the package copied beside the page, and `assets`',
    run: (project, pages) => {
      project.run('rollup', ['--config', '--silent']);
      project.copy('node_modules/signalbox/dist', 'dist/signalbox');
      project.copy('index.html', 'dist/index.html');
      return pages.visitFolder(project.path('dist'));
    },
  },
];
