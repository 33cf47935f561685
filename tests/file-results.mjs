// A reporter of Node's test runner: writes a line for each file with a failure, and for each file that has ended its time in
// milliseconds, which is a time under the load of the others.
import path from 'node:path';

export default async function* fileResults(events) {
  for await (const { type, data } of events) {
    if (type === 'test:fail' && data.file !== undefined) yield `failed ${data.file}\n`;
    const hasEnded = type === 'test:complete' && data.nesting === 0 && path.resolve(data.name) === data.file;
    if (hasEnded) yield `${Math.round(data.details.duration_ms)} ${data.file}\n`;
  }
}
