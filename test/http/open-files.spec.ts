import { describe, expect, it } from 'vitest';
import { capacityFor } from '../../src/http/open-files.js';

describe('capacityFor', () => {
  it.each([1, 500, 50_000, 1_000_000])(
    'allows %i clients when the number of open files is unlimited',
    (clients) => {
      const capacity = capacityFor(clients);
      expect(capacity.clients).toBe(clients);
      expect(capacity.connections).toBe(clients + 1000);
    },
  );

  it.each([64, 128, 256, 1024, 4096, 20_000, 51_000])(
    'stays below %i open files, and leaves connections for refusals',
    (files) => {
      const { clients, connections } = capacityFor(50_000, files);
      expect(clients).toBeGreaterThan(0);
      expect(connections).toBeGreaterThan(clients);
      expect(connections).toBeLessThan(files);
    },
  );

  it('is the same for a high limit of open files as for no limit', () => {
    expect(capacityFor(5000, 1_048_576)).toEqual(capacityFor(5000));
  });
});
