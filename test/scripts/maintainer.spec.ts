import { describe, expect, it } from 'vitest';

type MaintainerOf = (manifest: { author?: unknown }, environment: NodeJS.ProcessEnv) => string;

const script = new URL('../../scripts/maintainer.mjs', import.meta.url).href;
const { maintainerOf } = (await import(script)) as { maintainerOf: MaintainerOf };

const ADA = 'Ada Lovelace <ada@example.org>';

describe('the maintainer of the packages', () => {
  it('is PACKAGE_MAINTAINER before the author of package.json', () => {
    expect(maintainerOf({ author: 'Bob <bob@example.org>' }, { PACKAGE_MAINTAINER: ADA })).toBe(ADA);
  });

  it.each([ADA, { name: 'Ada Lovelace', email: 'ada@example.org' }])('is the author %j', (author) => {
    expect(maintainerOf({ author }, {})).toBe(ADA);
  });

  it.each([undefined, 'Ada Lovelace', { name: 'Ada Lovelace' }])(
    'is an address that belongs to nobody when the author %j has none',
    (author) => {
      expect(maintainerOf({ author }, { PACKAGE_MAINTAINER: '' })).toMatch(
        /^[\w -]+ <[\w-]+@[\w-]+\.invalid>$/,
      );
    },
  );

  it.each(['Ada', 'ada@example.org', 'Ada <ada>', `${ADA}\nDepends: x`, 'Ada <ada@example.org> %{x}'])(
    'is not %j',
    (given) => {
      expect(() => maintainerOf({}, { PACKAGE_MAINTAINER: given })).toThrow('form "Name <address>"');
    },
  );
});
