/** Programs that the sandbox records and does not run: they change the machine, or need one that the tests do not have. */
const RECORDED = [
  'apt-get',
  'chgrp',
  'chown',
  'dnf',
  'docker',
  'helm',
  'journalctl',
  'kubectl',
  'nft',
  'npm',
  'ssh',
  'systemctl',
] as const;

/** A line of a shell script that records the command. The sandbox reports what is recorded as not executed. */
export const RECORD = 'echo "${0##*/} $*" >>"$SANDBOX/recorded"';

/** What stands for a command in the sandbox: the name of a program, and its script. */
export const STAND_INS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(RECORDED.map((name) => [name, `#!/bin/bash\n${RECORD}\n`])),
  // `journalctl -k | grep -i oom` must find something.
  journalctl: `#!/bin/bash\n${RECORD}\necho "kernel: oom-kill"\n`,
  sudo: '#!/bin/bash\nexec "$@"\n',
  // Not every machine has it.
  ss: '#!/bin/bash\n[[ ! -x /usr/bin/ss ]] || exec /usr/bin/ss "$@"\n',
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
status=0
/usr/bin/env -i PATH=/usr/bin:/bin curl -sS --max-time 2 "$@" || status=$?
((status == 28)) || exit "$status"
`,
  // A script must exist.
  npm: `#!/bin/bash
${RECORD}
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
