// A server on this machine that answers from a function and records its requests.
import { createServer } from 'node:http';

/**
 * `answer(path)` returns { status?, headers?, body? }, or null for 404. If `body` is null, it is never sent, and the
 * response stays open. Call `close` at the end.
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
