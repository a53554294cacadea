#!/bin/sh
# Makes golden.txt: the bytes that GNU as gives the instructions that the
# encoder's test lists. Needs as and objdump of binutils 2.40 or newer.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
(cd .. && go test -run '^TestEncoding$' . -forms "$work/forms.s" >/dev/null)
as --64 -o "$work/forms.o" "$work/forms.s"
objdump -d --insn-width=16 "$work/forms.o" | sed -n 's/^ *[0-9a-f]*:\t\([0-9a-f ]*\)\t.*/\1/p' | tr -d ' ' >"$work/bytes"
sed 1d "$work/forms.s" | paste - "$work/bytes" | LC_ALL=C sort -u >golden.txt
