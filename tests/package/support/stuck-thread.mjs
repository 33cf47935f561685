// Loaded before the command: makes the decoder of a table in its thread loop, or take memory, for ever.
import { writeSync } from 'node:fs';
import process from 'node:process';
import { isMainThread } from 'node:worker_threads';

if (!isMainThread) {
  const { decode } = TextDecoder.prototype;
  TextDecoder.prototype.decode = function stuck(...args) {
    const text = decode.apply(this, args);
    if (!text.startsWith('dataset,')) return text;
    writeSync(2, 'stuck\n');
    for (const kept = []; ; ) if (process.env.STUCK === 'memory') kept.push(new Array(1000).fill(kept.length));
  };
}
