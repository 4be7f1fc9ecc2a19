#!/usr/bin/env bash
# Tresor beside KeePassXC's command line, which does the nearest job, on the same secrets in one run.
#
# Both keys are made to cost about 100 ms. The two programs take turns, every answer is looked at before its time counts, and
# what is printed is a table in Markdown with the medians. Put TMPDIR on the disk that is meant.
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/system.sh
. "$here/../scripts/system.sh"

readonly VAULT=contoso-prod
readonly PASSPHRASE='correct horse battery staple'
readonly WANTED_KDF_MS=100

secrets=100000
repetitions=3
seed=20261120
program=

usage() {
    cat <<USAGE
Usage: benches/keepassxc.sh [--secrets NUMBER] [--repetitions NUMBER] [--seed NUMBER] [--tresor PROGRAM]

  --secrets NUMBER      How many there are (default: $secrets)
  --repetitions NUMBER  How often each command is run; the median counts (default: $repetitions)
  --seed NUMBER         What the secrets are made from (default: $seed)
  --tresor PROGRAM      The program to measure; without it the one of this folder is built and taken
USAGE
}

read_arguments() {
    while [ $# -gt 0 ]; do
        case $1 in
        --help | -h)
            usage
            exit 0
            ;;
        --secrets | --repetitions | --seed)
            [[ ${2:-} =~ ^[1-9][0-9]{0,7}$ ]] || die "$1 takes a number from 1 to 99999999."
            declare -g "${1#--}=$2"
            ;;
        --tresor)
            [ -x "${2:-}" ] || die "--tresor takes a program."
            program=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
            ;;
        *)
            usage >&2
            exit 2
            ;;
        esac
        shift 2
    done
}

main() {
    read_arguments "$@"
    [ "$repetitions" -le "$secrets" ] || die "each repetition takes another secret; there are not so many."
    need_packages "what Tresor is compared with, and what measures both" keepassxc time
    command -v keepassxc-cli >/dev/null || die "keepassxc-cli is missing."
    [ -x /usr/bin/time ] || die "GNU time is missing."
    if [ -z "$program" ]; then
        need_compilers
        (cd "$here/.." && cargo build --quiet --release --bin tresor)
        program=$here/../target/release/tresor
    fi

    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    mkdir "$folder/taken"
    # Neither program shall find anything of the person's.
    export HOME=$folder XDG_CONFIG_HOME=$folder/config XDG_DATA_HOME=$folder/data XDG_CACHE_HOME=$folder/cache
    unset TRESOR_STORE TRESOR_PASSPHRASE AZURE_CORE_OUTPUT
    printf '%s\n' "$PASSPHRASE" >"$folder/once"
    printf '%s\n%s\n' "$PASSPHRASE" "$PASSPHRASE" >"$folder/twice"

    say "making $secrets secrets"
    make_data
    say "making both keys cost about $WANTED_KDF_MS ms"
    calibrate
    local turn name value
    for ((turn = 1; turn <= repetitions; turn++)); do
        say "import, turn $turn of $repetitions"
        import
    done
    turn=1
    while IFS=$'\t' read -r name value; do
        say "show, set and list, turn $turn of $repetitions"
        show "$name" "$value"
        set_one "$name" "changed-$turn-$value"
        list
        turn=$((turn + 1))
    done <"$folder/picked"
    report
}

# ---- the data -------------------------------------------------------------------------------------------------------------

