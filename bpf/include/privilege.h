/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Root, by effect: what a process may do after its exec, compared with what it might before. No name of a program is asked for.
 *
 * A process is without root, or runs a set-uid file that gave it root (sudo itself, mount, su), or has it. From without to having it
 * leads one honest way: a set-uid file of the system, which then runs another program as root. What is in a container has root
 * of the container's, and is not looked at.
 */
#pragma once

#include "capabilities.h"
#include "guard.h"

/* In the machine's own user namespace; before 6.3 two numbers of 32 bits, which lie in memory as the one of 64 does since. */
static __always_inline __u64 capabilities_of(struct task_struct *task, bool permitted)
{
	const struct cred *cred = BPF_CORE_READ(task, cred);
	__u32 offset = permitted ? bpf_core_field_offset(struct cred, cap_permitted)
				 : bpf_core_field_offset(struct cred, cap_effective);
	__u64 set = 0;

	if (BPF_CORE_READ(cred, user_ns, level))
		return 0;
	bpf_probe_read_kernel(&set, sizeof(set), (void *)cred + offset);
	return set;
}

/* Without capabilities user 0 is root still: it owns the files, and its next exec has the capabilities again. */
static __always_inline bool has_root(struct task_struct *task)
{
	const struct cred *cred = BPF_CORE_READ(task, cred);

	return !BPF_CORE_READ(cred, uid.val) || !BPF_CORE_READ(cred, euid.val) || !BPF_CORE_READ(cred, suid.val) ||
	       capabilities_of(task, true) & SP_CAPABILITIES_OF_ROOT;
}

static __always_inline bool is_in_container(const struct task_tag *tag)
{
	__u64 cgroup = tag->cgroup;
	struct cgroup_tag *group = bpf_map_lookup_elem(&cgroups, &cgroup);

	return group && group->container && !group->own;
}

/* Whoever had nothing of root's keeps that mark until its next exec is looked at, and so does what it forks. */
static __always_inline void mark_child(struct task_struct *child, const struct task_tag *from, struct task_tag *tag)
{
	if (!has_root(child))
		tag->flags |= SP_TASK_ROOTLESS;
	else if (from)
		tag->flags |= from->flags & (SP_TASK_ROOTLESS | SP_TASK_RAISED);
}

/* Where programs belong that the machine's owner has installed: /usr (but for /usr/local), /bin, /sbin, /lib, /opt, /snap. */
static __always_inline bool is_installed(const __u8 *path)
{
	__u32 first = path[1] | path[2] << 8 | path[3] << 16;

	if (first == ('u' | 's' << 8 | 'r' << 16))
		return path[4] == '/' && !(path[5] == 'l' && path[6] == 'o' && path[7] == 'c');
	return first == ('b' | 'i' << 8 | 'n' << 16) || first == ('s' | 'b' << 8 | 'i' << 16) ||
	       first == ('l' | 'i' << 8 | 'b' << 16) || first == ('o' | 'p' << 8 | 't' << 16) ||
	       first == ('s' | 'n' << 8 | 'a' << 16);
}

#define SET_ID 06000 /* S_ISUID | S_ISGID */

/* `path` is of the program that begins, `changed_ns` the change time of its inode. */
static __always_inline void watch_root(struct task_struct *task, struct task_tag *tag, struct inode *inode, const __u8 *path,
				       __u64 changed_ns)
{
	struct guard_modes *modes = the_guards();
	struct intrusion what = { .call = SP_INTRUSION_ROOT_GAINED };
	bool was_rootless = tag->flags & SP_TASK_ROOTLESS;
	bool was_raised = tag->flags & SP_TASK_RAISED;
	struct member who;
	bool by_file;

	tag->flags &= ~(SP_TASK_ROOTLESS | SP_TASK_RAISED);
	if (!has_root(task)) {
		tag->flags |= SP_TASK_ROOTLESS;
		return;
	}
	if ((!was_rootless && !was_raised) || !modes)
		return;
	/* A set-uid file, or one with capabilities, leaves the real user as it was. */
	by_file = BPF_CORE_READ(task, cred, uid.val) && (was_rootless || BPF_CORE_READ(inode, i_mode) & SET_ID);
	what.mode = modes->root;
	if (by_file) {
		bool is_new = changed_ns >= modes->begun_ns;

		tag->flags |= SP_TASK_RAISED;
		if (modes->sudo == SP_SUDO_KEPT ? !is_new || is_installed(path) : !is_new && is_installed(path))
			return;
		what.detail = SP_ROOT_BY_NEW_FILE;
	} else if (was_rootless) {
		what.detail = SP_ROOT_BY_NOTHING;
	} else if (modes->sudo == SP_SUDO_TAKEN) {
		what.detail = SP_ROOT_BY_OLD_FILE;
	} else if (modes->sudo == SP_SUDO_BOUNDED && capabilities_of(task, true) & SP_CAPABILITIES_BOUNDED) {
		what.detail = SP_ROOT_UNBOUNDED;
	} else {
		return;
	}
	if (modes->sudo == SP_SUDO_BOUNDED)
		what.mode = SP_GUARD_BLOCK; /* what was asked for is kept by this, and by nothing else where PAM was changed */
	if (!guarded_caller(&who) || is_in_container(tag))
		return;
	intrude(&who, &what);
}
