import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { AdminRoutes } from '../../src/admin/admin-routes.js';
import {
  namedSchemas,
  channelDetails,
  channelPage,
  sampleHistory,
  statusReport,
} from '../../src/admin/api/schemas.js';
import { AdminClient } from '../fixtures/admin-client.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';

interface Operation {
  summary: string;
  responses: Record<string, unknown>;
}

interface ApiDocument {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
}

const running = setUpMonitor();
const admin = new AdminClient(running);

const document = (): Promise<ApiDocument> => admin.json<ApiDocument>('/api-json');

describe('GET /api-json', () => {
  it('is valid against the schema of OpenAPI', async () => {
    const { valid, errors } = await new Validator().validate({ ...(await document()) });
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
  });

  it('describes every route of the admin listener, and no other', async () => {
    const { paths } = await document();
    const described = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const routes = running.monitor.app.get(AdminRoutes).list;
    expect(described.toSorted()).toEqual(
      routes.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`).toSorted(),
    );
    for (const item of Object.values(paths))
      for (const { summary, responses } of Object.values(item)) {
        expect(summary).not.toBe('Not described');
        expect(Object.keys(responses)).not.toEqual([]);
      }
  });

  it('names the parameters with their limits', async () => {
    const { paths } = await document();
    expect(paths['/channels']!.get).toMatchObject({
      parameters: expect.arrayContaining([
        {
          name: 'limit',
          in: 'query',
          description: 'Channels in the answer.',
          required: false,
          explode: false,
          schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
        },
      ]) as object,
    });
  });

  it('describes routes that answer with one of their statuses', async () => {
    const { paths } = await document();
    for (const [path, item] of Object.entries(paths))
      for (const [method, { responses }] of Object.entries(item)) {
        // A stream never ends, so its status is asked for with HEAD.
        const verb = method === 'get' ? 'HEAD' : method.toUpperCase();
        const status = await admin.rawStatus(verb, path.replace(/\{\w+\}/, 'unknown'));
        expect(Object.keys(responses)).toContain(String(status));
      }
  });

  it('describes the answers', async () => {
    const id = await running.playNew('STARTED');
    channelPage.parse(await admin.json('/channels'));
    channelDetails.parse(await admin.json(`/channels/${id}`));
    statusReport.parse(await admin.json('/status'));
    sampleHistory.parse(await admin.json('/history'));
    expect(Object.keys((await document()).components.schemas).length).toBeGreaterThan(0);
    expect(namedSchemas.get(channelPage)).toEqual({ id: 'ChannelPage' });
  });
});

describe('GET /api', () => {
  it('is a page that loads only files of this server', async () => {
    const response = await admin.request('/api');
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toContain(`script-src 'self';`);
    const files = [...(await response.text()).matchAll(/(?:src|href)="(\/[^"]*)"/g)].map(([, path]) => path!);
    expect(files).toEqual(['/api/swagger-ui.css', '/api/swagger-ui-bundle.js', '/api/start.js']);
    const statuses = await Promise.all(files.map(async (file) => (await admin.request(file)).status));
    expect(statuses).toEqual([200, 200, 200]);
  });

  it.each(['/api/other.js', '/api/..%2Fmain.js', '/api/swagger-ui-bundle.js.LICENSE.txt'])(
    'has no file %s',
    async (path) => {
      expect((await admin.request(path)).status).toBe(404);
    },
  );
});