# data.jsonl and data.xml with the same secrets; names, sorted; and picked, as many names with their values as are asked for.
make_data() {
    awk -v count="$secrets" -v picks="$repetitions" -v seed="$seed" -v folder="$folder" '
        # Park and Miller, so that every awk makes the same.
        function draw(below) {
            state = (state * 16807) % 2147483647
            return int(state / 2147483647 * below)
        }
        function text(length_, letters,    made) {
            made = ""
            while (length_-- > 0) made = made substr(letters, 1 + draw(length(letters)), 1)
            return made
        }
        function field(key, value, attribute) {
            return "<String><Key>" key "</Key><Value" attribute ">" value "</Value></String>"
        }
        BEGIN {
            state = seed
            teams = split("billing checkout data identity logistics mobile payments platform search web", team)
            stages = split("dev prod prod prod staging test", stage)
            parts = split("api cache cron gateway ledger mailer queue reports sync worker", part)
            kinds = split("api-key client-secret connection-string db-password signing-key webhook-token", kind)
            plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
            signed = plain "-_.~!*+"
            lines = folder "/data.jsonl"
            xml = folder "/data.xml"
            names = folder "/unsorted"
            print "<?xml version=\"1.0\" encoding=\"UTF-8\"?>" >xml
            print "<KeePassFile><Meta><Generator>KeePassXC</Generator></Meta><Root>" >xml
            print "<Group><UUID>" text(21, plain) "A==</UUID><Name>Root</Name>" >xml
            for (number = 0; number < count; number++) {
                t = team[1 + draw(teams)]
                s = stage[1 + draw(stages)]
                p = part[1 + draw(parts)]
                k = kind[1 + draw(kinds)]
                name = t "-" s "-" p "-" sprintf("%06d", number) "-" k
                value = text(20 + draw(21), signed)
                if (k == "connection-string")
                    value = "Server=tcp:" t "-" s ".example.com,1433;Database=" p ";User ID=app;Password=" value ";"
                day = draw(3) ? "" : sprintf("2027-%02d-%02d", 1 + draw(12), 1 + draw(28))
                printf "{\"name\":\"%s\",\"value\":\"%s\",\"contentType\":\"text/plain\"," \
                    "\"tags\":{\"env\":\"%s\",\"owner\":\"%s\"}%s}\n",
                    name, value, s, t, day ? ",\"expires\":\"" day "T00:00:00Z\"" : "" >lines
                print "<Entry><UUID>" text(21, plain) "A==</UUID><Tags>" s ";" t "</Tags><Times>" \
                    "<ExpiryTime>" (day ? day : "2027-01-01") "T00:00:00Z</ExpiryTime>" \
                    "<Expires>" (day ? "True" : "False") "</Expires></Times>" \
                    field("Title", name) field("Notes", "text/plain") \
                    field("Password", value, " ProtectInMemory=\"True\"") "</Entry>" >xml
                print name >names
                all[number] = name "\t" value
            }
            print "</Group></Root></KeePassFile>" >xml
            while (picks > 0) {
                number = draw(count)
                if (!(number in all)) continue
                print all[number] >(folder "/picked")
                delete all[number]
                picks--
            }
        }'
    sort "$folder/unsorted" >"$folder/names"
}

# ---- what is measured -----------------------------------------------------------------------------------------------------

# timed WHAT COMMAND…: runs it and notes under WHAT its seconds by the wall and its largest resident memory in KiB.
timed() {
    local what=$1 began ended
    shift
    began=$EPOCHREALTIME
    /usr/bin/time --quiet --format=%M --output="$folder/peak" "$@" 2>"$folder/complaint" ||
        die "$what failed: $(cat "$folder/complaint")"
    ended=$EPOCHREALTIME
    awk -v began="$began" -v ended="$ended" '{ printf "%.4f %d\n", ended - began, $1 }' "$folder/peak" >>"$folder/taken/$what"
}

keepassxc() {
    local what=$1 command=$2
    shift 2
    timed "keepassxc-$what" keepassxc-cli "$command" --quiet "$@"
}

tresor() {
    local what=$1
    shift
    timed "tresor-$what" "$program" --store "$folder/store" --passphrase-stdin "$@" <"$folder/once"
}

# verify WHAT EXPECTED FOUND: files; ends the run where they differ.
verify() {
    cmp -s "$2" "$3" || die "$1 answered something else than it should have."
}

calibrate() {
    local cost turn
    keepassxc create db-create --set-password --decryption-time "$WANTED_KDF_MS" "$folder/empty.kdbx" <"$folder/twice" >/dev/null
    for turn in {1..7}; do
        timed keepassxc-start keepassxc-cli --version >/dev/null
        keepassxc open ls "$folder/empty.kdbx" <"$folder/once" >/dev/null
    done
    keepassxc_kdf_ms=$(difference_ms keepassxc-open keepassxc-start)

    init_store --kdf-memory 8 --kdf-passes 1 --kdf-lanes 1
    for turn in {1..7}; do
        tresor start store info >/dev/null
    done
    tresor_passes=0
    tresor_kdf_ms=0
    while [ "$tresor_kdf_ms" -lt $((WANTED_KDF_MS * 9 / 10)) ]; do
        tresor_passes=$((tresor_passes + 1))
        init_store --kdf-passes "$tresor_passes"
        rm -f "$folder/taken/tresor-open"
        for turn in {1..7}; do
            tresor open store info >/dev/null
        done
        cost=$(difference_ms tresor-open tresor-start)
        tresor_kdf_ms=$cost
    done
}

init_store() {
    rm -rf "$folder/store"
    "$program" --store "$folder/store" --passphrase-stdin --output none store init "$@" <"$folder/once"
}

import() {
    rm -f "$folder/all.kdbx"
    keepassxc import import --set-password --decryption-time "$WANTED_KDF_MS" "$folder/data.xml" "$folder/all.kdbx" \
        <"$folder/twice" >/dev/null

    init_store --kdf-passes "$tresor_passes"
    "$program" --store "$folder/store" --passphrase-stdin --output none \
        keyvault create --name "$VAULT" --location westeurope <"$folder/once"
    tresor import keyvault secret set --vault-name "$VAULT" --from-file "$folder/data.jsonl" >"$folder/answer"
    grep -q "\"secretsSet\": $secrets," "$folder/answer" || die "Tresor did not set all secrets."
}

