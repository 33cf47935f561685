export const group = 'frameworks';
/** Angular needs a newer Node.js than the package. */
export const project = { node: '24' };
export const rows = [
  {
    title: 'Angular {@angular/core}',
    uses: ['Router', 'WorkerRouter', 'own entry'],
    needs: '[the files beside the page](#files-beside-the-page)',
    run: (project, pages) => {
      project.run('ng', ['build', '--no-progress']);
      return pages.visitFolder(project.path('dist'));
    },
  },
];
