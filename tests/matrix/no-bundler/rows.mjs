import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { serve } from '../pages.mjs';

/** Writes the page, whose import map names the package's script; returns the hash of the map for the policy. */
function writePage(project, script, isTyped) {
  const map = JSON.stringify({ imports: { signalbox: script } });
  const typed = isTyped ? '<script src="./trusted-types.js"></script>' : '';
  const html = `<!doctype html><html lang="en"><head><title>A page</title><link rel="icon" href="data:,">${typed}
    <script type="importmap">${map}</script><script type="module" src="./main.js"></script></head><body></body></html>`;
  writeFileSync(project.path('index.html'), html);
  return `'sha256-${createHash('sha256').update(map).digest('base64')}'`;
}

/** Visits the page under a policy that allows nothing beyond what it needs of the package's origin. */
function visit(project, pages, { script, other, worker, browser, isTyped = false }) {
  const hash = writePage(project, script, isTyped);
  const policy = [
    "default-src 'none'; img-src data:",
    `script-src 'self' ${other} ${hash} 'wasm-unsafe-eval'`,
    `connect-src ${other}`,
    `worker-src ${worker}`,
    ...(isTyped ? ["require-trusted-types-for 'script'; trusted-types default"] : []),
  ];
  return pages.visitFolder(project.folder, { policy: policy.join('; '), browser });
}

const LOCAL = { script: './node_modules/signalbox/dist/web/signalbox.js', other: "'self'", worker: "'self'" };

const rowsOf = (browser, name) => [
  {
    title: `import map, ${name}`,
    uses: ['Router', 'WorkerRouter'],
    needs: '[one line](#without-a-bundler)',
    run: (project, pages) => visit(project, pages, { ...LOCAL, browser }),
  },
  {
    title: `import map with the package at another origin, ${name}`,
    uses: ['Router', 'WorkerRouter'],
    needs: 'an origin that allows its files to be read (CORS)',
    run: async (project, pages) => {
      const headers = { 'Access-Control-Allow-Origin': '*' };
      const { origin, close } = await serve(project.path('node_modules/signalbox/dist'), headers);
      const other = { script: `${origin}/web/signalbox.js`, other: origin, worker: `blob: ${origin}` };
      return visit(project, pages, { ...other, browser }).finally(close);
    },
  },
];

export const group = 'pages';
export const rows = [
  ...rowsOf('chromium', 'Chromium'),
  ...rowsOf('firefox', 'Firefox'),
  {
    title: "`require-trusted-types-for 'script'`",
    uses: ['Router', 'WorkerRouter'],
    needs: '[a default policy](#content-security-policy) for `WorkerRouter`',
    run: (project, pages) => visit(project, pages, { ...LOCAL, browser: 'chromium', isTyped: true }),
  },
];
