/** Names the chosen files, and their size. */
import type { BenchmarkFile } from 'signalbox/build';
import { bytes, count } from '../../shared/format.js';
import { pathOf, sizeOf } from '../building/rules.js';

export function ChosenFiles({ files }: { files: readonly BenchmarkFile[] }) {
  const size = files.reduce((sum, file) => sum + sizeOf(file), 0);
  const some = files.slice(0, 3).map(pathOf).join(', ');
  return (
    <p>
      {count(files.length, 'file')}, {bytes(size)}:{' '}
      <bdi>
        {some}
        {files.length > 3 && ', …'}
      </bdi>
    </p>
  );
}
