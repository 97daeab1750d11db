/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An address is not an origin: a flow that only a host's rule allows must say that host's name.
 *
 * Why here: cgroup_skb egress sees the bytes in order before they are cut into packets, and dropping there keeps the hello
 * on the machine. Segments of an incomplete hello pass to the leased address, SP_HELLO_BYTES at most; on a mismatch
 * nothing more leaves and the agent destroys the socket.
 * What it misses: names inside TLS (domain fronting, HTTP/2 coalescing): THREAT-MODEL.md.
 */

struct naming {
	struct work *work;
	struct talk *talk;
	struct __sk_buff *skb;
	struct flow *flow;
	__u32 slot; /* of the working memory */
	__u32 offset; /* of the next byte to load */
	__u32 remaining;
	__u32 outcome; /* SP_NAMING_* */
	__u64 cookie;
};

__global int tell_name(__u32 slot, const struct talk *talk, const struct flow *flow, __u64 cookie,
			 const struct asked *asked)
{
	struct work *work = work_at(slot);

	if (!work || !talk || !flow || !asked)
		return 0;

	struct sp_flow_named *record = &work->record.named;
	__u64 length = talk->flags & TALK_NAME_READY ? work->out : 0;

	begin_record(&record->header, SP_FLOW_NAMED, flow->process);
	record->cookie = cookie;
	record->network = flow->network;
	record->cgroup = flow->cgroup;
	__builtin_memcpy(record->address, &flow->address, 16);
	record->port = flow->port;
	record->source = talk->flags & TALK_NAME_READY ? talk->source : 0;
	record->verdict = asked->verdict;
	record->reason = asked->reason;
	record->padding8 = 0;
	record->rule = asked->rule;
	record->pid = flow->pid;
	record->execution = flow->execution;
	record->name_offset = sizeof(*record);
	record->asked_port = talk->flags & TALK_NAME_READY && talk->source == SP_NAME_HTTP_CONNECT ? talk->port : 0;
	record->padding = 0;
	asm volatile("" : "+r"(length));
	length &= SP_NAME_BYTES - 1;
	record->name_length = length;
	__builtin_memcpy(work->text, record, sizeof(*record));
	if (length && bpf_probe_read_kernel(&work->text[sizeof(*record)], length, work->name))
		return 0;
	if (asked->verdict == SP_ALLOWED)
		send_event((struct sp_header *)work->text, sizeof(*record) + length);
	else
		send_alert((struct sp_header *)work->text, sizeof(*record) + length);
	return 0;
}

