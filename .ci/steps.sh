# The steps of .ci/run: their headings, their jobs, and the seconds that they take. The script that sources this file calls
# `end_steps` when it exits.

# The logs of the jobs, the seconds of the steps, and the summaries of the suites.
steps_folder=$(mktemp -d)
step_name=
step_start=0
job_names=()
job_ids=()

# step NAME: ends the step before, and prints the name of this one.
step() {
  end_step
  step_name=$*
  step_start=$SECONDS
  printf '\n== %s\n' "$step_name"
}

# suite COMMAND...: runs a test suite, and keeps its summary for `count_tests`.
suite() { "$@" | tee -a "$steps_folder/summaries"; }

# beside NAME COMMAND...: starts a job of this step. The jobs of a step run at the same time, so each must either wait for
# the network most of the time or keep one core busy, and none may measure times.
beside() {
  local name=$1 log=$steps_folder/job-${#job_ids[@]}
  shift
  (
    SECONDS=0
    trap 'write_time "- $name" "$SECONDS"' EXIT
    "$@"
  ) >"$log" 2>&1 &
  job_names+=("$name")
  job_ids+=($!)
}

# Waits for all jobs of this step and prints their logs. Ends the script if a job has failed.
join_jobs() {
  local job failed=()
  for job in "${!job_ids[@]}"; do
    wait "${job_ids[job]}" || failed+=("${job_names[job]}")
    printf '\n-- %s\n' "${job_names[job]}"
    tee -a "$steps_folder/summaries" <"$steps_folder/job-$job"
  done
  job_names=()
  job_ids=()
  if ((${#failed[@]} > 0)); then
    printf '\n'
    printf 'failed: %s\n' "${failed[@]}"
    exit 1
  fi
}

count_tests() {
  awk '$1 == "Tests" { passed += $2 } END { printf "\n%d passed, 0 failed\n", passed }' "$steps_folder/summaries"
}

# Prints the seconds of all steps and jobs.
end_steps() {
  end_step
  printf '\n== seconds of each step\n'
  cat "$steps_folder/times"
  printf '%5d total\n' "$SECONDS"
  rm -rf "$steps_folder"
}

end_step() {
  if [[ $step_name ]]; then write_time "$step_name" "$((SECONDS - step_start))"; fi
  step_name=
}

write_time() { printf '%5d %s\n' "$2" "$1" >>"$steps_folder/times"; }
