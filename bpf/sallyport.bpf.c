/* SPDX-License-Identifier: GPL-2.0-only */
/* One object: the probes share maps and small functions. Each file under probes/ is one family of hooks. */
#include "include/maps.h"
#include "include/record.h"
#include "include/task.h"
#include "include/judge.h"
#include "include/flow.h"
#include "include/work.h"
#include "include/packet.h"
#include "include/name.h"
#include "include/dns.h"
#include "include/talk.h"
#include "include/guard.h"

#include "probes/process.bpf.c"
#include "probes/container.bpf.c"
#include "probes/connect.bpf.c"
#include "probes/device.bpf.c"
#include "probes/stub.bpf.c"
#include "probes/uplink.bpf.c"
#include "probes/flowname.bpf.c"
#include "probes/packet.bpf.c"
#include "probes/change.bpf.c"
#include "probes/sockopt.bpf.c"
#include "probes/daemon.bpf.c"
#include "probes/guard.bpf.c"

char LICENSE[] SEC("license") = "GPL";
