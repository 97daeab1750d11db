/* SPDX-License-Identifier: GPL-2.0-only */
/* Containers by the names of their cgroups, and who asked for them or is about to join them (container_owners). */
#pragma once

#include "task.h"

#define NAME_SPACE 128

struct container_scratch {
	struct sp_container_created record;
	__u8 id[SP_CONTAINER_ID_BYTES]; /* behind the record, as it is sent */
	struct container_key key;
	__u8 name[NAME_SPACE];
	__u32 start; /* of the run of digits */
	__u32 run;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct container_scratch);
} container_scratch SEC(".maps");

static long find_id(__u32 index, void *context)
{
	struct container_scratch *scratch = *(struct container_scratch **)context;
	__u8 byte = scratch->name[index & (NAME_SPACE - 1)];

	if ((byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f')) {
		if (!scratch->run++)
			scratch->start = index;
		return scratch->run == SP_CONTAINER_ID_BYTES;
	}
	scratch->run = 0;
	return !byte;
}

/* Whether the cgroup is a container's by its name: 64 digits, alone or in docker-….scope. */
static __always_inline bool has_container_id(struct cgroup *group, struct container_scratch *scratch)
{
	const char *name = BPF_CORE_READ(group, kn, name);
	struct container_scratch *context = scratch;

	__builtin_memset(scratch->name, 0, NAME_SPACE);
	bpf_probe_read_kernel_str(scratch->name, NAME_SPACE, name);
	scratch->run = 0;
	scratch->start = 0;
	bpf_loop(NAME_SPACE, find_id, &context, 0);
	return scratch->run == SP_CONTAINER_ID_BYTES;
}

/* Keys of container_owners that are no id of a container. */
#define OWNER_ORIGINS_KNOWN 0ULL /* there: every way of the job to a runtime is watched, so what has no entry is not its */
#define OWNER_CLASSIC_BUILD (~0ULL) /* there: the daemon makes containers for a build, with ids of its own */
#define OWNER_BUILDKIT (~1ULL) /* there: the same of BuildKit */

static __always_inline struct container_owner *special_owner(__u64 which)
{
	struct container_key key = { { which, which, which, which } };

	return bpf_map_lookup_elem(&container_owners, &key);
}

static long read_digit(__u32 index, void *context)
{
	struct container_scratch *scratch = *(struct container_scratch **)context;
	__u32 from = scratch->start + index;
	__u8 byte = scratch->name[from & (NAME_SPACE - 1)];
	__u8 digit = byte <= '9' ? byte - '0' : byte - 'a' + 10;
	__u8 *bytes = (__u8 *)&scratch->key;

	if (index & 1)
		bytes[(index >> 1) & 31] |= digit;
	else
		bytes[(index >> 1) & 31] = digit << 4;
	return 0;
}

/* After has_container_id: the key of that container. */
static __always_inline void read_key(struct container_scratch *scratch)
{
	struct container_scratch *context = scratch;

	bpf_loop(SP_CONTAINER_ID_BYTES, read_digit, &context, 0);
}

/* Who asked for the container of scratch->key, or for the build that the daemon makes it for. */
static __always_inline struct container_owner *owner_of(struct container_scratch *scratch, bool named)
{
	struct container_owner *owner = named ? bpf_map_lookup_elem(&container_owners, &scratch->key) : 0;

	return owner ? owner : special_owner(named ? OWNER_CLASSIC_BUILD : OWNER_BUILDKIT);
}

static __always_inline void turn_key(struct container_key *key)
{
	for (int i = 0; i < 4; i++)
		key->word[i] = ~key->word[i];
}

/* Whether a container that nobody is known to have asked for may be the job's. */
static __always_inline bool may_be_of_job(void)
{
	__u32 zero = 0;
	__u32 one = 1;
	__u64 *told = bpf_map_lookup_elem(&suspicions, &zero);
	__u64 *seen = bpf_map_lookup_elem(&suspicions, &one);

	if (settings.machine)
		return true;
	if (special_owner(OWNER_ORIGINS_KNOWN))
		return !told || !seen || *told != *seen;
	return uses_runtime();
}

/* The first argument of a tracepoint as a number, which is what a function that is verified by itself takes. */
static __always_inline __u64 first_argument(void *arguments)
{
	__u64 first = 0;

	bpf_probe_read_kernel(&first, sizeof(first), arguments);
	return first;
}

/*
 * A process that comes into a container from outside, moved or cloned there (CLONE_INTO_CGROUP): of the job when the container is, when
 * the request for it was seen, or when requests may come by ways that are not. `address` is the cgroup's; `asked` is who asked for the
 * process, or for the container, or nobody. That a request was answered is how the agent knows that it may let the next one go.
 */
static __always_inline bool joins_container(__u64 address, const struct cgroup_tag *target, struct container_owner *asked, bool *by_request)
{
	__u32 zero = 0;
	struct cgroup *group = (struct cgroup *)address;
	struct container_scratch *scratch = bpf_map_lookup_elem(&container_scratch, &zero);

	if (!scratch || (target && !target->container))
		return false;

	bool named = has_container_id(group, scratch);

	if (!named && !target)
		return false;
	if (named)
		read_key(scratch);

	struct container_owner *owner = owner_of(scratch, named);
	struct container_owner *joining = 0;

	if (named) {
		turn_key(&scratch->key);
		joining = bpf_map_lookup_elem(&container_owners, &scratch->key);
	}
	if (!target && ((!joining && !may_be_of_job()) || !is_below_root(address)))
		return false;
	*by_request = joining;
	if (joining) {
		*asked = *joining;
		bpf_map_delete_elem(&container_owners, &scratch->key);
	} else if (owner) {
		*asked = *owner;
	}
	return true;
}
