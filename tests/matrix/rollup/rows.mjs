export const group = 'bundlers';
export const rows = [
  {
    title: 'Rollup {rollup}',
    uses: ['Router', 'WorkerRouter', 'own entry'],
    needs: '[the files beside the page](#files-beside-the-page)',
    run: (project, pages) => {
      project.run('rollup', ['--config', '--silent']);
      project.copy('node_modules/signalbox/dist', 'dist/signalbox');
      project.copy('index.html', 'dist/index.html');
      return pages.visitFolder(project.path('dist'));
    },
  },
];
