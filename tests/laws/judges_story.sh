# Read by judges.test: findings on the corpus's captures, by its own truth. Keys stand beside those that are TLS.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
printf 'story: literal\n' >"$folder/literal.yaml"
cat >"$folder/map.yaml" <<'MAP'
clusters:
  prod-eu:
    endpoints:
      - {address: 10.50.0.5, port: 6443}
      - {address: 10.50.0.10, port: 6443}
      - {address: 10.50.0.11, port: 6443}
      - {address: 'fd50::a', port: 6443}
      - {address: 'fd50::b', port: 6443}
      - {address: 10.50.0.152, port: 8080}
    fronts: [{address: 10.50.0.151, says: x-forwarded-for}]
  staging-us:
    endpoints: [{address: 10.50.0.20, port: 8443}, {address: 'fd50::14', port: 8443}]
MAP
# judged WHAT NAME JUDGE-OF-STORY.PY OPTIONS-OF-KAPIWATCH...
judged() {
    what=$1 name=$2 judge=$3
    shift 3
    # shellcheck disable=SC2086
    output=$(./kapiwatch -q -R "$srcdir/rules" -r "$KAPIWATCH_CORPUS/$name.pcap" -k "$KAPIWATCH_CORPUS/$name.keys" -o json+alert "$@" |
        python3 "$srcdir/tests/tools/story.py" $judge 2>&1)
    tells "$name: $what" $? '' "$output"
}
for path in "$KAPIWATCH_CORPUS"/*.audit.jsonl; do
    name=$(basename "$path" .audit.jsonl)
    judged 'the six searches by peer' "$name" "six $KAPIWATCH_CORPUS/six_wire.json wire $name" -c "$folder/literal.yaml"
    judged 'the six searches by client' "$name" "six $KAPIWATCH_CORPUS/six_client.json client $name" \
        -c "$folder/literal.yaml" -C "$folder/map.yaml"
    judged 'who is named and who is not' "$name" "sources $KAPIWATCH_CORPUS/$name.truth.json $KAPIWATCH_CORPUS/sources.json" \
        -C "$folder/map.yaml"
done
for name in d09_plain_h1 d10_plain_h2c; do
    judged 'clients behind the front' $name "named $KAPIWATCH_CORPUS/$name.truth.json - prod-eu" -C "$folder/map.yaml"
    judged 'the front' $name "named $KAPIWATCH_CORPUS/$name.truth.json 10.50.0.151"
done
judged 'the open proxy' d08_kubectl_proxy "lent $KAPIWATCH_CORPUS/d08_kubectl_proxy.truth.json 10.50.0.106:8001"
