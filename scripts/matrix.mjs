// `npm run matrix`: packs the package, uses it in fresh projects of many tools, and prints what works where.
//   npm run matrix                  all tools; takes half an hour and some GB in build/matrix
//   npm run matrix -- vite next     the tools of these folders of tests/matrix
// Fails if a row of the tables in docs/bundlers.md does not work as the page says.
import process from 'node:process';
import { setUp } from './setup.mjs';

try {
  setUp('all');
  const { GROUPS, readTools, runTools, tableOf } = await import('../tests/matrix/matrix.mjs');
  const { pack } = await import('../tests/matrix/projects.mjs');
  const tools = await readTools();
  const names = process.argv.slice(2);
  for (const name of names) {
    if (!Object.hasOwn(tools, name)) throw new Error(`got '${name}', expected ${Object.keys(tools).join(', ')}`);
  }
  const wanted = names.length === 0 ? tools : Object.fromEntries(names.map((name) => [name, tools[name]]));
  pack();
  let broken = 0;
  await runTools(wanted, (title, failure) => {
    broken += failure === '' ? 0 : 1;
    console.error(`${failure === '' ? 'works' : 'FAILS'}  ${title}${failure === '' ? '' : `\n${failure}\n`}`);
  });
  if (broken > 0) throw new Error(`${broken} rows do not work as docs/bundlers.md says`);
  for (const group of GROUPS) {
    const table = tableOf(wanted, group);
    if (table.split('\n').length > 2) console.log(`${group}\n\n${table}\n`);
  }
} catch (error) {
  console.error(`signalbox matrix: ${error.message}`);
  process.exitCode = 1;
}
