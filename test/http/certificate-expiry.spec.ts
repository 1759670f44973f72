import type { Logger } from '@nestjs/common';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CertificateExpiry } from '../../src/http/certificate-expiry.js';

const DAY = 86_400_000;
const NOW = Date.parse('2026-01-01T00:00:00Z');

const logger = { warn: vi.fn<(line: object) => void>(), error: vi.fn<(line: object) => void>() };
let expiry: CertificateExpiry;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  vi.clearAllMocks();
  expiry = new CertificateExpiry(logger as unknown as Logger, () => '/cert.pem');
});
afterEach(() => void vi.useRealTimers());

it('warns once a day from 14 days before the end, and logs an error afterwards', () => {
  expiry.set(NOW + 90 * DAY);
  checkOn(75.9);
  expect(logger.warn).not.toHaveBeenCalled();
  checkOn(76);
  expect(logger.warn).toHaveBeenLastCalledWith({
    message: 'The TLS certificate expires soon: renew it',
    cert: '/cert.pem',
    ends: '2026-04-01T00:00:00.000Z',
    days: 14,
  });
  checkOn(76.9);
  expect(logger.warn).toHaveBeenCalledOnce();
  checkOn(77);
  expect(logger.warn).toHaveBeenCalledTimes(2);
  checkOn(90);
  expect(logger.error).toHaveBeenCalledOnce();
  expect(logger.warn).toHaveBeenCalledTimes(2);
});

it('says at once that a certificate has expired', () => {
  expiry.set(NOW - 1);
  expect(logger.error).toHaveBeenCalledOnce();
});

it('is silent after a renewal, and warns about the next certificate', () => {
  expiry.set(NOW + DAY);
  expiry.set(NOW + 90 * DAY);
  checkOn(1.5);
  expect(logger.warn).toHaveBeenCalledOnce();
  expiry.set(NOW + 2 * DAY);
  expect(logger.warn).toHaveBeenCalledTimes(2);
});

it('checks nothing without a certificate', () => {
  expiry.check();
  expect(logger.warn).not.toHaveBeenCalled();
  expect(expiry.validTo).toBeUndefined();
});

function checkOn(day: number): void {
  vi.setSystemTime(NOW + day * DAY);
  expiry.check();
}
