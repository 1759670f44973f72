import { inject, it } from 'vitest';
import { FakeBroker, startMonitor, TestClient } from '../monitor.js';
import { Proxy } from './proxy.js';
import { PROXIES } from './proxies.js';
import http2 from 'node:http2';

const IDS = ['plain','ž ?#&"','a/b','a//b','/a','a/','100%','%2F','a/../b','../../x','..','a;b=c','a\\b','[x]{y}|^`',"a'b()*!~",'a:b@c,d$e+f','<s>','\u0000nul','a\nb','j-\u{1F600}', 'x'.repeat(1000)];
it.each(Object.keys(PROXIES))('%s', async (name) => {
  const monitor = await startMonitor();
  const broker = await FakeBroker.connect(monitor.endpoint);
  const proxy = await Proxy.start(name as never, monitor.http.slice(7), inject('certificate'));
  const out: string[] = [];
  try {
    for (const id of IDS) await broker.send(id, 'STARTED');
    await new Promise((r) => setTimeout(r, 300));
    for (const [route, base] of [['direct', monitor.http + '/monitor/channels/'], [name, `https://${proxy.address}/monitor/channels/`]] as const)
    for (const id of IDS) {
      const url = base + encodeURIComponent(id);
      const r = await fetch(url, { headers: { accept: 'application/json' } }).catch((e) => { out.push(route + JSON.stringify(id) + String(e.cause)); return { status: 0, text: () => '' }; });
      const t = await r.text();
      let got; try { got = JSON.parse(t).id; } catch { got = t.slice(0, 60); }
      let ws: string;
      const c = new TestClient(url.replace('http', 'ws') + '?after=zz-1');
      ws = await Promise.race([c.received(2).then((f) => f[0]!), c.closed.then((x) => 'closed ' + JSON.stringify(x), (e) => 'err ' + e.message), new Promise<string>((r) => setTimeout(r, 1000, 'TIMEOUT'))]);
      c.socket.terminate();
      if (r.status !== 200 || got !== id || ws !== '{"reset":"epoch"}') out.push(`${route} ${JSON.stringify(id).slice(0,40)}: ${r.status} ${JSON.stringify(got)} ws ${ws}`);
    }
    // SSE h1 + h2 latency
    const session = http2.connect(`https://${proxy.address}`);
    const req = session.request({ ':path': '/monitor/channels/sse', accept: 'text/event-stream' });
    let text = ''; let wake = () => {};
    req.setEncoding('utf8').on('data', (d: string) => { text += d; wake(); });
    req.on('response', (h) => out.push('h2 ' + JSON.stringify(h)));
    const until = async (re: RegExp) => { while (!re.test(text)) await new Promise<void>((r) => (wake = r)); };
    const ended = new Promise((r) => req.on('end', r));
    await Promise.race([until(/retry/), new Promise((_, j) => setTimeout(j, 3000, new Error('h2 retry')))]);
    const lat = [];
    for (let i = 1; i < 30; i++) { const t = performance.now(); await broker.send('sse', 'TASK', 't' + i, 'COMPLETED'); await until(new RegExp(`"t${i}"`)); lat.push(performance.now() - t); }
    out.push('h2 sse lat ' + lat.map((x) => x.toFixed(1)).join(' '));
    const r = await fetch(`https://${proxy.address}/monitor/channels/sse`, { headers: { accept: 'text/event-stream' } });
    out.push('h1 ' + JSON.stringify(Object.fromEntries(r.headers)));
    text = '';
    const reader = r.body!.pipeThrough(new TextDecoderStream()).getReader();
    const done = (async () => { for (;;) { const x = await reader.read(); if (x.done) return; text += x.value; wake(); } })();
    await until(/"t29"/);
    const lat1 = [];
    for (let i = 1; i < 30; i++) { const t = performance.now(); await broker.send('sse', 'TASK', 'u' + i, 'COMPLETED'); await until(new RegExp(`"u${i}"`)); lat1.push(performance.now() - t); }
    out.push('h1 sse lat ' + lat1.map((x) => x.toFixed(1)).join(' '));
    await broker.send('sse', 'FINISHED');
    await Promise.race([done, new Promise((_, j) => setTimeout(j, 3000, new Error('h1 end')))]);
    await Promise.race([ended, new Promise((_, j) => setTimeout(j, 3000, new Error('h2 end')))]);
    out.push(JSON.stringify(text.slice(-120)));
    session.close();
  } catch (e) { out.push('ERROR ' + (e as Error).stack); }
  finally {
    process.stdout.write(`=== ${name}\n${out.join('\n')}\n`);
    broker.close(); await monitor.close(); await proxy.stop();
  }
}, 60000);
