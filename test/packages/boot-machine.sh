#!/bin/bash
# Boots a machine with the root file system $1: systemd is process 1, in namespaces and control groups of this machine only.
# The root file system does not change: the machine writes to memory. The script runs in a mount namespace of its own. It prints the
# process id of systemd, and ends the machine when stdin is closed.
set -euo pipefail
root=$1
group=${2:-recodex-machine-$$}
directory=${3:-}

# Mounts each hierarchy of control groups below a folder, as systemd expects them. Sets `hierarchies` to the mount points.
mount_hierarchies() {
  local folder=$1 controllers target
  hierarchies=()
  if [[ $(</proc/self/cgroup) == 0::* ]]; then
    mount -t cgroup2 cgroup2 "$folder"
    hierarchies=("$folder")
    return
  fi
  mount -t tmpfs -o mode=755 tmpfs "$folder"
  while IFS=: read -r _ controllers _; do
    target=$folder/${controllers#name=}
    [[ $controllers ]] || target=$folder/unified
    mkdir "$target"
    case $controllers in
    '') mount -t cgroup2 cgroup2 "$target" ;;
    name=*) mount -t cgroup -o "none,$controllers" cgroup "$target" ;;
    *) mount -t cgroup -o "$controllers" cgroup "$target" ;;
    esac
    hierarchies+=("$target")
  done </proc/self/cgroup
}

# Runs as process 1 of the new namespaces, and becomes systemd.
start_systemd() {
  local device
  mount -t tmpfs -o mode=755 tmpfs "$directory"
  mkdir "$directory"/{upper,work,root}
  mount -t overlay -o "lowerdir=$root,upperdir=$directory/upper,workdir=$directory/work" overlay "$directory/root"
  cd "$directory/root"
  mount -t proc proc proc
  # The settings of the kernel are those of the host.
  mount --bind proc/sys proc/sys
  mount -o remount,bind,ro proc/sys
  mount -t sysfs -o ro sysfs sys
  mount_hierarchies sys/fs/cgroup
  mount -t tmpfs -o mode=755 tmpfs run
  mount -t tmpfs -o mode=1777 tmpfs tmp
  mount -t tmpfs -o mode=755 tmpfs dev
  # systemd reads the log of the kernel from kmsg.
  for device in null zero full random urandom tty kmsg; do cp -a "/dev/$device" dev; done
  mkdir dev/pts dev/shm
  mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts
  ln -s pts/ptmx dev/ptmx
  hostname monitor
  read -r pid _ </proc/self/stat
  mkdir oldroot
  pivot_root . oldroot
  umount -l oldroot
  rmdir oldroot
  echo "$pid"
  # A machine that is no container would set up the hardware.
  exec env -i container=other PATH=/usr/sbin:/usr/bin /sbin/init --log-target=journal >/dev/null 2>&1 </dev/null
}

if [[ $directory ]]; then start_systemd; fi

end_machine() {
  [[ ! ${machine-} ]] || kill -KILL "$machine" || true
  rmdir "$directory"
  # The last processes of the machine may still be ending.
  for hierarchy in "${hierarchies[@]}"; do
    for _ in {1..50}; do
      find "$hierarchy/$group" -depth -type d -exec rmdir {} + 2>/dev/null && break
      sleep 0.1
    done
  done
}

directory=$(mktemp -d)
mount_hierarchies /sys/fs/cgroup
trap end_machine EXIT
for hierarchy in "${hierarchies[@]}"; do
  mkdir "$hierarchy/$group"
  # A group of version 1 has no processor and no memory at first, and takes no process.
  for setting in cpuset.cpus cpuset.mems; do
    [[ ! -e $hierarchy/$setting ]] || cat "$hierarchy/$setting" >"$hierarchy/$group/$setting"
  done
done
(
  trap - EXIT
  for hierarchy in "${hierarchies[@]}"; do echo "$BASHPID" >"$hierarchy/$group/cgroup.procs"; done
  exec unshare --mount --pid --net --ipc --uts --cgroup --fork --kill-child bash "$0" "$root" "$group" "$directory"
) </dev/null &
machine=$!
# Without this, bash reports that it was killed.
disown

cat >/dev/null
