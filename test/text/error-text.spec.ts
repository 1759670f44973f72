import { expect, it } from 'vitest';
import { errorText } from '../../src/text/error-text.js';

it('gives the message of an error, and any other value as text', () => {
  expect(errorText(new TypeError('broken'))).toBe('broken');
  expect(errorText('broken')).toBe('broken');
  expect(errorText(undefined)).toBe('undefined');
});
