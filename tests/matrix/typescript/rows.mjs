/** Resolutions, and a project without the libraries of a page; each is the name of a configuration. */
const SETTINGS = ['nodenext', 'bundler', 'no-dom'];

/** Compiles with each configuration; a refusal is the failure. */
const by = (version) => (project) => {
  const tsc = project.path(`node_modules/typescript-${version}/bin/tsc`);
  const compile = (name) => {
    try {
      project.run('node', [tsc, '--project', `${name}.json`]);
      return { value: 'compiles' };
    } catch (error) {
      return { failure: error.message };
    }
  };
  return Object.fromEntries(SETTINGS.map((name) => [name, compile(name)]));
};

export const group = 'tests and types';
export const rows = ['5.7', '5.9', '6', '7'].map((version) => ({
  title: `TypeScript {typescript-${version}}`,
  uses: SETTINGS,
  run: by(version),
}));
