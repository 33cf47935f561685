// Loaded before the command: makes the decoder of texts in its thread loop, or take memory, for ever.
import { writeSync } from 'node:fs';
import process from 'node:process';
import { isMainThread } from 'node:worker_threads';

if (!isMainThread) {
  TextDecoder.prototype.decode = () => {
    writeSync(2, 'stuck\n');
    for (const kept = []; ; ) if (process.env.STUCK === 'memory') kept.push(new Array(1000).fill(kept.length));
  };
}
