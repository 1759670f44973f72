import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseAddress } from '../../src/config/address.js';
import { defaultSettings, type Settings } from '../../src/config/settings.js';
import { journalUser } from '../../src/journal/journal-lock.js';
import { FaultyProxy, type ProxyFaults } from '../fixtures/cli/faulty-proxy.js';
import { runDoctor, type Findings } from '../fixtures/cli/doctor-run.js';
import { useCertificates } from '../fixtures/certificates.js';
import { BuiltDaemon, freePorts, type Ports } from '../fixtures/built-daemon.js';
import { useDaemons } from '../fixtures/daemon.js';
import { useJournaledDaemons } from '../fixtures/journaled-daemon.js';
import { MuteClient } from '../fixtures/mute-client.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';

const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

describe('doctor of a running monitor', () => {
  const running = setUpMonitor({ heartbeat: { interval: 0.2 } });

  it('finds no problem of the daemon and of a good way to it', async () => {
    const findings = await runDoctor(
      {},
      { admin: running.monitor.admin, url: running.monitor.http, idle: 1 },
    );
    expect(problemsOf(findings)).toEqual([]);
    expect(findings['daemon']!.text).toMatch(/^version \S+ runs for .*, open for clients$/);
    expect(findings['broker']!.text).toMatch(/^1 connected to tcp:/);
    expect(Object.keys(findings)).toEqual(
      expect.arrayContaining(['route', 'clock', 'upgrade', 'event stream', 'idle time']),
    );
    expect(findings['client address']).toBeUndefined();
  });

  it.each<[string, ProxyFaults, string, RegExp, RegExp]>([
    ['drops the upgrade', { upgradeStatus: 400 }, 'upgrade', /HTTP 400/, /must pass the headers Upgrade/],
    ['buffers', { buffers: true }, 'event stream', /does not open within 5 s/, /buffers/],
    [
      'has a wrong prefix',
      { status: 404 },
      'route',
      /HTTP 404. The path prefix is wrong/,
      /docs\/proxies.md/,
    ],
    ['does not reach the monitor', { status: 502 }, 'route', /HTTP 502/, /the target in the proxy/],
    [
      'cuts idle connections',
      { idle: 100 },
      'idle time',
      /was cut after 0 s of silence/,
      /ended the connection/,
    ],
  ])('names a proxy that %s', async (_title, faults, check, text, advice) => {
    const findings = await throughProxy(faults);
    expect(findings[check]).toMatchObject({
      status: 'problem',
      text: expect.stringMatching(text) as string,
      advice: expect.stringMatching(advice) as string,
    });
  });

  it('warns when no proxy says who its client is', async () => {
    const findings = await throughProxy({});
    expect(problemsOf(findings)).toEqual([]);
    expect(findings['client address']).toMatchObject({
      status: 'warning',
      text: 'the daemon takes 127.0.0.1 for the address of this client, and no proxy says otherwise',
      advice: expect.stringMatching(/trusted_proxies.*X-Forwarded-For/) as string,
    });
  });

  it('says that the public listener is not the admin listener', async () => {
    const findings = await runDoctor({}, { admin: running.monitor.http });
    expect(findings['daemon']).toMatchObject({
      status: 'problem',
      text: expect.stringContaining('HTTP 404') as string,
    });
  });

  async function throughProxy(faults: ProxyFaults): Promise<Findings> {
    const proxy = await FaultyProxy.start(running.monitor.http, faults);
    closers.push(() => proxy.close());
    return runDoctor({}, { admin: running.monitor.admin, url: proxy.http, idle: 1 });
  }
});

