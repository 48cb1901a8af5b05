#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Shows that several machines can share a batch: the same pictures are asked about at once, under GNU
# parallel, and as an array of Slurm jobs on a cluster of this one machine that is made for it; what comes
# of each must be what comes of one program alone. No part of continuous integration: it needs root, and
# Debian's parallel, slurm-wlm and munge.
#
#   sh tests/shares.sh [MONOCLE-CLI [PICTURES]]
set -eu

top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cli=${1:-$top/build/app/monocle-cli}
pictures=${2:-$top/data/samples}
work=$(mktemp -d)
failed=0

for tool in parallel sbatch slurmctld slurmd munged; do
  PATH=$PATH:/usr/sbin command -v "$tool" > /dev/null || {
    echo "needs $tool: apt install parallel slurm-wlm munge" >&2
    exit 1
  }
done
PATH=$PATH:/usr/sbin

finish () {
  for daemon in slurmd slurmctld munged; do
    if [ -s "$work/$daemon.pid" ]; then kill "$(cat "$work/$daemon.pid")" 2> /dev/null || true; fi
  done
  sleep 1
  rm -rf "$work"
}
trap finish EXIT

# answers FOLDER: all of them, without how long each took
answers () {
  (cd "$1" && find . -name '*.jsonl' | sort | xargs cat) | sed 's/, "timing_ms": {[^}]*}//'
}

# compare TITLE FOLDER
compare () {
  answers "$2" > "$work/answers"
  if cmp -s "$work/alone" "$work/answers"; then
    echo "ok $1"
  else
    echo "not ok $1"
    failed=1
  fi
}

"$cli" batch --task detect --output "$work/one" "$pictures"
answers "$work/one" > "$work/alone"

# As the README says it.
parallel -j 2 "$cli" batch --task detect --shard '{}/4' --output "$work/parallel" "$pictures" ::: 1 2 3 4
compare 'GNU parallel' "$work/parallel"

host=$(hostname -s)
mkdir -p "$work/state" "$work/spool"
dd if=/dev/urandom of="$work/key" bs=1024 count=1 2> /dev/null
chmod 0400 "$work/key"
chmod 0755 "$work"
munged --force --key-file="$work/key" --socket="$work/munge.socket" --pid-file="$work/munged.pid" \
  --log-file="$work/munged.log" --seed-file="$work/munged.seed"
cat > "$work/slurm.conf" << CONF
ClusterName=here
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge.socket
CredType=cred/munge
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
SlurmctldPort=16817
SlurmdPort=16818
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobAcctGatherType=jobacct_gather/none
SchedulerType=sched/builtin
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF="$work/slurm.conf"
slurmctld
slurmd
cat > "$work/job" << JOB
#!/bin/sh
#SBATCH --array=1-3
#SBATCH --output=$work/job-%a.log
exec "$cli" batch --task detect --shard "\$SLURM_ARRAY_TASK_ID/\$SLURM_ARRAY_TASK_COUNT" \
  --output "$work/slurm" "$pictures"
JOB
# The node takes a moment to be there.
for _ in $(seq 60); do
  sinfo --noheader --format %T 2> /dev/null | grep -q idle && break
  sleep 1
done
sbatch --wait "$work/job"
cat "$work"/job-*.log
compare 'Slurm job array' "$work/slurm"
[ "$failed" -eq 0 ]