/* The flow said a name, or had its chance. Leaves the verdict in `asked`. */
__global int judge_name(__u32 slot, const struct talk *talk, struct flow *flow, struct asked *asked)
{
	struct work *work = work_at(slot);
	bool needed = flow && flow->flags & SP_FLOW_NEED_NAME;

	if (!work || !talk || !flow || !asked)
		return 0;

	struct judgement *mine = &work->judged;

	asked->rule = flow->rule;
	asked->verdict = flow->verdict;
	asked->reason = flow->reason;
	if (!begin_judgement(flow, mine)) {
		asked->verdict = SP_REFUSED;
		asked->reason = SP_REASON_TABLE_FULL;
		return 0;
	}

	__u8 against = mine->block ? SP_REFUSED : SP_OBSERVED;

	if (!(talk->flags & TALK_NAME_READY)) {
		if (needed) {
			asked->rule = SP_NO_RULE;
			asked->verdict = against;
			asked->reason = talk->flags & TALK_BAD ? SP_REASON_NAME_MALFORMED : SP_REASON_NO_NAME;
		}
		return 0;
	}

	__u64 length = talk->out;

	asm volatile("" : "+r"(length));
	length &= SP_NAME_BYTES - 1;
	if (length)
		bpf_probe_read_kernel(work->name, length, talk->name);
	if (length && work->name[(length - 1) & (SP_NAME_BYTES - 1)] == '.')
		length--;
	work->out = length;

	work->hostile = 0;

	struct name_entry *entry = find_name(work);

	__builtin_memset(&work->named, 0, sizeof(work->named));
	if (entry)
		work->named = entry->rules;

	bool by_proxy = false;
	__u16 port = flow->port;
	__u64 denied = 0;
	__u64 any = 0;

	if (talk->source == SP_NAME_HTTP_CONNECT && talk->port) {
#pragma unroll
		for (int i = 0; i < SP_RULE_WORDS; i++)
			any |= flow->candidates.word[i] & settings.proxy.word[i];
		by_proxy = any;
		if (by_proxy)
			port = talk->port;
		any = 0;
	}

	struct port_key key = { .prefix = 32, .protocol = IPPROTO_TCP, .port = bpf_htons(port) };
	const struct rule_set *open = bpf_map_lookup_elem(&ports, &key) ?: (void *)&no_rules;
	/* Masks instead of branches: the verifier walks one way only. */
	__u64 listed = by_proxy ? ~0ULL : 0;
	/* A server may go by a part of it (`other%00.allowed`, `other/.allowed`): such a name denies, and allows nothing. */
	__u64 plain_name = work->hostile ? 0 : ~0ULL;

	asm volatile("" : "+r"(listed));
	asm volatile("" : "+r"(plain_name));
#pragma unroll
	for (int i = 0; i < SP_RULE_WORDS; i++) {
		__u64 may = (open->word[i] & mine->candidates.word[i] & listed) | (flow->candidates.word[i] & ~listed);

		denied |= work->named.word[i] & (settings.deny_any.word[i] | (open->word[i] & settings.deny.word[i]));
		work->rules.word[i] = work->named.word[i] & may & plain_name;
		any |= work->rules.word[i];
	}
	if (denied) {
		asked->rule = SP_NO_RULE;
		asked->verdict = SP_REFUSED;
		asked->reason = SP_REASON_DENIED;
	} else if (any) {
		asked->rule = first_rule(&work->rules);
		asked->verdict = SP_ALLOWED;
		asked->reason = SP_REASON_RULE;
		if (by_proxy)
			flow->candidates = work->rules;
	} else if (needed) {
		asked->rule = SP_NO_RULE;
		asked->verdict = against;
		asked->reason = work->hostile ? SP_REASON_NAME_MALFORMED : SP_REASON_NAME;
	} else if (flow->reason == SP_REASON_NO_RULE) {
		/* Audit: block mode would not have let it come so far. Allowed here is the name, not the address. */
#pragma unroll
		for (int i = 0; i < SP_RULE_WORDS; i++)
			any |= work->named.word[i] & open->word[i] & mine->candidates.word[i] & plain_name;
		if (any)
			asked->reason = SP_REASON_NO_LEASE;
	}
	asked->by_proxy = by_proxy;
	return 0;
}

#define SP_NAMING_ON 0 /* the flow may say another name */
#define SP_NAMING_FINISHED 1 /* nothing more to look for in this flow */
#define SP_NAMING_REFUSED 2

/* Tells what judge_name found, and gives what follows from it: SP_NAMING_*. */
__global int settle_name(__u32 slot, struct talk *talk, struct flow *flow, const struct asked *asked, __u64 cookie)
{
	if (!talk || !flow || !asked)
		return SP_NAMING_REFUSED;

	bool named = talk->flags & TALK_NAME_READY;

	/* That it says none is told of every flow that the job began: what is learned from it is another rule. */
	bool telling = named || flow->flags & (SP_FLOW_NEED_NAME | SP_FLOW_ACTIVE);

	/* Requests of one connection to one host make one line. */
	if (telling && !(named && asked->verdict == SP_ALLOWED && talk->told_rule == asked->rule + 1))
		tell_name(slot, talk, flow, cookie, asked);
	if (asked->verdict == SP_ALLOWED)
		talk->told_rule = asked->rule + 1;
	talk->flags &= ~TALK_NAME_READY;
	if (asked->verdict == SP_REFUSED && flow->verdict != SP_REFUSED)
		return SP_NAMING_REFUSED;
	if (asked->by_proxy && talk->flags & TALK_CONNECT) {
		/* Behind CONNECT the flow speaks to the host it named, and says that name again in its hello. */
		__u64 free = 0;

#pragma unroll
		for (int i = 0; i < SP_RULE_WORDS; i++)
			free |= flow->candidates.word[i] & ~settings.needs_name.word[i];
		return free ? SP_NAMING_FINISHED : SP_NAMING_ON;
	}
	if (!named || !(flow->flags & SP_FLOW_NEED_NAME) || asked->verdict != SP_ALLOWED)
		return SP_NAMING_FINISHED;
	return SP_NAMING_ON;
}

