#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Shows that Monocle builds, runs and passes its tests on bare systems: for every SUITE of Debian it
# makes a minimal system from nothing, copies the work tree into it, and does what the README says; then
# makes the Debian package there, and installs, runs and removes it in a system that has nothing else.
# Takes tens of minutes each, needs root and debootstrap, and is no part of continuous integration.
#
#   sh tests/systems.sh [--keep] [--package] [SUITE...] [-- ARGUMENTS]    bookworm trixie sid, if none is named
#
# --package leaves out what is not about the package.
# ARGUMENTS go to tests/run.sh: a slow machine wants `-- --timeout-multiplier 4`. Systems and logs are
# made in build-systems/; with --keep the systems stay. Shaders that the tests of a system compiled stay
# there for its next time, as they take most of it; nothing else does. What is fetched comes from the
# mirror, and in the way, that this machine's apt uses.
set -eu

top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
work=$top/build-systems
passed=0
failed=0

# shellcheck source=app/packages.sh
. "$top/app/packages.sh"

# Inside a mount and process namespace of its own, so that nothing outlives it: COMMAND in ROOT.
# A path without quotes is all that the outer shell puts in.
inside () {
  root=$1
  # shellcheck disable=SC2016 # for the inner shell
  unshare --mount --pid --fork --kill-child sh -c '
    mount -t proc proc "$1/proc" && mount --rbind /sys "$1/sys" && mount --rbind /dev "$1/dev" &&
    exec chroot "$1" /usr/bin/env -i HOME=/root TERM=dumb LANG=C.UTF-8 \
      PATH=/usr/sbin:/usr/bin:/sbin:/bin ${http_proxy:+"http_proxy=$http_proxy"} \
      sh -c "cd /monocle && $2"' inside "$root" "$2"
}

# make_system SUITE ROOT: minimal, with the work tree in /monocle.
make_system () {
  make_bare "$1" "$2" || return 1
  (cd "$top" && git ls-files -co -z --exclude-standard | tar c --null -T - --ignore-failed-read) |
    tar x -C "$2/monocle" --no-same-owner
  mkdir -p "$work/$1-shaders" "$2/monocle/build-tests/home"
  cp -r "$work/$1-shaders" "$2/monocle/build-tests/home/shaders"
}

# make_bare SUITE ROOT: minimal, with an empty /monocle.
make_bare () {
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | sort -u | head -n 1)
  debootstrap --variant=minbase "$1" "$2" "$mirror" || return 1
  apt-config dump | grep '^Acquire::' | grep -v '^Acquire::IndexTargets' > "$2/etc/apt/apt.conf.d/90host"
  # Nobody misses these systems after a power cut.
  echo force-unsafe-io > "$2/etc/dpkg/dpkg.cfg.d/unsafe"
  mkdir "$2/monocle"
}

# keep_shaders SUITE ROOT
keep_shaders () {
  cp -r "$2/monocle/build-tests/home/shaders/." "$work/$1-shaders"
}

# step SUITE WHAT COMMAND...: runs it, says what came, keeps the log.
step () {
  suite=$1
  what=$2
  shift 2
  log=$work/$suite-$(printf '%s' "$what" | tr -cs 'a-z' '-' | sed 's/^-*//; s/-*$//').log
  started=$(date +%s)
  if "$@" >"$log" 2>&1; then
    passed=$((passed + 1)) came=OK
  else
    failed=$((failed + 1)) came="FAILED, see $log"
  fi
  say "$suite: $what: $came ($(($(date +%s) - started)) s; $(tail -n 1 "$log"))"
  [ "$came" = OK ]
}

# A display, and a window on it that comes, says which picture it shows, and closes when asked to. What
# it had to say is on the last lines: there should be none. COMMAND: what opens the picture.
# shellcheck disable=SC2016 # for the inner shell
window='
  # There is no accessibility bus on a bare system, which GTK would say.
  export XDG_RUNTIME_DIR=$(mktemp -d) GDK_BACKEND=x11 DISPLAY=:9 GTK_A11Y=none
  Xvfb :9 -screen 0 1280x800x24 -nolisten tcp >/dev/null 2>&1 &
  sleep 2
  dbus-run-session -- COMMAND >/tmp/window.log 2>&1 &
  program=$!
  window=$(timeout 120 xdotool search --sync --onlyvisible --name 1-park | head -n 1)
  [ -n "$window" ] || { cat /tmp/window.log; exit 1; }
  xdotool windowfocus "$window"; sleep 5; xdotool key ctrl+q
  wait $program || { cat /tmp/window.log; exit 1; }
  if grep -E "WARNING|CRITICAL" /tmp/window.log; then exit 1; fi
  echo the window came and went'

# window_of COMMAND
window_of () {
  printf '%s' "$window" | sed "s|COMMAND|$1|"
}

# What the package gives, and that nothing of it is left. Installing brings all it needs.
# shellcheck disable=SC2016 # for the inner shell
package='
  set -e
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq /monocle/monocle_*.deb
  monocle-cli --version
  monocle-cli run --task find /usr/share/monocle/samples/1-park.png
  monocle-cli run --task find --annotate /tmp/found.png /usr/share/monocle/samples/1-park.png
  test -s /tmp/found.png
  apt-get install -y -qq --no-install-recommends xvfb xdotool dbus >/dev/null
  ('"$(window_of 'monocle /usr/share/monocle/samples/1-park.png')"')
  apt-get purge -y -qq monocle
  left=$(find / -xdev \( -path /proc -o -path /monocle -o -path /root -o -path /tmp \) -prune -o -iname "*monocle*" -print)
  [ -z "$left" ] || { echo "left behind:"; echo "$left"; exit 1; }
  echo installed, ran, removed'

# try_package SUITE ROOT: as made in ROOT, in a system of its own.
try_package () {
  rm -rf --one-file-system "$2-package"
  make_bare "$1" "$2-package" || return 1
  cp "$2"/monocle/build-deb/monocle_*.deb "$2-package/monocle/" || return 1
  inside "$2-package" "$package"
}

keep=
only_package=
while :; do
  case ${1:-} in
    --keep) keep=yes ;;
    --package) only_package=yes ;;
    *) break ;;
  esac
  shift
done
suites=
while [ "$#" -gt 0 ] && [ "$1" != -- ]; do
  case $1 in *[!a-z]* | '') warn "There is no suite $1"; exit 2 ;; esac
  suites="$suites $1"
  shift
done
[ "$#" -eq 0 ] || shift
arguments=$*
[ "$(id -u)" -eq 0 ] || { warn 'Only root can make systems.'; exit 1; }
install_packages '
debootstrap   makes minimal systems
'

for suite in ${suites:-bookworm trixie sid}; do
  root=$work/$suite
  rm -rf --one-file-system "$root"
  mkdir -p "$work"
  step "$suite" 'a bare system' make_system "$suite" "$root" || continue
  if [ -z "$only_package" ]; then
    step "$suite" 'sh app/run.sh --cli' inside "$root" 'sh app/run.sh --cli' || :
    step "$suite" 'sh tests/run.sh' inside "$root" "sh tests/run.sh $arguments" || :
    keep_shaders "$suite" "$root"
    step "$suite" 'sh app/run.sh IMAGE' inside "$root" "$(window_of 'sh app/run.sh data/samples/1-park.png')" || :
  fi
  if step "$suite" 'sh data/packaging/deb.sh' inside "$root" 'sh data/packaging/deb.sh'; then
    step "$suite" 'the package' try_package "$suite" "$root" || :
  fi
  [ -n "$keep" ] || rm -rf --one-file-system "$root" "$root-package"
done

say "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
