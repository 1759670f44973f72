import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shellBlocksWith } from '../docs/documented-commands.js';
import { DocumentedMachine } from '../docs/documented-machine.js';
import { isNotExecuted } from '../docs/not-executed.js';
import { RECORD } from '../docs/stand-ins.js';
import { useCertificates } from '../fixtures/certificates.js';
import { KUBERNETES_TOOLS } from './kubernetes-tools.js';

/** The programs, for a machine without a cluster. They record the commands that need one. */
const PROGRAMS = {
  helm: `#!/bin/bash
helm() { KUBECONFIG=/dev/null "${join(KUBERNETES_TOOLS, 'helm/helm')}" "$@"; }
case $1 in
  lint | template) helm "$@" ;;
  install) helm "$@" --dry-run=client ;;
  *) ${RECORD} ;;
esac
`,
  kubectl: `#!/bin/bash
kubectl() { KUBECONFIG=/dev/null "${join(KUBERNETES_TOOLS, 'kubectl/kubectl')}" "$@"; }
case " $* " in
  ' kustomize '*) kubectl "$@" ;;
  *' create '*) kubectl "$@" --dry-run=client --output yaml ;;
  *) ${RECORD} ;;
esac
`,
};

const certificates = useCertificates();
let machine: DocumentedMachine;

beforeAll(async () => {
  machine = await DocumentedMachine.start(certificates, PROGRAMS);
});

afterAll(() => machine.stop());

describe('the blocks of the documentation with helm and kubectl', () => {
  const blocks = shellBlocksWith('helm', 'kubectl').map((block) => [block.page, block.line, block] as const);

  it.each(blocks)('%s:%d', async (_page, _line, block) => {
    const recorded = await machine.runShell(block);
    expect(recorded.filter((command) => !isNotExecuted(command))).toEqual([]);
  });
});
