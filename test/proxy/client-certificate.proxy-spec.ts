import { readFileSync } from 'node:fs';
import { afterEach, expect, inject, it } from 'vitest';
import { useCertificates } from '../fixtures/certificates.js';
import { markedBlock } from '../fixtures/markdown.js';
import { useMonitors } from '../fixtures/set-up-monitor.js';
import { PROXIES, type ProxySpec } from './proxies.js';
import { Proxy } from './proxy.js';

const certificates = useCertificates();
const monitors = useMonitors();
let proxy: Proxy | undefined;

afterEach(() => proxy?.stop());

it('nginx reaches a monitor that demands client certificates, as docs/tls.md configures it', async () => {
  const authority = certificates.make({ name: 'authority' });
  const client = certificates.make({ name: 'proxy', authority });
  const tls = { ...certificates.make(), ca: authority.cert };
  const { monitor } = await monitors.startWithoutBroker({ tls });
  await expect(fetch(`${monitor.http}/health/live`)).rejects.toThrow('fetch failed');

  const block = markedBlock(readFileSync('docs/tls.md', 'utf8'), 'nginx-client-certificate');
  proxy = await Proxy.startWith(nginxWith(block, client), new URL(monitor.http).host, inject('certificate'));
  expect((await fetch(`https://${proxy.address}/health/live`)).status).toBe(200);
});

/** nginx whose only location has the settings of the block. */
function nginxWith(block: string, client: { readonly cert: string; readonly key: string }): ProxySpec {
  return {
    command: PROXIES.nginx.command,
    configuration: async ({ directory, address, upstream, certificate, key }) => `
      daemon off;
      pid ${directory}/nginx.pid;
      error_log stderr;
      events {}
      http {
        access_log off;
        ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${directory}/${name};`).join('\n')}
        server {
          listen ${address} ssl;
          ssl_certificate ${certificate};
          ssl_certificate_key ${key};
          location / {
            ${block
              .replace('monitor.internal:4567', upstream)
              .replace('/etc/nginx/monitor-client.pem', client.cert)
              .replace('/etc/nginx/monitor-client.key', client.key)}
          }
        }
      }`,
  };
}
