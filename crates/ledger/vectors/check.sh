#!/bin/sh
# Checks every file here with sha256sum, openssl 3 and xxd, and none of our code.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

echo "hashes: the id of a revision is the SHA-256 of its file"
sha256sum --check --quiet SHA256SUMS

echo "bodies: each revision names the SHA-256 of its body"
for one in put correction approve; do
    digest=$(sha256sum < $one.t1.json | cut -c1-64)
    grep -q "\"bodies\":{\"t1\":\"$digest\"}" $one.json
done

# verify LINE FILE KEY
verify() {
    { printf '%s\n' "$1"; openssl dgst -sha256 -binary "$2.json"; } > "$work/message"
    xxd -r -p "$2.sig" > "$work/signature"
    openssl pkeyutl -verify -pubin -inkey "$3.pub.pem" -rawin \
        -in "$work/message" -sigfile "$work/signature" > "$work/said" || { cat "$work/said"; exit 1; }
}
echo "signatures: a line of context, a line feed, the 32 bytes of the hash"
verify safelane/1/revision put device
verify safelane/1/revision correction device
verify safelane/1/revision approve approver
verify safelane/1/receipt receipt hub
verify safelane/1/held held hub

echo "log: each head is the SHA-256 of the head before and the leaf"
head=$(printf '%064d' 0)
for n in 1 2 3; do
    head=$({ printf %s "$head" | xxd -r -p; cat leaf-$n.json; } | sha256sum | cut -c1-64)
    [ "$head" = "$(sed -n ${n}p heads.txt)" ]
done
grep -q "\"head\":\"$head\"" receipt.json

echo "all hold"
