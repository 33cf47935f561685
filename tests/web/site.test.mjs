// The demo's first view: a decision at once, and with every change of the prompt and the settings.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { cardsAhead } from '../../scripts/ahead.mjs';
import { violations } from './axe.mjs';
import { describeSite } from './site-page.mjs';

/** Notes the first answer on the page, before the router has decided. Runs in the page. */
function noteFirstAnswer() {
  new MutationObserver((_, observer) => {
    const name = document.querySelector('.pick-model');
    if (name === null) return;
    observer.disconnect();
    window.firstAnswer = document.querySelector('.pick').textContent;
    window.isFirstAhead = document.querySelector('[data-pick]') === null;
  }).observe(document, { childList: true, subtree: true });
}

const isUpToDate = () => document.querySelector('[aria-busy="false"] [data-pick]') !== null;

const isPressed = (prompt) => document.querySelector('.samples [aria-pressed="true"]')?.title === prompt;

const picked = (page) => page.text('[data-pick]');

describeSite('the site', (site) => {
  it('opens with a routed sample, says what it looks like, and contacts no other host', async () => {
    const page = await site.open();
    const pick = await page.evaluate(() => document.querySelector('[data-pick]').dataset.pick);
    assert.match(pick, /^[a-z-]+\/[\w.-]+$/);
    assert.match(await page.text('.plain'), /This looks like writing SQL\./);
    assert.match(await page.text('[data-neighbours]'), /writing SQL/);
    await site.close(page);
  });

  it('routes typed prompts, also in scripts from right to left or without spaces', async () => {
    const page = await site.open();
    const loaded = page.requests.length;
    // Its beginning alone might be of any language.
    await page.paste('#prompt', 'Prove that the square root of 2 is irrational.');
    await page.until(() => document.querySelector('[data-neighbours]')?.textContent.includes('mathematics'));
    assert.equal(await page.evaluate(() => document.querySelector('.lamp.dark')), null);
    assert.deepEqual(page.requests.slice(loaded), [], 'routing sends nothing');
    for (const [text, words] of [
      ['ما هي عاصمة فرنسا؟', 'Read as Arabic.'],
      ['日本の首都はどこですか。', 'Read as Japanese.'],
    ]) {
      await page.type('#prompt', text);
      await page.until((wanted) => document.querySelector('.ask-answer')?.textContent.includes(wanted), words);
      assert.equal(await page.evaluate(() => document.querySelector('.lamp.dark')), null);
    }
    const withTable = page.requests.length;
    for (const [text, words] of [
      ['የኢትዮጵያ ዋና ከተማ ማን ናት?', "This language can't be read."],
      ['…?', 'There are no words in this prompt.'],
      ['', 'The prompt is empty.'],
    ]) {
      await page.type('#prompt', text);
      await page.until((wanted) => document.querySelector('.pick-verdict')?.textContent.includes(wanted), words);
      assert.ok(await page.evaluate(() => document.querySelector('.ask-answer .lamp')?.matches('.dark')), text);
    }
    assert.deepEqual(page.requests.slice(withTable), [], 'routing sends nothing');
    await site.close(page);
  });

  it('fetches the nearest questions when asked, a task at a time, and tells no percentage without a chance', async () => {
    const page = await site.open();
    const loaded = page.requests.length;
    assert.equal(await page.evaluate(() => document.querySelector('.question')), null);
    await page.click('[data-show-texts]');
    await page.until(() => document.querySelector('.question') !== null);
    const fetched = page.requests.slice(loaded);
    assert.ok(
      fetched.length > 0 && fetched.every((url) => /\/assets\/texts-\w+\/\d+\.json$/.test(url)),
      fetched.join(),
    );
    await page.click('.samples li:nth-child(2) button');
    await page.until(() => document.querySelector('.plain').textContent.includes('email'));
    await page.until(() => document.querySelector('.question') !== null);
    assert.doesNotMatch(await page.text('.ask-answer'), /%/);
    assert.doesNotMatch(await page.text('#why'), /%/);
    assert.doesNotMatch(await page.text('#cost'), /%/);
    await site.close(page);
  });

  it('routes a clicked sample', async () => {
    const page = await site.open();
    await page.click('.samples li:nth-child(3) button');
    await page.until(() => document.querySelector('[data-neighbours]')?.textContent.includes('health'));
    await site.close(page);
  });

  it('moves the pick with the dial, by keyboard, at once', async () => {
    const page = await site.open();
    const before = await picked(page);
    await page.evaluate(() => document.querySelector('#dial').focus());
    await page.press('Home');
    await page.until(() => document.querySelector('#dial').value === '0');
    assert.equal(
      await page.evaluate(() => document.querySelector('#dial').ariaValueText),
      'cheap: the cheapest model within 5 points of the best',
    );
    await page.press('End');
    await page.until((last) => document.querySelector('[data-pick]').textContent !== last, before);
    await site.close(page);
  });

  it('never shows an answer to an earlier prompt', async () => {
    const page = await site.open();
    // Types letter by letter: the page must show answers to ever longer beginnings, and at last to the whole.
    const lengths = await page.evaluate(async () => {
      const field = document.querySelector('#prompt');
      const text = 'Prove that the square root of 2 is irrational.';
      const seen = [];
      const watch = new MutationObserver(() => {
        const isBusy = document.querySelector('.ask-answer').ariaBusy === 'true';
        if (!isBusy) seen.push(field.value.length);
      });
      watch.observe(document.querySelector('.ask-answer'), {
        subtree: true,
        childList: true,
        attributes: true,
        characterData: true,
      });
      for (let i = 1; i <= text.length; ++i) {
        field.value = text.slice(0, i);
        field.dispatchEvent(new Event('input', { bubbles: true }));
        await new Promise((resolve) => setTimeout(resolve, i % 7 === 0 ? 110 : 15));
      }
      while (document.querySelector('.ask-answer').ariaBusy === 'true')
        await new Promise((resolve) => setTimeout(resolve, 20));
      return seen;
    });
    assert.deepEqual(
      lengths,
      [...lengths].sort((a, b) => a - b),
    );
    await page.until(() => document.querySelector('[data-neighbours]')?.textContent.includes('mathematics'));
    await site.close(page);
  });

  it('answers a sample before the router is there, and every sample as the router then does', async () => {
    const page = await site.open({ init: noteFirstAnswer, isWhole: false });
    const first = await page.evaluate(() => [window.isFirstAhead, window.firstAnswer]);
    assert.deepEqual(first, [true, await page.text('.pick')]);
    const cards = Object.entries(await cardsAhead());
    assert.ok(cards.length > 3, `${cards.length} samples have an answer`);
    for (const [prompt, { record, figures, choice, resemblance }] of cards) {
      await page.click(`.samples button[title="${prompt}"]`);
      await page.until(isPressed, prompt);
      await page.until(isUpToDate);
      assert.equal(await page.text('.pick-model .model-name'), record.displayName);
      const shown = await page.evaluate(() => [...document.querySelectorAll('.pick b')].map((b) => b.textContent));
      assert.deepEqual(
        shown,
        figures.map(({ value }) => value),
      );
      assert.equal(await page.text('.reason'), choice);
      assert.equal(await page.text('.reasons .plain'), resemblance);
    }
    await site.close(page);
  });

  it('keeps what was typed and set over Back and a reload, and takes a new link', async () => {
    const page = await site.open({ fragment: `#${new URLSearchParams({ prompt: 'What is 2 + 2?' })}` });
    const typed = () => page.evaluate(() => document.querySelector('#prompt').value);
    await page.type('#prompt', 'Prove that 2 + 2 = 4.');
    await page.evaluate(() => document.querySelector('#dial').focus());
    await page.press('End');
    await page.click('.top a[href$="#map"]');
    await page.until(() => location.hash === '#map');
    await page.evaluate(() => history.back());
    await page.until(() => location.hash.includes('prompt='));
    assert.equal(await typed(), 'Prove that 2 + 2 = 4.');
    await page.reload();
    await page.until(() => document.querySelector('[data-pick]') !== null);
    assert.equal(await typed(), 'Prove that 2 + 2 = 4.');
    assert.equal(await page.evaluate(() => document.querySelector('#dial').value), '2');
    await page.evaluate(() => {
      location.hash = '#prompt=Who+are+you%3F';
    });
    await page.until(() => document.querySelector('#prompt').value === 'Who are you?');
    await site.close(page);
  });

  it('takes a megabyte at once, and says that only the beginning was read', async () => {
    const page = await site.open({ isWhole: false });
    await page.paste('#prompt', 'Write a poem about the autumn. '.repeat(33_000));
    await page.until(() => document.querySelector('.reasons')?.textContent.includes('only its beginning was read'));
    assert.equal(await page.evaluate(() => document.querySelector('#prompt').value.length), 100_000);
    await site.close(page);
  });

  it('shows the state of the decision in the lamp of the page and in the icon of the tab', async () => {
    const page = await site.open({ isWhole: false });
    const icon = () => page.evaluate(() => document.querySelector('link[rel=icon]').href);
    await page.until(() => document.documentElement.dataset.lamp === 'green');
    const green = await icon();
    await page.type('#prompt', '…');
    await page.until(() => document.documentElement.dataset.lamp === 'dark');
    assert.match(green, /^data:image/);
    assert.notEqual(await icon(), green);
    await site.close(page);
  });

  it('lands where a link leads, once all sections are there', async () => {
    for (const id of ['map', 'benchmark', 'embedder']) {
      const page = await site.open({ fragment: `#${id}`, isWhole: false });
      await page.until((id) => {
        const atEnd = scrollY + innerHeight > document.documentElement.scrollHeight - 2;
        const { top, bottom } = document.getElementById(id).getBoundingClientRect();
        return (Math.abs(top) < 16 || (atEnd && top > 0)) && bottom > 0 && scrollY > 0;
      }, id);
      await site.close(page);
    }
  });

  it('hands graded prompts of the first screen to the plan', async () => {
    const page = await site.open({ isWhole: false });
    await page.click('[data-first-example]');
    await page.until(() => document.querySelector('#plan .plan-answer') !== null);
    await site.close(page);
  });

  it('puts the prompt into the fragment of a link, and reads it from there as text', async () => {
    const page = await site.open();
    await page.type('#prompt', '<img src=x onerror=alert(1)> 2 + 2?');
    await page.click('.share button');
    const link = await page.until(() => location.hash.includes('prompt=') && location.href);
    assert.ok(
      new URL(link).search === '' && !new URL(link).pathname.includes('img'),
      'nothing but the fragment holds it',
    );
    const other = await site.open({ fragment: new URL(link).hash });
    assert.equal(
      await other.evaluate(() => document.querySelector('#prompt').value),
      '<img src=x onerror=alert(1)> 2 + 2?',
    );
    assert.equal(await other.evaluate(() => document.querySelectorAll('main img').length), 0);
    await site.close(other);
    const hostile = await site.open({ fragment: '#dial=7777&prompt=%00%E0%A4%A&x=1' });
    assert.equal(await hostile.evaluate(() => document.querySelector('#dial').value), '1');
    await site.close(hostile);
    await site.close(page);
  });

  it('says how much of a long prompt a link contains, and opens all that a link contains', async () => {
    const page = await site.open();
    for (const [prompt, length, said] of [
      ['word '.repeat(3000), 4000, 'The link contains only the first 4,000 of 15,000 characters.'],
      [`${'a'.repeat(3999)}😀 and more`, 3999, 'The link contains only the first 3,999 of 4,010 characters.'],
      ['a'.repeat(4000), 4000, ''],
    ]) {
      await page.paste('#prompt', prompt);
      await page.click('.share button');
      await page.until(
        ([start, length]) => {
          const carried = new URLSearchParams(location.hash.slice(1)).get('prompt') ?? '';
          return carried.length === length && carried.startsWith(start);
        },
        [prompt.slice(0, 5), length],
      );
      await page.until((said) => {
        const [first, ...rest] = document.querySelector('.share [role=status]').textContent.split('.');
        return first !== '' && rest.join('.').trim() === said;
      }, said);
    }
    await site.close(page);
    const long = 'b'.repeat(5000);
    const other = await site.open({ fragment: `#prompt=${long}` });
    assert.equal(await other.evaluate(() => document.querySelector('#prompt').value), long);
    await site.close(other);
  });
});

