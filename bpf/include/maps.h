/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tables. What a verdict rests on is a hash or a trie, never LRU: a full table refuses and counts, it does not forget.
 * Owner says who writes: K the kernel side, A the agent.
 */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "limits.h"
#include "wire.h"

/*
 * A function that is verified on its own. Weak, so that a compiler that has seen its body concludes nothing from it: the verifier
 * knows no more of its result than that it is a number (clang 18 left out the `!!` before one that is 0 or 1).
 */
#define __global __weak __noinline

#define SP_NO_RULE 0xffff
#define SP_NO_POLICY 0xff

/* One bit per rule of the policy. */
struct rule_set {
	__u64 word[SP_RULE_WORDS];
};

/* IPv4 stands as ::ffff:a.b.c.d everywhere, so one table serves both families. */
struct address {
	__u32 word[4]; /* network order */
};

#include "maps_policy.h"
#include "maps_machine.h"
#include "maps_job.h"
#include "maps_flow.h"
#include "maps_agent.h"
