import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { beforeEach, describe, expect, it } from 'vitest';
import { defaultSettings, type Settings } from '../../src/config/settings.js';
import { Admission } from '../../src/gateway/admission.js';
import type { ConnectionRegistry } from '../../src/gateway/connection-registry.js';
import { AddressLease } from '../../src/http/addresses/address-lease.js';
import { AddressLimits } from '../../src/http/addresses/address-limits.js';
import type { HttpServers } from '../../src/http/http-servers.js';
import { OriginPolicy } from '../../src/http/origin-policy.js';
import { parseStreamRequest, type StreamRequest } from '../../src/http/stream-request.js';

const JSON_REQUEST = { accept: 'application/json' };
const PAGE = { accept: 'text/html' };
const EVENTS = { accept: 'text/event-stream' };

let connections: { size: number };
let admission: Admission;
let settings: Settings;

beforeEach(() => {
  connections = { size: 0 };
  const servers = { capacity: { clients: 2, connections: 10 } };
  settings = defaultSettings();
  const origins = new OriginPolicy(settings);
  admission = new Admission(
    servers as HttpServers,
    connections as ConnectionRegistry,
    origins,
    settings.relay,
  );
});

function request(headers: IncomingHttpHeaders, webSocket = false): StreamRequest {
  const message = { url: '/channels/j', headers, socket: {} } as IncomingMessage;
  return parseStreamRequest(message, { listener: 'public', webSocket, maxIdBytes: 100 });
}

function outcomes(): string[] {
  return [request({}, true), request(EVENTS), request(JSON_REQUEST), request(PAGE)].map((each) => {
    const decision = admission.admit(each);
    return decision.admitted ? 'admitted' : decision.reason;
  });
}

describe('admission', () => {
  it('refuses streams before it is open, but admits requests for the summary and the page', () => {
    expect(outcomes()).toEqual(['restart', 'restart', 'admitted', 'admitted']);
    admission.open();
    expect(outcomes()).toEqual(['admitted', 'admitted', 'admitted', 'admitted']);
  });

  it('refuses streams while all connections are in use, and admits them when a connection is free', () => {
    admission.open();
    connections.size = 2;
    expect(outcomes()).toEqual(['busy', 'busy', 'admitted', 'admitted']);
    connections.size = 1;
    expect(outcomes()).toEqual(['admitted', 'admitted', 'admitted', 'admitted']);
  });

  it('stays closed after the shutdown has started', () => {
    admission.drain();
    admission.open();
    expect(outcomes()).toEqual(['restart', 'restart', 'admitted', 'admitted']);
  });

  it('refuses each kind of request that its token does not permit, also while it refuses all streams', () => {
    const denied = { granted: false, status: 403, text: 'no' } as const;
    for (const each of [request({}, true), request(EVENTS), request(JSON_REQUEST)])
      expect(admission.admit({ ...each, access: denied })).toMatchObject({
        reason: 'forbidden',
        status: 403,
        text: 'no',
        retry: undefined,
      });
    expect(admission.admit({ ...request(EVENTS), access: { ...denied, status: 401 } })).toMatchObject({
      reason: 'unauthorized',
    });
    expect(admission.refused).toMatchObject({ forbidden: 3, unauthorized: 1, restart: 0 });
  });

  it('lets a client come back when too many tokens are being checked', () => {
    const access = { granted: false, status: 503, text: 'busy' } as const;
    expect(admission.admit({ ...request(EVENTS), access })).toMatchObject({ reason: 'busy', status: 503 });
  });

  it('decides about a request with a valid token as about any other', () => {
    const access = { granted: true, expiresAt: 0 } as const;
    expect(admission.admit({ ...request(EVENTS), access })).toMatchObject({ reason: 'restart' });
    admission.open();
    expect(admission.admit({ ...request(EVENTS), access })).toEqual({ admitted: true });
  });

  it('decides once per request, and counts a refused request once', () => {
    const refused = request(EVENTS);
    expect(admission.admit(refused)).toMatchObject({ reason: 'restart' });
    admission.open();
    expect(admission.admit(refused)).toMatchObject({ reason: 'restart' });
    expect(admission.refused).toMatchObject({ restart: 1, busy: 0 });
  });
});

describe('a WebSocket of a foreign origin', () => {
  const decide = (origin: string): string => {
    const decision = admission.admit(request({ origin, host: 'monitor.example.org' }, true));
    return decision.admitted ? 'admitted' : decision.reason;
  };

  beforeEach(() => admission.open());

  it('is admitted while origins is not set', () => {
    expect(decide('https://elsewhere.example.com')).toBe('admitted');
    expect(decide('null')).toBe('admitted');
  });

  it('is refused unless origins contains it, and admitted again after a reload', () => {
    settings.origins = ['https://front.example.org'];
    expect(decide('https://front.example.org')).toBe('admitted');
    expect(decide('https://elsewhere.example.com')).toBe('origin');
    expect(decide('null')).toBe('origin');
    settings.origins = ['https://*.example.com'];
    expect(decide('https://elsewhere.example.com')).toBe('admitted');
    expect(decide('https://front.example.org')).toBe('origin');
    settings.origins = ['*'];
    expect(decide('null')).toBe('admitted');
  });

  it('is admitted from a page of this server', () => {
    settings.origins = ['https://front.example.org'];
    expect(decide('https://Monitor.example.org')).toBe('admitted');
  });

  it('is refused during the shutdown for its origin, because it never may come back', () => {
    settings.origins = ['https://front.example.org'];
    admission.drain();
    expect(decide('https://elsewhere.example.com')).toBe('origin');
    expect(decide('https://front.example.org')).toBe('restart');
  });
});

describe('a stream of an address with all its connections', () => {
  it('is refused, and a summary is not', () => {
    admission.open();
    settings.limits.exempt = [];
    settings.limits.connections_per_address = 1;
    const limits = new AddressLimits(settings.limits);
    const leases = [1, 2].map(() => new AddressLease(limits, '10.0.0.1'));
    const decisions = leases.map((lease) =>
      admission.admit({ ...request(EVENTS), lease, clientAddress: '192.0.2.1' }),
    );
    expect(decisions).toEqual([
      { admitted: true },
      expect.objectContaining({ reason: 'address', status: 429 }),
    ]);
    const summary = { ...request(JSON_REQUEST), lease: leases[1], clientAddress: '192.0.2.1' };
    expect(admission.admit(summary)).toEqual({ admitted: true });
  });
});