describeSite(
  'the site, read by axe-core',
  (site) => {
    for (const colorScheme of ['light', 'dark']) {
      it(`has no violation in ${colorScheme} colours, also if the prompt is empty`, async () => {
        const page = await site.open();
        await page.raw.emulateMedia({ colorScheme });
        assert.deepEqual(await violations(page), []);
        // As it looks for a moment, while the next prompt is read.
        await page.evaluate(() => document.querySelector('.ask-answer').setAttribute('aria-busy', 'true'));
        assert.deepEqual(await violations(page, '#ask'), []);
        await page.type('#prompt', '');
        await page.until(() => document.querySelector('.pick-verdict')?.textContent.includes('The prompt is empty.'));
        assert.deepEqual(await violations(page), []);
        await page.raw.setViewportSize({ width: 360, height: 740 });
        assert.deepEqual(await violations(page), []);
        const { scrollWidth } = await page.evaluate(() => ({ scrollWidth: document.documentElement.scrollWidth }));
        assert.ok(scrollWidth <= 360, `the page is ${scrollWidth} pixels wide on a screen of 360`);
        await site.close(page);
      });
    }
  },
  ['chromium'],
);

/** Adds up how far things have moved without an action of the user, as Core Web Vitals do. Runs in the page. */
function addUpShifts() {
  window.shift = 0;
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) window.shift += value;
  }).observe({ type: 'layout-shift', buffered: true });
}

