import { describe, expect, it } from 'vitest';
import { AddressTable } from '../../../src/http/addresses/address-table.js';

describe('the table of addresses', () => {
  it('keeps one entry for each address', () => {
    const table = new AddressTable();
    const entry = table.entryFor('a', 10);
    expect(table.entryFor('a', 10)).toBe(entry);
    expect(table.find('a')).toBe(entry);
    expect(table.find('b')).toBeUndefined();
    expect(table.size).toBe(1);
  });

  it('forgets the oldest address without a connection when it is full', () => {
    const table = new AddressTable();
    for (const address of ['a', 'b', 'c']) table.entryFor(address, 3);
    table.find('a')!.connections = 1;
    table.entryFor('d', 3);
    expect(['a', 'b', 'c', 'd'].filter((address) => table.find(address))).toEqual(['a', 'c', 'd']);
  });

  it('counts no further address while all have connections, and says so', () => {
    const table = new AddressTable();
    for (const address of ['a', 'b']) table.entryFor(address, 2)!.connections = 1;
    expect(table.entryFor('c', 2)).toBeUndefined();
    expect([table.size, table.overflows]).toEqual([2, 1]);
    table.find('a')!.connections = 0;
    expect(table.entryFor('c', 2)).toBeDefined();
    expect(table.size).toBe(2);
  });

  it('shrinks after the limit was lowered', () => {
    const table = new AddressTable();
    for (let i = 0; i < 100; i++) table.entryFor(String(i), 100);
    table.entryFor('next', 10);
    expect(table.size).toBe(10);
  });

  it('removes an entry that has nothing to remember, and keeps one that has', () => {
    const table = new AddressTable();
    const entry = table.entryFor('a', 10)!;
    entry.connectsPaidAt = 5;
    table.removeUnused(entry, 4);
    expect(table.size).toBe(1);
    table.removeUnused(entry, 5);
    expect(table.size).toBe(0);
  });

  it('looks at a bounded number of entries when it is full of connections', () => {
    const table = new AddressTable();
    for (let i = 0; i < 100_000; i++) table.entryFor(String(i), 100_000)!.connections = 1;
    const start = performance.now();
    for (let i = 0; i < 1000; i++) table.entryFor(`new ${i}`, 100_000);
    expect(performance.now() - start).toBeLessThan(200);
    expect(table.overflows).toBe(1000);
  });
});