static long talk_step(__u32 index, void *context)
{
	struct naming *naming = context;
	struct work *work = naming->work;
	struct talk *talk = naming->talk;

	if (work->position >= work->length) {
		__u64 chunk = naming->remaining;

		if (!chunk)
			return 1;
		if (chunk > SP_DNS_MESSAGE_BYTES)
			chunk = SP_DNS_MESSAGE_BYTES;
		chunk = load_length(chunk, SP_DNS_MESSAGE_BYTES);
		if (bpf_skb_load_bytes(naming->skb, naming->offset, work->message, chunk)) {
			naming->outcome = SP_NAMING_REFUSED;
			return 1;
		}
		naming->offset += chunk;
		naming->remaining -= chunk;
		work->length = chunk;
		work->position = 0;
	}
	hear(naming->slot, talk);
	if ((talk->flags & (TALK_DONE | TALK_BAD)) == TALK_DONE) {
		naming->outcome = SP_NAMING_FINISHED;
		return 1;
	}
	if (!(talk->flags & (TALK_NAME_READY | TALK_NO_NAME | TALK_BAD))) {
		if (talk->seen <= SP_HELLO_BYTES ||
		    talk->flags & (TALK_HAS_HOST | TALK_CONNECT | TALK_HAS_SNI | TALK_HAD_HELLO))
			return 0;
		talk->flags |= TALK_NO_NAME;
	}

	struct asked asked = { .verdict = SP_REFUSED, .reason = SP_REASON_TABLE_FULL };

	judge_name(naming->slot, talk, naming->flow, &asked);
	naming->outcome = settle_name(naming->slot, talk, naming->flow, &asked, naming->cookie);
	return naming->outcome != SP_NAMING_ON;
}

/* 0 = this packet may not leave. */
__global int name_flow(struct __sk_buff *skb, const struct packet *packet, struct flow *flow, struct talk *talk,
			 __u32 slot)
{
	struct work *work = work_at(slot);
	struct naming naming = {};

	if (!packet || !flow || !talk || !work)
		return 0;

	__u32 sequence = packet->tcp_sequence + (packet->tcp_flags & TCP_FLAG_SYN_BIT ? 1 : 0);
	bool needed = flow->flags & SP_FLOW_NEED_NAME;

	if (!talk->started) {
		/* What an earlier connection of the same socket said is no beginning of this one. */
		__builtin_memset(talk, 0, sizeof(*talk));
		talk->started = 1;
		if (flow->port == 443 || flow->port == 80)
			talk->flags |= TALK_NO_PRELUDE;
		/* Without its SYN (TCP_REPAIR) nobody knows where it begins, and what the peer was told before. */
		if (flow->flags & SP_FLOW_ACTIVE && !(packet->tcp_flags & TCP_FLAG_SYN_BIT))
			talk->flags |= TALK_NO_NAME;
		talk->next_sequence = sequence;
	}
	if (!packet->length)
		return 1;

	__s32 ahead = sequence - talk->next_sequence;
	__u32 skip = -ahead;

	if (ahead > 0) /* bytes before these never came by: they are sent again, and these after them */
		return 0;
	if (skip >= packet->length)
		return 1; /* sent again */
	naming.slot = slot;
	naming.work = work;
	naming.talk = talk;
	naming.skb = skb;
	naming.flow = flow;
	naming.offset = packet->payload + skip;
	naming.remaining = packet->length - skip;
	naming.cookie = bpf_get_socket_cookie(skb);
	work->length = 0;
	work->position = 0;
	bpf_loop(128, talk_step, &naming, 0);
	talk->next_sequence = sequence + packet->length;
	if (naming.outcome == SP_NAMING_REFUSED ||
	    (needed && naming.outcome != SP_NAMING_FINISHED && (naming.remaining || work->position < work->length))) {
		flow->flags |= SP_FLOW_DEAD;
		return 0;
	}
	if (naming.outcome == SP_NAMING_FINISHED)
		flow->flags &= ~(SP_FLOW_WANT_NAME | SP_FLOW_NEED_NAME);
	return 1;
}
