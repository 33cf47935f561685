const STRICT = [
  '--strict',
  '--exactOptionalPropertyTypes',
  '--skipLibCheck',
  'false',
  '--noEmit',
  '--target',
  'es2022',
];
/** Resolutions, with and without the libraries of a page. */
const SETTINGS = {
  nodenext: ['--module', 'nodenext', '--types', ''],
  bundler: ['--module', 'esnext', '--moduleResolution', 'bundler', '--types', ''],
  'without DOM': ['--module', 'nodenext', '--types', 'node', '--lib', 'es2022,esnext.disposable'],
};

/** Compiles with each setting; a refusal is the failure. */
const by = (version) => (project) => {
  const results = {};
  for (const [name, settings] of Object.entries(SETTINGS)) {
    const tsc = project.path(`node_modules/typescript-${version}/bin/tsc`);
    try {
      project.run('node', [tsc, ...STRICT, ...settings, 'app.ts']);
      results[name] = { value: 'compiles' };
    } catch (error) {
      results[name] = { failure: error.message };
    }
  }
  return results;
};

export const group = 'tests and types';
export const rows = ['5.7', '5.9', '6', '7'].map((version) => ({
  title: `TypeScript {typescript-${version}}`,
  uses: Object.keys(SETTINGS),
  run: by(version),
}));