describe('doctor without a daemon', () => {
  it('says that nothing runs, and that the ports are free', async () => {
    const findings = await runDoctor(await localSettings());
    expect(findings['daemon']).toMatchObject({
      status: 'problem',
      text: expect.stringContaining('connection refused') as string,
      advice: expect.stringContaining('systemctl start recodex-monitor') as string,
    });
    expect(findings['ports']!.text).toMatch(/^the ports .* are free$/);
  });

  it.runIf(process.platform === 'linux')('names the process that has a port', async () => {
    const settings = await localSettings();
    const { host, port } = settings.websocket_uri;
    const server = createTcpServer().listen(port, host);
    closers.push(() => server.close());
    await once(server, 'listening');
    const { ports } = await runDoctor(settings);
    expect(ports).toMatchObject({
      status: 'problem',
      text: expect.stringContaining(`${port} (websocket_uri): process ${process.pid} (`) as string,
    });
  });

  it('does not ask when the admin listener is off', async () => {
    const findings = await runDoctor({ ...(await localSettings()), admin_uri: null });
    expect(findings['daemon']).toMatchObject({ status: 'warning' });
    expect(findings['ports']).toMatchObject({
      status: 'problem',
      text: expect.stringContaining('the daemon does not run') as string,
    });
  });

  it.each<[string, RequestListener, RegExp]>([
    ['wants a token', (_request, response) => response.writeHead(401).end(), /HTTP 401/],
    ['is another program', (_request, response) => response.end('{}'), /another monitor|not at/],
  ])('names an admin address that %s', async (_title, answer, text) => {
    const server = createServer(answer).listen(0, '127.0.0.1');
    closers.push(() => server.close());
    await once(server, 'listening');
    const admin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect((await runDoctor({}, { admin }))['daemon']).toMatchObject({
      status: 'problem',
      text: expect.stringMatching(text) as string,
    });
  });
});

describe('doctor of a daemon that', () => {
  const directory = useTemporaryDirectory();
  const create = useJournaledDaemons();

  it('restores its journal says that the daemon starts', async () => {
    const path = directory.file('journal');
    const daemon = await create(path);
    const { child } = daemon.launch();
    await vi.waitFor(() => expect(journalUser(path)).toBe(child.pid), { timeout: 10_000, interval: 1 });
    // The restore takes as long as the check.
    child.kill('SIGSTOP');
    const settings = settingsOf(daemon.ports);
    const findings = await runDoctor({ ...settings, journal: { ...settings.journal, path } });
    child.kill('SIGCONT');
    expect(findings['daemon']).toMatchObject({
      status: 'warning',
      text: expect.stringContaining(`process ${child.pid} uses the journal, but no daemon answers`) as string,
      advice: expect.stringContaining('It is starting or shutting down') as string,
    });
  });

  it('ended because another program has its port names this program', async () => {
    const ports = await freePorts();
    const other = createTcpServer().listen(ports.zeromq, '127.0.0.1');
    closers.push(() => other.close());
    await once(other, 'listening');
    const daemon = BuiltDaemon.start(ports);
    expect((await daemon.exit).code).not.toBe(0);
    const findings = await runDoctor(settingsOf(ports));
    expect(findings['daemon']).toMatchObject({ status: 'problem' });
    if (process.platform === 'linux')
      expect(findings['ports']!.text).toContain(`${ports.zeromq} (zeromq_uri): process ${process.pid} (`);
  });

  it('waits for a client during its stop says that the daemon shuts down', async () => {
    const ports = await freePorts();
    const daemon = await BuiltDaemon.start(ports).untilReady();
    const mute = new MuteClient(ports.websocket, '/channels/job');
    await mute.connect();
    closers.push(() => mute.close());
    let running = true;
    void daemon.exit.then(() => (running = false));
    daemon.child.kill('SIGTERM');
    const found: string[] = [];
    while (running)
      found.push((await runDoctor({}, { admin: `http://127.0.0.1:${ports.admin}` }))['daemon']!.text);
    expect(found).toContain('the daemon is shutting down: it refuses new clients');
  });
});

