import { expect, it } from 'vitest';
import { relaySettings } from '../../src/config/relay-settings.js';

it.each(['a', '{a}', 'a{b}c', 'a{b'])('relay.stream can be %s', (stream) => {
  expect(relaySettings.safeParse({ stream }).success).toBe(true);
});

it.each(['{}', 'a}', '}{', '{}{b}'])(
  'relay.stream cannot be %s: no other key has the same hash slot',
  (stream) => {
    const { error } = relaySettings.safeParse({ stream });
    expect(error?.issues).toMatchObject([{ path: ['stream'] }]);
  },
);
