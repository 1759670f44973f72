import { describe, expect, test } from 'vitest';
import { setUpPage } from './page-setup.js';

describe('over HTTP, under a host name', () => {
  // Browsers offer neither the clipboard nor notifications to such a page.
  const setup = setUpPage({}, { args: ['--no-sandbox', '--host-resolver-rules=MAP monitor.test 127.0.0.1'] });

  test('the page copies its link, and offers no notification', async () => {
    await setup.play(['STARTED']);
    const url = setup.line.url(setup.id, '?expected=5').replace('127.0.0.1', 'monitor.test');
    // The browser complains about each page without TLS that it ignores the header Cross-Origin-Opener-Policy.
    const { page } = await setup.browser.open(
      url,
      `addEventListener('copy', () => { window.copied = document.activeElement.value; })`,
    );
    await page.getByRole('button', { name: 'Copy link' }).click();
    await page.locator('.actions [role=status]', { hasText: 'Copied' }).waitFor();
    expect(await page.evaluate('[isSecureContext, copied]')).toEqual([false, url]);
    expect(await page.evaluate('document.activeElement.tagName')).toBe('BUTTON');
    expect(await page.getByRole('button', { name: /notif/i }).count()).toBe(0);
    await page.close();
  });
});

describe('when the person blocks notifications', () => {
  const setup = setUpPage();

  test('the page says so, and shows none', async () => {
    await setup.play(['STARTED']);
    const { page } = await setup.open(
      '',
      `Notification.requestPermission = () => Promise.resolve('denied');`,
    );
    await page.getByRole('button', { name: 'Notify me' }).click();
    await setup.shown('.actions', 'Notifications blocked');
    expect(await page.getByRole('button', { name: 'Notify me' }).count()).toBe(0);
    await setup.play(['FINISHED']);
    await setup.shown('.headline .words', 'Finished');
  });
});

describe('without JavaScript', () => {
  const setup = setUpPage({}, { javaScriptEnabled: false });

  test('the page says what it needs, in both languages', async () => {
    const { page } = await setup.open();
    const text = await page.locator('body').innerText();
    expect(text).toContain('This page needs JavaScript');
    expect(text).toContain('Tato stránka potřebuje JavaScript');
  });
});