describe('the command doctor', () => {
  const runs = useDaemons();
  const certificates = useCertificates();

  it('exits with 0 for a running daemon with its own configuration', async () => {
    const ports = await freePorts();
    const env = environmentOf(ports);
    const daemon = await BuiltDaemon.start(ports).untilReady();
    closers.push(() => daemon.child.kill('SIGKILL'));
    const doctor = runs.start(['doctor', '--json'], env);
    expect(await doctor.exit).toBe(0);
    const { ok, findings } = JSON.parse(doctor.out) as { ok: boolean; findings: Record<string, string>[] };
    expect(ok).toBe(true);
    expect(findings.find(({ check }) => check === 'ports')!['text']).toContain(`process ${daemon.child.pid}`);
    expect(findings.find(({ check }) => check === 'configuration')).toMatchObject({ status: 'ok' });

    const other = runs.start(['doctor'], { ...env, RECODEX_MONITOR_RETENTION_IDLE: '60' });
    expect(await other.exit).toBe(0);
    expect(other.out).toContain('the running daemon has other values of retention.idle');
  });

  it('exits with 1 when something is a problem, also when the configuration is invalid', async () => {
    const env = environmentOf(await freePorts());
    const doctor = runs.start(['doctor', '-c', runs.writeConfig('retention: {idle: never}')], env);
    expect(await doctor.exit).toBe(1);
    expect(doctor.out).toMatch(/^problem {2}configuration .*1 problem\n *retention\.idle: expected/);
    expect(doctor.out).toMatch(/\d problems, \d warnings?\.\n$/);
  });

  it('makes a token for itself, and needs the authority of a certificate', async () => {
    const ports = await freePorts();
    const key = runs.directory.file('token.key');
    writeFileSync(key, 'k'.repeat(40), { mode: 0o600 });
    const { cert, key: tlsKey } = certificates.make({ days: 5 });
    const config = runs.writeConfig(
      `auth: {keys: [{alg: HS256, file: ${key}}], admin: true}\ntls: {cert: ${cert}, key: ${tlsKey}}\nlogger: {file: off}`,
    );
    const env = environmentOf(ports);
    const daemon = runs.start(['-c', config], env);
    await daemon.printed(/Ready/);
    const command = ['doctor', '-c', config, '--idle', '0', `https://127.0.0.1:${ports.websocket}/`];
    const trusting = runs.start(command, { ...env, NODE_EXTRA_CA_CERTS: cert });
    expect(await trusting.exit).toBe(0);
    expect(trusting.out).toMatch(/^ok +daemon +version/m);
    expect(trusting.out).toMatch(/^ok +upgrade +a WebSocket opens$/m);
    expect(trusting.out).toMatch(/^warning +certificate +the certificate of .* ends .*, in 4 days$/m);

    const distrusting = runs.start(command, env);
    expect(await distrusting.exit).toBe(1);
    expect(distrusting.out).toMatch(/^problem +route .*NODE_EXTRA_CA_CERTS=FILE/m);

    const admin = `http://127.0.0.1:${ports.admin}`;
    const withoutToken = runs.start(['doctor', '--admin', admin]);
    expect(await withoutToken.exit).toBe(1);
    expect(withoutToken.out).toContain('refuses a request without a token: HTTP 401');
  });

  it('exits with 130 after SIGINT', async () => {
    const silent = createTcpServer().listen(0, '127.0.0.1');
    closers.push(() => silent.close());
    await once(silent, 'listening');
    const admin = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const doctor = runs.start(['doctor', '--admin', admin]);
    await once(silent, 'connection');
    doctor.child.kill('SIGINT');
    expect(await doctor.exit).toBe(130);
    expect(doctor.err).toBe('Interrupted.\n');
  });
});

function problemsOf(findings: Findings): string[] {
  return Object.values(findings).flatMap(({ status, check, text }) =>
    status === 'problem' ? [`${check}: ${text}`] : [],
  );
}

async function localSettings(): Promise<Settings> {
  return settingsOf(await freePorts());
}

function settingsOf({ websocket, zeromq, admin }: Ports): Settings {
  const at = (port: number) => parseAddress(`127.0.0.1:${port}`)!;
  return {
    ...defaultSettings(),
    websocket_uri: at(websocket),
    zeromq_uri: at(zeromq),
    admin_uri: at(admin),
  };
}

function environmentOf({ websocket, zeromq, admin }: Ports): Record<string, string> {
  return {
    RECODEX_MONITOR_WEBSOCKET_URI: `127.0.0.1:${websocket}`,
    RECODEX_MONITOR_ZEROMQ_URI: `127.0.0.1:${zeromq}`,
    RECODEX_MONITOR_ADMIN_URI: `127.0.0.1:${admin}`,
  };
}
