// A server on this machine that answers from a function and remembers what it was asked.
import { createServer } from 'node:http';

/**
 * `answer(path)` gives { status?, headers?, body? }, or null for 404; a body that is null is never sent, and the answer
 * stays open. Call `close` at the end.
 */
export async function startServer(answer) {
  const requests = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    requests.push(pathname);
    const { status = 200, headers = {}, body = '' } = answer(pathname) ?? { status: 404 };
    response.writeHead(status, headers);
    if (body === null) response.flushHeaders();
    else response.end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
