/**
 * Commands that the documentation names and this suite does not run, with the suite that runs them. `none`: no suite does,
 * because the command changes the machine of the reader in a way that no test of the monitor depends on.
 */
const RUN_ELSEWHERE: Readonly<Record<string, string>> = {
  'apt-get': 'test/packages',
  dnf: 'test/packages',
  systemctl: 'test/packages',
  journalctl: 'none',
  docker: 'test/containers, without an engine',
  kubectl: 'test/containers',
  helm: 'test/containers',
  promtool: 'test/metrics',
  chown: 'none',
  chgrp: 'none',
  nft: 'none',
  ss: 'none',
  ssh: 'none',
  sudo: 'none',
};

const nothing = '#!/bin/sh\nexit 0\n';

/** What stands for a command in the sandbox: the name of a program, and its script. */
export const STAND_INS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.keys(RUN_ELSEWHERE).map((name) => [name, nothing])),
  // `journalctl -k | grep -i oom` must find something.
  journalctl: '#!/bin/sh\necho "kernel: oom-kill"\n',
  // Files get no other owner: the user of the service does not exist here.
  install: `#!/bin/bash
args=()
while (($#)); do
  case $1 in -o | -g) shift ;; *) args+=("$1") ;; esac
  shift
done
exec /usr/bin/install "\${args[@]}"
`,
  // The daemon answers; another machine does not. A stream without an end is cut.
  curl: `#!/bin/bash
case "$*" in *deb.nodesource.com*) exit 0 ;; esac
status=0
/usr/bin/env -i PATH=/usr/bin:/bin curl -sS --max-time 2 "$@" || status=$?
((status == 28)) || exit "$status"
`,
  // Installing is the subject of test/install. A script must exist.
  npm: `#!/bin/bash
[[ $1 != run ]] || grep -q "\\"$2\\": " package.json
`,
  // The command, and a monitor that ends when it is ready.
  'recodex-monitor': `#!/bin/bash
if [[ $# == 0 || $1 == -c ]]; then
  export RECODEX_MONITOR_WEBSOCKET_URI=127.0.0.1:0 RECODEX_MONITOR_ZEROMQ_URI=127.0.0.1:0 RECODEX_MONITOR_ADMIN_URI=off
  coproc "$NODE" "$REPOSITORY/dist/main.js" "$@"
  while read -r line <&"\${COPROC[0]}"; do
    [[ $line != *Ready* ]] || break
  done
  [[ $line == *Ready* ]] || exit 1
  kill "$COPROC_PID"
  exit 0
fi
exec "$NODE" "$REPOSITORY/dist/main.js" "$@"
`,
};
