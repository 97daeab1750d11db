/* SPDX-License-Identifier: GPL-2.0-only */
/* One object: the probes share maps and small functions. Each file under probes/ is one family of hooks. */
#include "include/maps.h"
#include "include/record.h"
#include "include/task.h"
#include "include/judge.h"
#include "include/flow.h"

#include "probes/process.bpf.c"
#include "probes/container.bpf.c"
#include "probes/connect.bpf.c"

char LICENSE[] SEC("license") = "GPL";
