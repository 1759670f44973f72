import { describe, expect, it } from 'vitest';
import { setUpVerify } from '../fixtures/cli/verify-monitor.js';
import { SseServer } from '../fixtures/client/sse-server.js';

const { running, run, runThrough, notes } = setUpVerify();

describe('verify without a way to the monitor', () => {
  it.each([
    [502, 'HTTP 502. The proxy does not reach the monitor'],
    [503, 'HTTP 503. The monitor restarts, or the proxy does not reach it'],
    [404, 'HTTP 404. The path prefix is wrong'],
    [401, 'HTTP 401. This path asks for a login'],
    [301, 'HTTP 301, a redirect'],
    [400, 'HTTP 400. The server may expect https://'],
    [200, 'HTTP 200, and not the JSON of a monitor'],
  ])('names the answer %i of a proxy', async (status, text) => {
    await expect(runThrough({ status })).rejects.toThrow(text);
    expect(notes).toEqual([]);
  });

  it('names a refused connection', async () => {
    const server = await SseServer.start(() => {});
    const url = server.http;
    server.close();
    await expect(run({ url })).rejects.toThrow(`no monitor answers at ${url}: connection refused`);
  });

  it('names TLS that the server does not speak', async () => {
    const url = running.monitor.http.replace('http', 'https');
    await expect(run({ url })).rejects.toThrow('the server does not speak TLS on this port');
  });

  it('names the admin listener', async () => {
    await expect(run({ url: running.monitor.admin })).rejects.toThrow(
      'give the public address (websocket_uri)',
    );
  });

  it('names a host that does not exist', async () => {
    await expect(run({ url: 'http://nowhere.invalid' })).rejects.toThrow(/host not found|name server/);
  });

  it('names an endpoint where no monitor answers', async () => {
    const endpoint = running.monitor.http.replace('http', 'tcp');
    await expect(run({ endpoint, connectTimeout: 0.1 })).rejects.toThrow(`no monitor answers at ${endpoint}`);
  });
});
