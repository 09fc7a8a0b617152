#!/bin/sh
# One audit, compared with the newest of an earlier day: weekly.sh FOLDER [flags of ssm-doctor audit]
# FOLDER keeps DAY.json for programs, DAY.txt for people and DAY.log; what is broken off goes on when called again that day.
set -eu
cd "$1"
shift
day=$(date +%F)
before=$(find . -maxdepth 1 -name '20??-??-??.json' ! -name "$day.json" | sort | tail -n 1)
code=0
ssm-doctor audit --resume "parts-$day" ${before:+--baseline "$before"} --output "$day.json" "$@" >"$day.txt" 2>"$day.log" ||
  code=$?
# 0: all managed; 1: some are not, which the report tells; anything else is a fault of the run, and cron tells of it.
if [ "$code" -gt 1 ]; then
  cat "$day.log" >&2
  exit "$code"
fi
rm -rf "parts-$day"
