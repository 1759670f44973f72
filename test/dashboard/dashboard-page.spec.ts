import { mkdirSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { DashboardPage } from '../../src/dashboard/dashboard-page.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';

const directory = useTemporaryDirectory();

describe('a dashboard that was built', () => {
  function built(): DashboardPage {
    writeFileSync(directory.file('index.html'), '<!doctype html>');
    mkdirSync(directory.file('assets'));
    writeFileSync(directory.file('assets/index-aB_3-x.js'), 'export {};');
    writeFileSync(directory.file('assets/notes.txt'), 'secret');
    return new DashboardPage(pathToFileURL(`${directory.path}/`));
  }

  test('allows nothing inline, nothing from elsewhere and no frame', () => {
    const { headers, body } = built().html;
    expect(body.toString()).toBe('<!doctype html>');
    expect(headers['Content-Security-Policy']).toMatch(
      /default-src 'none'; script-src 'self'; style-src 'self';/,
    );
    expect(headers['Content-Security-Policy']).toMatch(/frame-ancestors 'none'$/);
  });

  test('has assets that may be kept for ever', () => {
    expect(built().asset('index-aB_3-x.js')).toMatchObject({
      headers: {
        'Cache-Control': 'public, max-age=31536000, immutable',
      },
    });
  });

  test.each(['', '..', 'index.html', '../index.html', 'notes.txt', '__proto__'])(
    'has no asset %j',
    (name) => {
      expect(built().asset(name)).toBeUndefined();
    },
  );
});

test('a dashboard that was not built says so', () => {
  const page = new DashboardPage(pathToFileURL(`${directory.path}/`));
  expect(page.html.body.toString()).toContain('built without its dashboard');
  expect(page.asset('index.js')).toBeUndefined();
});
