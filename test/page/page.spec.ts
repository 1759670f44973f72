import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { builtWeb } from '../../src/page/built-web.js';
import { Page } from '../../src/page/page.js';

let directory: string;
let url: URL;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'page-'));
  url = pathToFileURL(`${directory}/`);
});

afterEach(() => rmSync(directory, { recursive: true }));

describe('a page that was built', () => {
  let page: Page;

  beforeEach(() => {
    writeFileSync(join(directory, 'index.html'), '<!doctype html>');
    writeFileSync(join(directory, 'start.html'), '<!doctype html><title>start</title>');
    mkdirSync(join(directory, 'assets'));
    writeFileSync(join(directory, 'assets', 'index-aB_3-x.js'), 'export {};');
    writeFileSync(join(directory, 'assets', 'notes.txt'), 'secret');
    page = new Page(builtWeb(url));
  });

  test('is served with a policy that allows nothing inline and nothing from elsewhere', () => {
    const { headers, body } = page.html();
    expect(body.toString()).toBe('<!doctype html>');
    expect(headers).toEqual({
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Length': '15',
      'Cache-Control': 'no-cache',
      'Content-Security-Policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    });
  });

  test('has a page that asks for a job, with the same policy, and never framed', () => {
    const { headers, body } = page.start();
    expect(body.toString()).toBe('<!doctype html><title>start</title>');
    expect(headers['Content-Security-Policy']).toBe(page.html().headers['Content-Security-Policy']);
  });

  test.each([
    [200, 'role="alert"></p>'],
    [400, 'role="alert">This address has no valid job id.</p>'],
    [404, 'role="alert">There is nothing at this address.</p>'],
  ])('says on the page that asks for a job why it is shown: %i', (status, text) => {
    writeFileSync(join(directory, 'start.html'), '<p role="alert"></p>');
    expect(new Page(builtWeb(url)).start(status).body.toString()).toBe(`<p ${text}`);
  });

  test('may be framed by the origins that are configured', () => {
    expect(page.html(['https://a.example', 'https://b.example']).headers['Content-Security-Policy']).toMatch(
      /; frame-ancestors https:\/\/a\.example https:\/\/b\.example$/,
    );
  });

  test('may be framed by its own origin too if it is embedded', () => {
    const policyOf = (origins: readonly string[]) =>
      page.html(origins, true).headers['Content-Security-Policy'];
    expect(policyOf([])).toMatch(/; frame-ancestors 'self'$/);
    expect(policyOf(['https://a.example'])).toMatch(/; frame-ancestors 'self' https:\/\/a\.example$/);
  });

  test('has assets that may be kept for ever', () => {
    expect(page.asset('index-aB_3-x.js')?.body.toString()).toBe('export {};');
    expect(page.asset('index-aB_3-x.js')?.headers).toMatchObject({
      'Content-Type': 'text/javascript; charset=utf-8',
      'Cache-Control': 'public, max-age=31536000, immutable',
    });
  });

  test.each(['', '.', '..', '../index.html', 'index.html', 'notes.txt', '__proto__', 'index-aB_3-x.js/'])(
    'has no asset %j',
    (name) => expect(page.asset(name)).toBeUndefined(),
  );
});

describe('where the results are', () => {
  const HTML = '<!doctype html><head><title>Job</title></head><body></body>';

  beforeEach(() => {
    mkdirSync(join(directory, 'assets'));
    writeFileSync(join(directory, 'start.html'), '');
  });

  function pageOf(resultsUrl: string | null): { text: string; length: number } {
    writeFileSync(join(directory, 'index.html'), HTML);
    const { headers, body } = new Page(builtWeb(url), { results_url: resultsUrl }).html();
    return { text: body.toString(), length: Number(headers['Content-Length']) };
  }

  test('is told in the head of the page', () => {
    expect(pageOf('https://r.example/{id}').text).toBe(
      HTML.replace('</head>', '<meta name="results-url" content="https://r.example/{id}" /></head>'),
    );
  });

  test('is not told when it is not configured', () => expect(pageOf(null).text).toBe(HTML));

  test.each([
    [
      `https://r.example/{id}"><script>alert(1)</script>`,
      '{id}&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;',
    ],
    ['https://r.example/{id}?a=1&lt;=2', '{id}?a=1&amp;lt;=2'],
    [`https://r.example/{id}?$&$1$\`$'`, `{id}?$&amp;$1$\`$'`],
    ['https://r.example/ž/{id}', 'https://r.example/ž/{id}'],
  ])('is one attribute, whatever it holds: %s', (resultsUrl, escaped) => {
    const { text, length } = pageOf(resultsUrl);
    expect(text).toContain(`${escaped}" /></head><body></body>`);
    expect(length).toBe(Buffer.byteLength(text));
  });
});

test('a page that was not built says so', () => {
  const page = new Page(builtWeb(url));
  expect(page.html().body.toString()).toContain('built without its page');
  expect(page.html().headers['Content-Security-Policy']).toContain("default-src 'none'");
  expect(page.start().body).toEqual(page.html().body);
  expect(page.asset('index-aB_3-x.js')).toBeUndefined();
});
