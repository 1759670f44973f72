import { describe, expect, it } from 'vitest';
import { networksOrOff } from '../../src/config/kinds.js';

describe('networksOrOff', () => {
  const schema = networksOrOff({ about: 'x', reloadable: true });

  it('reads a list, and a text from an environment variable', () => {
    expect(schema.parse(['10.0.0.0/8'])).toEqual(['10.0.0.0/8']);
    expect(schema.parse('127.0.0.1, 10.0.0.0/8')).toEqual(['127.0.0.1/32', '10.0.0.0/8']);
  });

  it('stands for any address by default and with off', () => {
    for (const value of [undefined, null, false, 'off']) expect(schema.parse(value)).toBeNull();
  });

  it.each([[[]], [''], [['10.0.0.0/8', 'nonsense']], [{}], [7], [true]])('rejects %j', (value) => {
    expect(schema.safeParse(value).success).toBe(false);
  });
});
