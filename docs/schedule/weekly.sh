#!/bin/sh
# One audit, compared with the newest of an earlier day: weekly.sh FOLDER [flags of ssm-doctor audit]
# FOLDER receives DAY.json for programs, DAY.txt for people and DAY.log, readable by their owner only. An interrupted audit
# resumes when the script is run again on the same day.
set -eu
cd "$1"
shift
day=$(date +%F)
before=$(find . -maxdepth 1 -name '20??-??-??.json' ! -name "$day.json" | sort | tail -n 1)
code=0
(umask 077 && : >"$day.txt" && : >"$day.log")
ssm-doctor audit --resume "parts-$day" ${before:+--baseline "$before"} --output "$day.json" "$@" >"$day.txt" 2>"$day.log" ||
  code=$?
# 0: all managed; 1: some are not; 3: some could not be assessed, as the report says. Otherwise the run failed, and cron
# mails what follows.
if [ "$code" -ne 0 ] && [ "$code" -ne 1 ] && [ "$code" -ne 3 ]; then
  cat "$day.log" >&2
  exit "$code"
fi
rm -rf "parts-$day"
