import { describe, expect, it } from 'vitest';
import { importReactGuide } from '../fixtures/react-guide.js';

it('the component of docs/react.md renders on a server', async () => {
  const script = `export { renderJob } from './server.jsx';`;
  const { renderJob } = await importReactGuide<{ renderJob: (url: string) => string }>(script);
  expect(renderJob('http://host/channels/j')).toContain('waiting<!-- -->: <!-- -->0<!-- --> of ');
});

it('the page of docs/react.md passes the URL of its job to the component of the browser', async () => {
  const script = `export { default as Page } from './page.jsx'; export { renderToString } from 'react-dom/server';`;
  interface Rendered {
    readonly props: { readonly url: string };
  }
  interface Built {
    readonly Page: (props: { params: Promise<{ id: string }> }) => Promise<Rendered>;
    readonly renderToString: (element: Rendered) => string;
  }
  const { Page, renderToString } = await importReactGuide<Built>(script);
  const element = await Page({ params: Promise.resolve({ id: 'a/b' }) });
  expect(element.props.url).toBe('https://recodex.example.org/monitor/channels/a%2Fb');
  expect(renderToString(element)).toContain('<progress');
});

describe('problemOf of docs/react.md', async () => {
  interface Built {
    readonly problemOf: (progress: object) => string | undefined;
  }
  const { problemOf } = await importReactGuide<Built>(`export { problemOf } from './problemOf.js';`);

  it.each([
    [{ state: 'live' }, undefined],
    [{ state: 'connecting', lostReason: 'broken' }, undefined],
    [{ state: 'waiting', lostReason: 'busy', retryAt: 0 }, 'No connection (busy). Next attempt in 0 s.'],
    [{ state: 'ended', end: { reason: 'finished' } }, undefined],
    [{ state: 'ended', end: { reason: 'idle' } }, 'The job sent nothing for a long time.'],
    [{ state: 'ended', end: { reason: 'refused', detail: 'token' } }, 'Please sign in again.'],
    [{ state: 'ended', end: { reason: 'refused', detail: 'HTTP 403' } }, 'The monitor refused: HTTP 403.'],
  ])('says of %o: %s', (progress, text) => {
    expect(problemOf(progress)).toBe(text);
  });
});

describe('the tests of docs/react.md', async () => {
  await importReactGuide(`import './Job.test.jsx';`);
});