show() {
    printf '%s\n' "$2" >"$folder/expected"
    keepassxc show show --attributes Password "$folder/all.kdbx" "$1" <"$folder/once" >"$folder/answer"
    verify "KeePassXC's show" "$folder/expected" "$folder/answer"
    tresor show keyvault secret show --vault-name "$VAULT" --name "$1" --query value --output tsv >"$folder/answer"
    verify "Tresor's show" "$folder/expected" "$folder/answer"
}

# Both keep the old value as well. What was set is read again by another command, and then set back.
set_one() {
    printf '%s\n%s\n' "$PASSPHRASE" "$2" >"$folder/input"
    printf '%s\n' "$2" >"$folder/expected"
    keepassxc set edit --password-prompt "$folder/all.kdbx" "$1" <"$folder/input" >/dev/null
    keepassxc-cli show --quiet --attributes Password "$folder/all.kdbx" "$1" <"$folder/once" >"$folder/answer"
    verify "KeePassXC after an edit" "$folder/expected" "$folder/answer"
    tresor set keyvault secret set --vault-name "$VAULT" --name "$1" --value "$2" >"$folder/answer"
    "$program" --store "$folder/store" --passphrase-stdin \
        keyvault secret show --vault-name "$VAULT" --name "$1" --query value --output tsv \
        <"$folder/once" >"$folder/answer"
    verify "Tresor after a set" "$folder/expected" "$folder/answer"
}

list() {
    keepassxc list ls --recursive --flatten "$folder/all.kdbx" <"$folder/once" >"$folder/answer"
    sort "$folder/answer" >"$folder/found"
    verify "KeePassXC's list" "$folder/names" "$folder/found"
    tresor list keyvault secret list --vault-name "$VAULT" >"$folder/answer"
    sed -n 's/^    "name": "\(.*\)",$/\1/p' "$folder/answer" | sort >"$folder/found"
    verify "Tresor's list" "$folder/names" "$folder/found"
}

# ---- what is told ---------------------------------------------------------------------------------------------------------

# median WHAT COLUMN: of what was noted; column 1 is seconds, 2 is KiB.
median() {
    sort -n -k "$2,$2" "$folder/taken/$1" |
        awk -v column="$2" '{ all[NR] = $column } END { print (all[int((NR + 1) / 2)] + all[int((NR + 2) / 2)]) / 2 }'
}

# How much longer the one takes than the other, in whole milliseconds. What disturbs only adds, so the least counts.
difference_ms() {
    local more less
    more=$(sort -n "$folder/taken/$1" | head -n 1)
    less=$(sort -n "$folder/taken/$2" | head -n 1)
    awk -v more="${more% *}" -v less="${less% *}" 'BEGIN { printf "%.0f\n", (more - less) * 1000 }'
}

# row LABEL WHAT COLUMN WANTED: KeePassXC's median, Tresor's, and how many times it has; WANTED of these are asked for.
row() {
    awk -v label="$1" -v theirs="$(median "keepassxc-$2" "$3")" -v ours="$(median "tresor-$2" "$3")" \
        -v column="$3" -v wanted="$4" '
        function shown(number) {
            if (column == 2) return sprintf("%.0f MB", number * 1024 / 1000000)
            return number < 1 ? sprintf("%.0f ms", number * 1000) : sprintf("%.2f s", number)
        }
        BEGIN {
            ratio = theirs / ours
            printf "| %s | %s | %s | %s × | ≥ %s ×%s |\n", label, shown(theirs), shown(ours),
                sprintf(ratio < 10 ? "%.1f" : "%.0f", ratio), wanted, ratio < wanted ? " (missed)" : ""
        }'
}

report() {
    local cores memory model
    cores=$(getconf _NPROCESSORS_ONLN)
    memory=$(awk '/^MemTotal:/ { printf "%.0f", $2 / 1048576 }' /proc/meminfo)
    model=$(awk -F ': *' '/^model name/ { print $2; exit }' /proc/cpuinfo)
    cat <<TABLE
$secrets secrets; $(date -u '+%-d %B %Y'); ${model:-$(uname -m)}, $cores cores, $memory GiB of memory.
$("$program" --version), KeePassXC $(keepassxc-cli --version); median of $repetitions.
Key derivation: KeePassXC $keepassxc_kdf_ms ms (\`--decryption-time $WANTED_KDF_MS\`), Tresor $tresor_kdf_ms ms (64 MiB, $tresor_passes passes).

| what | KeePassXC | Tresor | ratio | wanted |
|---|---:|---:|---:|---:|
$(row "show one secret" show 1 40)
$(row "set one secret" set 1 100)
$(row "list all" list 1 10)
$(row "import all" import 1 5)
$(row "most memory: show" show 2 3)
$(row "most memory: set" set 2 3)
$(row "most memory: list" list 2 3)
$(row "most memory: import" import 2 3)
TABLE
}

main "$@"
