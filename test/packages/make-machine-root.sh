#!/bin/bash
# Makes the root file system of a machine for test/packages, unless it exists: Debian 12 with systemd, apt, dnf, sshd and Redis. Prints
# its folder. The packages come from the mirror of this machine, which must be Debian 12. Needs root and mmdebstrap.
set -euo pipefail
cache=/var/cache/recodex-monitor-tests
packages=systemd-sysv,dbus,openssh-server,iproute2,procps,curl,dnf,createrepo-c,rpm,openssl,redis-server
version=$(cksum <"$0")
root=$cache/machine-${version%% *}

if [[ ! -d $root ]]; then
  if ! command -v mmdebstrap >/dev/null; then
    echo 'test/packages needs a machine, and mmdebstrap to make it: apt-get install mmdebstrap' >&2
    exit 1
  fi
  sources=$(apt-get indextargets --format 'deb $(SITE) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' |
    grep ' bookworm' | sort -u || true)
  if [[ ! $sources ]]; then
    echo 'test/packages expects Debian 12 with the lists of its packages: apt-get update' >&2
    exit 1
  fi
  mkdir -p "$cache"
  rm -rf "$cache"/machine-*
  # apt reads the lists of packages in the machine, too. Tests start a service more often than an administrator.
  mmdebstrap --quiet --variant=minbase --skip=cleanup/apt/lists --dpkgopt=force-unsafe-io --include="$packages" \
    --customize-hook='mkdir "$1/etc/systemd/system.conf.d"' \
    --customize-hook='printf "[Manager]\nDefaultStartLimitBurst=100\n" >"$1/etc/systemd/system.conf.d/tests.conf"' \
    --customize-hook='chroot "$1" systemctl --quiet disable redis-server ssh' \
    bookworm "$root.$$" - <<<"$sources" >&2
  mv -T "$root.$$" "$root"
fi
echo "$root"
