// The examples of integrations run against a local provider, and docs/integrations.md shows them as they are.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { after, before, describe, test } from 'node:test';
import { root } from '../../scripts/setup.mjs';
import { startProvider } from './fake-provider.mjs';
import { installedProject } from './project.mjs';

const EXAMPLES = path.join(root, 'examples');
const FOLDERS = readdirSync(EXAMPLES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
/** Integrations are one script; the others are apps (example-apps.test.mjs). */
const INTEGRATIONS = FOLDERS.filter(({ name }) => existsSync(path.join(EXAMPLES, name, 'index.mjs')));
/** Examples whose packages another project of the tests has. */
const PROJECTS = { 'ai-sdk': 'ai-sdk-6' };

/** Runs a module; resolves with its exit code and what it printed. */
async function run(file, env) {
  const child = spawn(process.execPath, [file], { env: { ...process.env, ...env } });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      printed += text;
    });
  }
  const code = await new Promise((resolve) => child.on('close', resolve));
  return { code, printed };
}

test('each example can be copied, and is on the page of the examples', () => {
  const page = readFileSync(path.join(EXAMPLES, 'README.md'), 'utf8');
  for (const { name } of FOLDERS) {
    const { scripts, dependencies } = JSON.parse(readFileSync(path.join(EXAMPLES, name, 'package.json'), 'utf8'));
    assert.ok('start' in scripts && 'signalbox' in dependencies, name);
    assert.ok(existsSync(path.join(EXAMPLES, name, 'README.md')), name);
    assert.ok(page.includes(`| [${name}](${name}) |`), name);
  }
});

describe('examples', () => {
  let provider;
  before(async () => {
    provider = await startProvider();
  });
  after(() => provider.close());

  for (const { name } of INTEGRATIONS) {
    const file = path.join(EXAMPLES, name, 'index.mjs');

    test(`${name} is on the page of the documentation`, () => {
      const page = readFileSync(path.join(root, 'docs/integrations.md'), 'utf8');
      assert.ok(page.includes(readFileSync(file, 'utf8').trim()));
    });

    test(`${name} runs`, async (t) => {
      const project = await installedProject(PROJECTS[name] ?? name);
      if (project === undefined) return t.skip('skipped: no registry');
      const { dependencies } = JSON.parse(readFileSync(path.join(EXAMPLES, name, 'package.json'), 'utf8'));
      const installed = JSON.parse(readFileSync(path.join(project.folder, 'package.json'), 'utf8')).dependencies;
      assert.deepEqual(
        Object.keys(dependencies).filter((one) => one !== 'signalbox' && !(one in installed)),
        [],
      );
      const copy = path.join(project.folder, 'example.mjs');
      copyFileSync(file, copy);
      const { code, printed } = await run(copy, { OPENAI_API_KEY: 'none', OPENAI_BASE_URL: provider.url });
      assert.equal(code, 0, printed);
      assert.match(printed, /gpt-5|\w+\/\S+\. /);
    });
  }
});
