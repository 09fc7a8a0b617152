#!/usr/bin/env bash
# One run of ssm-doctor for the action: reports in a folder of their own, the job summary, annotations and outputs.
set -euo pipefail
case "$COMMAND" in
  audit | inspector | plan) ;;
  *)
    echo "::error::command: expected audit, inspector or plan, found $COMMAND"
    exit 2
    ;;
esac
flags=()
while IFS= read -r line; do
  line="${line#"${line%%[![:space:]]*}"}"
  line="${line%"${line##*[![:space:]]}"}"
  if [ -n "$line" ]; then flags+=("$line"); fi
done <<<"$ARGS"
folder=$(mktemp -d "$RUNNER_TEMP/ssm-doctor.XXXXXX")
read -r -a tool <<<"${SSM_DOCTOR_TOOL:-npx --yes ssm-doctor@$VERSION}"
code=0
"${tool[@]}" "$COMMAND" ${flags[@]+"${flags[@]}"} --no-color \
  -o "$folder/report.json" -o "$folder/report.md" -o "$folder/report.sarif" || code=$?
{
  echo "exit-code=$code"
  echo "folder=$folder"
  # hashFiles() of a workflow sees the workspace alone, and the folder is outside it.
  if [ -f "$folder/report.sarif" ]; then echo "sarif=$folder/report.sarif"; fi
} >>"$GITHUB_OUTPUT"
# A job summary takes one megabyte.
if [ -f "$folder/report.md" ]; then head -c 1000000 "$folder/report.md" >>"$GITHUB_STEP_SUMMARY"; fi
if [ -f "$folder/report.json" ]; then node "$ACTION/action/annotations.mjs" "$folder/report.json"; fi
