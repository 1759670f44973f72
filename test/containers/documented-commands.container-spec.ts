import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentBlocks } from '../docs/document-block.js';
import { shellBlocksWith } from '../docs/documented-commands.js';
import { PageSandboxes } from '../docs/page-sandboxes.js';
import { SandboxTemplate } from '../docs/sandbox-template.js';
import { freePorts } from '../fixtures/built-daemon.js';
import { useCertificates } from '../fixtures/certificates.js';
import { KubernetesCommands } from '../kubernetes/kubernetes-commands.js';
import { StandInCluster } from '../kubernetes/stand-in-cluster.js';
import { KUBERNETES_TOOLS } from './kubernetes-tools.js';

/** Runs a program, and then the check of what the command did. A forwarded port is a free one in place of the port of the page. */
function program(name: string): string {
  const path = join(KUBERNETES_TOOLS, name, name);
  return `#!/bin/bash
if [[ " $* " == *' port-forward '* ]]; then exec ${path} "\${@:1:$#-1}" "$FORWARDED_PORT:\${!#}"; fi
${path} "$@" && /usr/bin/curl -sS --fail-with-body --data-binary "${name} $*" "$CHECK_COMMAND"
`;
}

/** Ends the programs that a block starts in the background. */
const END_JOBS = "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT";

const certificates = useCertificates();
const blocks = shellBlocksWith('helm', 'kubectl');

// Each page is a recipe: its blocks run in order, in a cluster that has nothing before.
describe.each([...new Set(blocks.map(({ page }) => page))])(
  'the blocks of %s with helm and kubectl',
  (page) => {
    let cluster: StandInCluster;
    let commands: KubernetesCommands;
    let checker: Server;
    let template: SandboxTemplate;
    let sandboxes: PageSandboxes;

    beforeAll(async () => {
      cluster = await StandInCluster.start();
      commands = new KubernetesCommands(cluster, certificateOf(page));
      checker = await startChecker(commands);
      template = new SandboxTemplate(certificates);
      const ports = await freePorts();
      const variables = `export KUBECONFIG=${cluster.kubeconfig} FORWARDED_PORT=${ports.admin} CHECK_COMMAND=http://127.0.0.1:${(checker.address() as AddressInfo).port}`;
      const programs = ['helm', 'kubectl'].map((name) => [
        name,
        program(name).replace('\n', `\n${variables}\n`),
      ]);
      sandboxes = new PageSandboxes(template, ports, process.pid, Object.fromEntries(programs));
    });

    afterAll(async () => {
      sandboxes.remove();
      template.remove();
      checker.close();
      commands.close();
      await cluster.stop();
    });

    it.each(blocks.filter((block) => block.page === page).map((block) => [block.line, block] as const))(
      'of line %d',
      async (_line, { code }) => {
        // Ways of installing the monitor are alternatives.
        if (/^kubectl apply -k|^helm .*install /m.test(code)) await cluster.clear();
        const result = await sandboxes.of(page).bash(`${END_JOBS}\n${code}`);
        expect(result.code, `${result.output}${result.errors}`).toBe(0);
        expect(result.errors).not.toMatch(/error|warn/i);
        expect(result.recorded).toEqual([]);
        if (/ port-forward /.test(code)) expect(result.output).toContain('"status":"ok"');
      },
    );
  },
);

/** A server that checks the command in the body of each request. */
async function startChecker(commands: KubernetesCommands): Promise<Server> {
  const server = createServer((request, response) => {
    void text(request)
      .then((command) => commands.check(command))
      .then(
        () => response.end(),
        (error: unknown) => response.writeHead(500).end(`${String(error)}\n`),
      );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

/** The Secret that cert-manager makes for the Certificate of a page. */
function certificateOf(page: string): { name: string; cert: string; key: string } | undefined {
  const manifests = documentBlocks(page).filter(({ code }) => /^kind: Certificate$/m.test(code));
  const [manifest] = manifests.map(({ code }) => load(code) as { spec: { secretName: string } });
  if (!manifest) return undefined;
  const { cert, key } = certificates.make();
  return { name: manifest.spec.secretName, cert: certificates.read(cert), key: certificates.read(key) };
}
