/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A question that leaves by an uplink: judged, remembered for its answer, or turned into its own.
 */
#pragma once

#include "answer.h"
#include "stale.h"
#include "turn.h"

/* Turns the question into its answer and sends it back up the device. */
__global int answer_in_place(struct __sk_buff *skb, const struct packet *packet, __u32 device, __u32 answer)
{
	__be16 old_flags;
	__be16 flags;

	if (!packet || bpf_skb_load_bytes(skb, packet->payload + 2, &old_flags, 2))
		return DROP;
	/* QR and RA set, RD as it was, RCODE 3 (RFC 1035 section 4.1.1) or no error and no data */
	flags = (old_flags & bpf_htons(0x0100)) | bpf_htons(0x8080 | (answer == 1 ? 3 : 0));
	if (!turn_round(skb, packet, device) || bpf_skb_store_bytes(skb, packet->payload + 2, &flags, 2, 0) ||
	    bpf_l4_csum_replace(skb, packet->transport + 6, old_flags, flags, 2 | BPF_F_MARK_MANGLED_0))
		return DROP;
	/* On loopback the packet carries its route to the local host: it goes on, and arrives at the one who asked. */
	if (device == SP_DEVICE_LOOPBACK)
		return PASS;
	return bpf_redirect(skb->ifindex, BPF_F_INGRESS);
}

/* The answer leases for the rules in work->named. */
__global int remember_query(struct __sk_buff *skb, const struct packet *packet, __u32 slot, __u64 cookie, __u64 process)
{
	struct query_key key = { .ifindex = skb->ifindex };
	struct work *work = work_at(slot);

	if (!packet || !work)
		return 0;

	struct query *query = &work->query;

	key.resolver = packet->to;
	query->rules = work->named;
	key.port = bpf_htons(packet->source_port);
	key.id = work->id;
	query->name_hash = work->hash;
	query->boot_ns = bpf_ktime_get_boot_ns();
	query->cookie = cookie;
	query->process = process;
	if (bpf_map_update_elem(&queries, &key, query, BPF_ANY) &&
	    (!drop_stale_queries() || bpf_map_update_elem(&queries, &key, query, BPF_ANY)))
		lose(SP_LOSS_QUERY_TABLE);
	return 0;
}

/* A question of a socket in this namespace that the job (or a daemon for it) owns. */
__global int own_question(struct __sk_buff *skb, const struct packet *packet, const struct flow *flow, __u32 slot)
{
	struct asked asked = { .verdict = SP_REFUSED, .reason = SP_REASON_TABLE_FULL };
	bool readable;
	__u64 cookie = bpf_get_socket_cookie(skb);

	if (!packet || !flow)
		return DROP;
	readable = load_question(skb, slot, packet->payload, packet->length);
	judge_question(slot, flow, readable, &asked);
	tell_question(slot, flow, packet, &asked, cookie);
	if (asked.verdict == SP_REFUSED)
		return readable && asked.reason != SP_REASON_QUESTION_COUNT ? asked.answer : 3;
	/* Without a rule for the name (audit) the answer leases nothing, but names the address in the report. */
	remember_query(skb, packet, slot, cookie, flow->process);
	return 0;
}

#define QUESTION_CRAFTED 4 /* no socket of the container asked this: a frame of its own making */

/*
 * A forwarded question: a container's, judged when its socket sent it; or somebody else's, which passes. Its answer still
 * leases (an address of an allowed name is that whoever asked), which serves callers of a resolver daemon.
 */
__global int forwarded_question(struct __sk_buff *skb, const struct packet *packet, __u32 slot)
{
	struct question_key key = {};
	struct question *question;
	struct work *work = work_at(slot);
	bool marked = is_of_job(skb);

	if (!packet || !work)
		return 3;
	if (!load_question(skb, slot, packet->payload, packet->length))
		return marked ? QUESTION_CRAFTED : 0;
	key.resolver = packet->to;
	key.name_hash = work->hash;
	key.id = work->id;
	key.question_type = work->question_type;
	question = bpf_map_lookup_elem(&questions, &key);
	if (question) {
		__u32 refused = question->refused;

		if (!refused) {
			work->named = question->rules;
			remember_query(skb, packet, slot, question->cookie, question->process);
		}
		bpf_map_delete_elem(&questions, &key);
		return refused;
	}
	if (marked)
		return QUESTION_CRAFTED;

	if (look_up_question(work))
		remember_query(skb, packet, slot, 0, 0);
	return 0;
}
