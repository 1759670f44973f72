#!/usr/bin/env node
// Playwright starts this program in place of Firefox. Firefox ESR lacks a command of WebDriver BiDi that Playwright always
// sends. This program forwards all other messages, and answers that command itself. The preferences of the profile say
// what the command would (firefox.ts).
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { WebSocket, WebSocketServer } from 'ws';

const LACKING = 'emulation.setMediaFeaturesOverride';
const LISTENS = /WebDriver BiDi listening on (ws:\S+)/;

const firefox = spawn(process.env.FIREFOX, process.argv.slice(2), {
  stdio: ['ignore', 'ignore', 'pipe'],
});
firefox.on('error', ({ message }) => process.stderr.write(`${message}\n`));
firefox.on('close', (code) => process.exit(code ?? 1));

for await (const line of createInterface(firefox.stderr)) {
  const endpoint = LISTENS.exec(line)?.[1];
  if (endpoint) forwardTo(endpoint);
}

function forwardTo(endpoint) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (client, { url }) => {
    const browser = new WebSocket(endpoint + url);
    const waiting = [];
    browser.on('open', () => waiting.splice(0).forEach((data) => browser.send(data, { binary: false })));
    browser.on('message', (data) => client.send(data, { binary: false }));
    browser.on('close', () => client.close());
    client.on('close', () => browser.close());
    client.on('message', (data) => {
      const { id, method } = JSON.parse(data);
      if (method === LACKING) client.send(JSON.stringify({ type: 'success', id, result: {} }));
      else if (browser.readyState === WebSocket.OPEN) browser.send(data, { binary: false });
      else waiting.push(data);
    });
  });
  server.on('listening', () => {
    process.stderr.write(`WebDriver BiDi listening on ws://127.0.0.1:${server.address().port}\n`);
  });
}
