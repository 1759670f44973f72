import { describe, expect, it } from 'vitest';
import { typeErrors, validateManifest } from './kubernetes-schema.js';

const metadata = { name: 'monitor', labels: {} };
const service = { apiVersion: 'v1', kind: 'Service', metadata };

describe('the check of manifests', () => {
  it('accepts a manifest', () => {
    const manifest = { ...service, spec: { publishNotReadyAddresses: true, ports: [{ port: 80 }] } };
    validateManifest(manifest);
    expect(typeErrors([manifest])).toEqual([]);
  });

  it('finds a misspelled field', () => {
    const manifest = { ...service, spec: { publishNotReadyAdresses: true } };
    expect(typeErrors([manifest])).toEqual([expect.stringContaining('publishNotReadyAdresses')]);
  });

  it('finds a wrong type', () => {
    const manifest = { ...service, spec: { publishNotReadyAddresses: 'yes' } };
    expect(() => validateManifest(manifest)).toThrow('publishNotReadyAddresses');
  });

  it('finds an unknown kind and an unknown version', () => {
    expect(() => validateManifest({ ...service, kind: 'Servlet' })).toThrow(
      'expected a kind of v1, got Servlet',
    );
    expect(() => validateManifest({ ...service, apiVersion: 'v0' })).toThrow('expected one of v1');
  });
});
