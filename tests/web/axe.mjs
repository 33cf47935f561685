// What axe-core finds in a page, as sentences; nothing where all is well. Page scripts' own policy does not hold for it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** `selector`: only below it. */
export async function violations(page, selector = 'html') {
  await page.raw.evaluate(source);
  return page.evaluate(async (within) => {
    const { violations: found } = await globalThis.axe.run(within);
    return found.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' | ')}`,
    );
  }, selector);
}
