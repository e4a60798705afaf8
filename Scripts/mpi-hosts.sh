#!/usr/bin/env bash
# Runs a command under mpirun on several hosts that are network namespaces of this machine, so that ranks talk by TCP
# through a link of limited speed. Needs root, iproute2 and Open MPI; removes what it has made.
#
#     Scripts/mpi-hosts.sh [--hosts 2] [--rate 1gbit] .build/release/cognitron train --model lenet --dataset shapes
#     Scripts/mpi-hosts.sh --dead 1 …        # the last host does not answer
#
# --rate limits each host's sending; delay and loss need the kernel's netem, which not every machine has.
set -euo pipefail
hosts=2 rate= dead=0
while [[ "${1:-}" == --* ]]; do
    case "$1" in
        --hosts) hosts=$2 ;;
        --rate) rate=$2 ;;
        --dead) dead=$2 ;;
        *) echo "unknown option $1" >&2 && exit 64 ;;
    esac
    shift 2
done
[ $# -gt 0 ] || { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2 && exit 64; }
[ "$(id -u)" -eq 0 ] || { echo "needs root, to make network namespaces" >&2 && exit 77; }

name=cognitron$$
folder=$(mktemp -d)
clean() {
    for ((i = 1; i <= hosts; i++)); do
        ip netns pids "$name-$i" 2>/dev/null | xargs -r kill -9 2>/dev/null || true
        ip netns del "$name-$i" 2>/dev/null || true
    done
    ip netns del "$name-switch" 2>/dev/null || true
    rm -rf "$folder"
}
trap clean EXIT
trap 'exit 130' INT TERM

# A switch, and a cable to each host.
ip netns add "$name-switch" || { echo "network namespaces cannot be made here" >&2 && exit 77; }
ip -n "$name-switch" link add switch type bridge
ip -n "$name-switch" link set switch up
list=
for ((i = 1; i <= hosts; i++)); do
    ip netns add "$name-$i"
    ip -n "$name-$i" link add cable type veth peer name "port$i" netns "$name-switch"
    ip -n "$name-switch" link set "port$i" master switch up
    ip -n "$name-$i" addr add "10.77.0.$i/24" dev cable
    ip -n "$name-$i" link set lo up
    ip -n "$name-$i" link set cable up
    [ -z "$rate" ] || ip netns exec "$name-$i" tc qdisc add dev cable root tbf rate "$rate" burst 256kbit latency 50ms
    list+="${list:+,}10.77.0.$i:1"
done

# What mpirun starts programs of other hosts with, in place of ssh.
cat >"$folder/agent" <<END
#!/bin/sh
host=\${1##*.}
shift
[ "\$host" -le $((hosts - dead)) ] || { echo "no route to host 10.77.0.\$host" >&2; exit 255; }
exec ip netns exec $name-\$host /bin/sh -c "\$*"
END
chmod +x "$folder/agent"

ip netns exec "$name-1" mpirun --allow-run-as-root --mca plm_rsh_agent "$folder/agent" \
    --mca oob_tcp_if_include 10.77.0.0/24 --mca btl tcp,self --mca btl_tcp_if_include 10.77.0.0/24 \
    -H "$list" -n "$hosts" "$@"
