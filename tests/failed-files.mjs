// A reporter of Node's test runner: writes the path of every file with a failure, a line each time.
export default async function* failedFiles(events) {
  for await (const { type, data } of events) {
    if (type === 'test:fail' && data.file !== undefined) yield `${data.file}\n`;
  }
}