const SIZES = [
  { width: 390, height: 844 },
  { width: 1280, height: 800 },
];

describeSite(
  'the look of the site',
  (site) => {
    it('moves nothing that is in sight while it loads, and no dial under the finger', async () => {
      for (const size of SIZES) {
        const page = await site.open({ init: addUpShifts, isWhole: false });
        await page.raw.setViewportSize(size);
        await page.reload();
        await page.until(() => document.querySelector('[data-pick]') !== null);
        await page.until(() => document.querySelector('[data-loading]') === null);
        const shift = await page.evaluate(() => window.shift);
        assert.ok(shift < 0.02, `a shift of ${shift} at ${size.width} pixels`);
        const tops = new Set();
        const note = async () => {
          await page.until(isUpToDate);
          tops.add(await page.evaluate(() => document.querySelector('#dial').getBoundingClientRect().top + scrollY));
        };
        await page.evaluate(() => document.querySelector('#dial').focus());
        for (const key of ['Home', 'ArrowRight', 'ArrowRight']) {
          await page.press(key);
          await note();
        }
        for (const nth of [2, 3, 5]) {
          await page.click(`.samples li:nth-child(${nth}) button`);
          await page.until((nth) => document.querySelector(`.samples li:nth-child(${nth}) [aria-pressed=true]`), nth);
          await note();
        }
        assert.equal(tops.size, 1, `the dial was at ${[...tops]}`);
        await site.close(page);
      }
    });

    it('moves little, and nothing for those who want no motion', async () => {
      const page = await site.open({ isWhole: false });
      const durations = () =>
        page.evaluate(() => [
          getComputedStyle(document.querySelector('.pick-model')).animationDuration,
          getComputedStyle(document.querySelector('.signal-lens')).transitionDuration,
          getComputedStyle(document.documentElement).scrollBehavior,
        ]);
      await page.raw.emulateMedia({ reducedMotion: 'no-preference' });
      assert.deepEqual(await durations(), ['0.14s', '0.14s', 'smooth']);
      await page.raw.emulateMedia({ reducedMotion: 'reduce' });
      assert.deepEqual(await durations(), ['0s', '0s', 'auto']);
      await site.close(page);
    });

    it('leaves controls and lamps visible in forced colours', async () => {
      const page = await site.open({ isWhole: false });
      await page.raw.emulateMedia({ forcedColors: 'active' });
      const styles = await page.evaluate(() => ({
        dial: getComputedStyle(document.querySelector('#dial')).appearance,
        lamp: getComputedStyle(document.querySelector('.ask-answer .lamp')).backgroundColor,
        border: getComputedStyle(document.querySelector('.samples button')).borderStyle,
        name: getComputedStyle(document.querySelector('.trade-pick text')).fill,
        text: getComputedStyle(document.body).color,
      }));
      assert.equal(styles.dial, 'auto');
      assert.match(styles.lamp, /oklch/);
      assert.equal(styles.border, 'solid');
      assert.equal(styles.name, styles.text, 'the board is not dark in these colours');
      await site.close(page);
    });
  },
  ['chromium'],
);

describeSite(
  'the size of the site',
  (site) => {
    it('stays within the budget for the scripts of a visit', async () => {
      const page = await site.open({ isWhole: false });
      const sizeOf = (url) => gzipSync(readFileSync(path.join(site.host.folder, new URL(url).pathname))).byteLength;
      const scripts = page.requests.filter((url) => new URL(url).pathname.endsWith('.js'));
      const visit = scripts.reduce((sum, url) => sum + sizeOf(url), 0);
      assert.ok(scripts.some((url) => url.includes('worker-entry')));
      assert.ok(visit < 150_000, `the scripts of a visit take ${visit} bytes, expected below 150000`);
      await site.close(page);
    });
  },
  ['chromium'],
);
