#!/bin/bash
# What the kernel says of the step's process, for the test: PROBES is a folder of the test's.
step=$PPID
folder=$PROBES/$1
[ ! -e "$folder" ] || folder=$folder-again
mkdir -p "$folder"
tr '\0' '\n' <"/proc/$step/environ" >"$folder/environ"
tr '\0' '\n' <"/proc/$step/cmdline" >"$folder/cmdline"
for file in stat oom_score_adj cgroup; do cat "/proc/$step/$file" >"$folder/$file"; done
readlink "/proc/$step/exe" >"$folder/exe"
readlink "/proc/$step/cwd" >"$folder/cwd"
readlink "/proc/$step/fd/0" >"$folder/stdin"
worker=$(cut -d ' ' -f 4 "/proc/$step/stat")
cat "/proc/$worker/stat" >"$folder/worker-stat"
cat "/proc/$worker/comm" >"$folder/worker-comm"
tr '\0' '\n' <"/proc/$worker/cmdline" >"$folder/worker-cmdline"
readlink "/proc/$worker/exe" >"$folder/worker-exe"
for file in /proc/"$worker"/fd/*; do readlink "$file"; done >"$folder/worker-fd" 2>/dev/null
listener=$(cut -d ' ' -f 4 "/proc/$worker/stat")
tr '\0' '\n' <"/proc/$listener/cmdline" >"$folder/listener-cmdline"
readlink "/proc/$listener/exe" >"$folder/listener-exe"
log=$(grep 'Worker_.*-utc.log' "$folder/worker-fd")
grep 'Processing .*step: ' "$log" | tail -n 1 >"$folder/log-last"
echo "probed $1"
