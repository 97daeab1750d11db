/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tables whose entries nobody takes out when they have served: questions that no answer came to, those of containers that
 * never came to the uplink, peers that were not heard from again.
 * They are never LRU (a verdict rests on them), so a full one is gone through for what has no effect any more.
 */
#pragma once

#include "maps.h"

#define STALE_QUERIES 0
#define STALE_PEERS 1
#define STALE_QUESTIONS 2
#define STALE_TABLES 3
#define SP_SWEEP_NS (1ULL * 1000000000ULL) /* of a table that stays full, its new entries find no place and are counted */

/* K: when each was last gone through, boot ns. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, STALE_TABLES);
	__type(key, __u32);
	__type(value, __u64);
} sweeps SEC(".maps");

static long drop_query(void *map, const struct query_key *key, struct query *query, const __u64 *now)
{
	if (*now - query->boot_ns >= SP_QUERY_NS)
		bpf_map_delete_elem(&queries, key);
	return 0;
}

/* One that has not come to the uplink by now has been dropped on its way. */
static long drop_question(void *map, const struct question_key *key, struct question *question, const __u64 *now)
{
	if (*now - question->boot_ns >= SP_QUERY_NS)
		bpf_map_delete_elem(&questions, key);
	return 0;
}

static long drop_peer(void *map, const struct peer_key *key, struct peer *peer, const __u64 *now)
{
	if (*now - peer->boot_ns > SP_UDP_REPLY_NS)
		bpf_map_delete_elem(&peers, key);
	return 0;
}

static __always_inline bool may_sweep(__u32 table, __u64 now)
{
	__u64 *last = bpf_map_lookup_elem(&sweeps, &table);

	if (!last || now - *last < SP_SWEEP_NS)
		return false;
	*last = now;
	return true;
}

/* Of the tables that were found full. bpf_for_each_map_elem since 5.13; the verifier of 6.1 takes a call of it for one table alone. */
__global int drop_stale_queries(void)
{
	__u64 now = bpf_ktime_get_boot_ns();

	if (!may_sweep(STALE_QUERIES, now))
		return 0;
	bpf_for_each_map_elem(&queries, drop_query, &now, 0);
	return 1;
}

__global int drop_stale_peers(void)
{
	__u64 now = bpf_ktime_get_boot_ns();

	if (!may_sweep(STALE_PEERS, now))
		return 0;
	bpf_for_each_map_elem(&peers, drop_peer, &now, 0);
	return 1;
}

__global int drop_stale_questions(void)
{
	__u64 now = bpf_ktime_get_boot_ns();

	if (!may_sweep(STALE_QUESTIONS, now))
		return 0;
	bpf_for_each_map_elem(&questions, drop_question, &now, 0);
	return 1;
}
