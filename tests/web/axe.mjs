// Returns axe-core's findings in a page as sentences. The page's content security policy does not apply to axe-core.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** `selector` limits the search to an element. */
export async function violations(page, selector = 'html') {
  await page.raw.evaluate(source);
  return page.evaluate(async (within) => {
    // Without the other results, whose elements it would describe, too.
    const { violations: found } = await globalThis.axe.run(within, { resultTypes: ['violations'] });
    return found.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' | ')}`,
    );
  }, selector);
}
