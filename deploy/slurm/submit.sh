#!/bin/bash
# Runs an experiment under Slurm, one seed a task, then merges, verifies and scores the reports:
#
#   cargo build --release --example headless
#   bash deploy/slurm/submit.sh 1-20 'preset=paper' results
#
# takes the seeds 1 to 20 (any list that sbatch --array takes), the fragment without seeds, and the folder of the
# reports. Environment variables, with what they are if nothing is said:
#
#   JOBS=claims                                the jobs that the paper's claims look at; all for every row
#   OFFSET=0                                   is added to each number of the list, where clusters allow only small ones
#   MERGE=yes                                  no leaves the seeds in their files, as one report of thousands is too large;
#                                              then one of them, which VERIFY_SEED chooses, is verified
#   VERIFY=3 VERIFY_SEED=1                     how many jobs are trained again, and the seed of their draw
#   HEADLESS=target/release/examples/headless  the program
#   DATA=.                                     the folder in which assets/mnist is
#
# SBATCH_PARTITION, SBATCH_ACCOUNT, SBATCH_TIMELIMIT and the like are sbatch's own.
set -euo pipefail
if [ $# -ne 3 ]; then
  sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"
  exit 2
fi

export FRAGMENT=${2#\#} JOBS=${JOBS:-claims} OFFSET=${OFFSET:-0} MERGE=${MERGE:-yes} VERIFY=${VERIFY:-3} VERIFY_SEED=${VERIFY_SEED:-1}
HEADLESS=$(realpath "${HEADLESS:-target/release/examples/headless}")
DATA=$(realpath "${DATA:-.}")
mkdir -p "$3"
OUT=$(realpath "$3")
export HEADLESS DATA OUT

here=$(dirname "$0")
seeds=$(sbatch --parsable --chdir="$OUT" --array="$1" "$here/seeds.sbatch")
merge=$(sbatch --parsable --chdir="$OUT" --dependency="afterok:$seeds" --kill-on-invalid-dep=yes "$here/merge.sbatch")
echo "array $seeds, then $merge; the reports come into $OUT"
