/** One's own benchmark: files become an index in a worker, and the page routes on it. */
import { SignalboxError } from 'signalbox';
import { type BenchmarkFile, buildInWorker, reportText } from 'signalbox/importers';
import { element } from '../element.js';
import { droppedFiles } from './dropped-files.js';

/** Calls back with the index that was built, or undefined for the shipped one. */
export function setUpBuilding(routeOn: (index: Uint8Array<ArrayBuffer> | undefined) => Promise<void>): void {
  const form = element<HTMLFormElement>('build');
  const choosers = [element<HTMLInputElement>('files'), element<HTMLInputElement>('folder')];
  const drop = element('drop');
  const stop = element('stop');
  const status = element('build-status');
  const bar = element<HTMLProgressElement>('build-progress');
  const report = element('report');
  const done = element('built');
  let built: Uint8Array<ArrayBuffer> | undefined;
  let chosen: BenchmarkFile[] = [];
  let current: AbortController | undefined;

  const show = (isBusy: boolean) => {
    stop.hidden = !isBusy;
    bar.hidden = !isBusy;
  };

  function save(): void {
    if (built === undefined) return;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([built], { type: 'application/octet-stream' }));
    link.download = 'benchmark.sbx';
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href));
  }

  async function build(): Promise<void> {
    if (chosen.length === 0) {
      status.textContent = 'Choose files first.';
      return;
    }
    current?.abort();
    const mine = new AbortController();
    current = mine;
    const metric = element<HTMLInputElement>('metric').value.trim();
    report.hidden = true;
    show(true);
    try {
      const result = await buildInWorker(chosen, {
        metrics: metric === '' ? undefined : [{ datasets: '*', value: metric }],
        signal: mine.signal,
        onProgress: ({ step, done, total }) => {
          status.textContent = step;
          if (total > 0) bar.value = done / total;
          else bar.removeAttribute('value');
        },
      });
      report.textContent = reportText(result.report);
      report.hidden = false;
      status.textContent = 'Built. The page routes on it now.';
      built = result.index;
      done.hidden = false;
      await routeOn(result.index);
    } catch (error) {
      const isStopped = error instanceof SignalboxError && error.code === 'aborted';
      if (current === mine) status.textContent = isStopped ? 'Stopped.' : (error as Error).message;
    } finally {
      if (current === mine) show(false);
    }
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    build();
  });
  stop.addEventListener('click', () => current?.abort());
  for (const chooser of choosers) {
    chooser.addEventListener('change', () => {
      chosen = [...(chooser.files ?? [])];
      status.textContent = `${chosen.length} files`;
    });
  }
  for (const name of ['dragover', 'dragleave', 'drop']) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle('over', name === 'dragover');
    });
  }
  drop.addEventListener('drop', async ({ dataTransfer }) => {
    if (dataTransfer === null) return;
    try {
      chosen = await droppedFiles(dataTransfer);
      status.textContent = `${chosen.length} files`;
      await build();
    } catch (error) {
      status.textContent = `The files could not be read: ${(error as Error).message}`;
    }
  });
  element('download').addEventListener('click', save);
  element('shipped').addEventListener('click', () => {
    built = undefined;
    done.hidden = true;
    report.hidden = true;
    status.textContent = '';
    routeOn(undefined);
  });
}
