/**
 * The suite of each command and block that the sandbox of the documentation does not execute. A suite executes all commands of the
 * pages that begin with the text, or the block of a page with this language and this first line.
 */
export const EXECUTED_BY: Readonly<Record<string, string>> = {
  'npm ci': '.ci/run',
  'npm test': '.ci/run',
  'npm run lint': '.ci/run',
  'npm run test:simulation': '.ci/run',
  'npm run typecheck': '.ci/run',
  'npm install --global': 'test/install/install.install-spec.ts',
  'npm install ../recodex-monitor/recodex-monitor-client-*.tgz': 'test/install/install.install-spec.ts',
  'npm run build': 'test/install/install.install-spec.ts',
  'npm run demo': 'test/install/install.install-spec.ts',
  'npm run dev': 'test/install/install.install-spec.ts',
  'npm run package': 'test/install/install.install-spec.ts',
  'npm start': 'test/install/install.install-spec.ts',
  'npm run bench': 'test/install/documented-programs.install-spec.ts',
  'npm run chaos': 'test/install/documented-programs.install-spec.ts',
  'npm run chaos:relay': 'test/install/documented-programs.install-spec.ts',
  'npm run fuzz': 'test/install/documented-programs.install-spec.ts',
  'npm run simulate:faults': 'test/install/documented-programs.install-spec.ts',
  'npm run test:watch': 'test/install/documented-programs.install-spec.ts',
  nft: 'test/packages/documented-programs.package-spec.ts',
  'apt-get': 'test/packages/documented-commands.package-spec.ts',
  chgrp: 'test/packages/documented-commands.package-spec.ts',
  chown: 'test/packages/documented-commands.package-spec.ts',
  dnf: 'test/packages/rpm.package-spec.ts',
  journalctl: 'test/packages/documented-commands.package-spec.ts',
  ssh: 'test/packages/documented-commands.package-spec.ts',
  systemctl: 'test/packages/documented-commands.package-spec.ts',
  docker: 'test/containers/documented-docker.engine-spec.ts',
  helm: 'test/containers/documented-commands.container-spec.ts',
  kubectl: 'test/containers/documented-commands.container-spec.ts',
  'client/README.md html: <script type="module">': 'test/browser/documented-blocks.browser-spec.ts',
  "client/README.md jsx: import { useProgress } from 'recodex-monitor-client/react';":
    'test/browser/documented-blocks.browser-spec.ts',
  'docs/architecture.md mermaid: flowchart LR': 'test/browser/documented-blocks.browser-spec.ts',
  'docs/front-end.md js: let last;': 'test/browser/documented-blocks.browser-spec.ts',
  "docs/front-end.md js: const stream = watch(channelUrl('https://recodex.example.org/monitor', id), {":
    'test/browser/documented-blocks.browser-spec.ts',
  'docs/publishing.md python: from celery_progress import publish_step':
    'test/packages/documented-programs.package-spec.ts',
  'docs/publishing.md yaml: - uses: ./.github/actions/publish-progress':
    'test/e2e/publishing-examples.e2e-spec.ts',
  'docs/zeromq.md python: import zmq': 'test/packages/documented-programs.package-spec.ts',
  "docs/publishing.md js: import { QueueEvents } from 'bullmq';":
    'test/install/documented-queue.install-spec.ts',
};

/** The longest beginning of a command or a block that the list has. */
export function beginningOf(text: string): string | undefined {
  const words = text.split(' ');
  return words
    .map((_, index) => words.slice(0, words.length - index).join(' '))
    .find((beginning) => Object.hasOwn(EXECUTED_BY, beginning));
}
