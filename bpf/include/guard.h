/* SPDX-License-Identifier: GPL-2.0-only */
/* Reaching into another process, or into what watches: whose it is, whether that is told or prevented. */
#pragma once

#include "calls.h"
#include "task.h"

#define SP_GUARD_OFF 0
#define SP_GUARD_REPORT 1
#define SP_GUARD_BLOCK 2 /* the process is killed before it has what it asked for */
#define SP_GUARD_REFUSE 3 /* not in the table: as BLOCK, where BPF LSM refuses the call and there is nobody to kill */

/* A: what is done, by kind. */
struct guard_modes {
	__u8 runner_memory; /* of Runner.Worker and Runner.Listener */
	__u8 foreign_memory; /* of another step, and of who is not the job's */
	__u8 kernel_memory;
	__u8 core_pattern;
	__u8 programs; /* bpf(2) at all */
	__u8 objects; /* bpf(2) on what is the agent's */
	__u8 shells; /* programs whose input and output are one connection */
	__u8 credentials;
	__u8 at_entry; /* something blocks: calls are looked at before they are carried out, not after */
	__u8 modules; /* of the kernel, and other kernels */
	__u8 root; /* gained by a way that it should not be */
	__u8 sudo; /* SP_SUDO_* */
	__u8 mining;
	__u8 disks;
	__u8 runtimes; /* of containers, reached past the agent */
	__u8 lsm; /* SP_LSM_* */
	__u8 agent; /* ended, stopped or taken over */
	__u8 namespaces; /* of users, made */
	__u8 evasions; /* what hides a read of memory */
	__u8 padding[5];
	__u64 begun_ns; /* CLOCK_REALTIME at the start of the job: what is newer, the job has made */
};

#define SP_LSM_BESIDE 1 /* what is opened is looked at before it is */
#define SP_LSM_ALONE 2 /* and nothing else is (before 6.7) */

#define SP_SUDO_KEPT 0
#define SP_SUDO_TAKEN 1 /* the job is to have no root at all */
#define SP_SUDO_BOUNDED 2 /* none that has SP_CAPABILITIES_BOUNDED */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct guard_modes);
} guard_modes SEC(".maps");

/* A: what the agent holds in the kernel: SP_OBJECT_* << 32 | id. */
#define SP_OBJECT_MAP 1ULL
#define SP_OBJECT_PROGRAM 2ULL
#define SP_OBJECT_LINK 3ULL

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SP_MAX_OWN_OBJECTS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, __u32);
} own_objects SEC(".maps");

/* A: processes of the agent's, tgid to their start in ticks of /proc/PID/stat: a number may be another's later. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SP_MAX_OWN_TASKS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, __u64);
} own_tasks SEC(".maps");

/* A: folder and file, an empty folder for any, to the number of the family that they are of. */
struct secret_name {
	char folder[SP_SECRET_FOLDER_BYTES];
	char file[SP_SECRET_FILE_BYTES];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SP_MAX_SECRET_NAMES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct secret_name);
	__type(value, __u32);
} secret_names SEC(".maps");

/*
 * K: 1 once the job opened a file by io_uring, or two of its processes have one table of descriptors. What is opened so shows too late
 * or to another than who reads it, so from there on it is looked at when it is read.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} reads_looked_at SEC(".maps");

/* K: what was told a moment ago; a loop of calls is a record a second. */
struct intrusion_key {
	__u32 pid;
	__u32 target;
	__u32 call;
	__u32 detail;
};

struct intrusion_told {
	__u64 boot_ns;
	__u32 more; /* since then */
	__u32 padding;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct intrusion_key);
	__type(value, struct intrusion_told);
} intrusions_told SEC(".maps");

struct intrusion {
	__u64 target;
	__u32 target_pid;
	__u32 target_execution;
	__u32 detail;
	__u16 call;
	__u8 target_kind;
	__u8 mode;
};

static __always_inline struct guard_modes *the_guards(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&guard_modes, &zero);
}

/* A process of the job whose calls are looked at: the runner reads its children's environment, a runtime what it runs. */
static __always_inline bool guarded_caller(struct member *who)
{
	return current_member(who) && !(who->flags & (SP_TASK_WORKER | SP_TASK_RUNNER | SP_TASK_DAEMON));
}

/* Kills who asked where that was ordered, and tells. Gives 1 where it is to be prevented. Not inlined: the stack is the callers'. */
static __noinline int intrude(struct member *who, struct intrusion *what)
{
	struct intrusion_key key = {};
	struct sp_intrusion record = {};
	struct intrusion_told *told;
	__u64 now = bpf_ktime_get_boot_ns();

	if (!who || !what || what->mode == SP_GUARD_OFF)
		return 0;
	record.blocked = what->mode == SP_GUARD_REFUSE;
	/* The signal is there before this call returns; until the process dies it reads nobody's memory (fatal_signal_pending). */
	if (what->mode == SP_GUARD_BLOCK)
		record.blocked = !bpf_send_signal(9);

	key.pid = who->pid;
	key.target = what->target_pid;
	key.call = what->call;
	key.detail = what->detail;
	record.count = 1;
	told = bpf_map_lookup_elem(&intrusions_told, &key);
	if (told) {
		if (now - told->boot_ns < SP_INTRUSION_REPEAT_NS && (what->mode == SP_GUARD_REFUSE || !record.blocked)) {
			__sync_fetch_and_add(&told->more, 1);
			return what->mode >= SP_GUARD_BLOCK;
		}
		record.count += told->more;
		told->boot_ns = now;
		told->more = 0;
	} else {
		struct intrusion_told first = { .boot_ns = now };

		bpf_map_update_elem(&intrusions_told, &key, &first, BPF_ANY);
	}
	begin_record(&record.header, SP_INTRUSION, who->process);
	record.cgroup = who->cgroup;
	record.pid = who->pid;
	record.execution = who->execution;
	record.target = what->target;
	record.target_pid = what->target_pid;
	record.target_execution = what->target_execution;
	record.detail = what->detail;
	record.call = what->call;
	record.target_kind = what->target_kind;
	send_alert(&record.header, sizeof(record));
	return what->mode >= SP_GUARD_BLOCK;
}

/* Who has a struct pid: a thread as often as a leader; 0 when nobody has it any more. */
static __always_inline struct task_struct *task_of(struct pid *pid)
{
	struct hlist_node *first = BPF_CORE_READ(pid, tasks[0].first);

	return first ? (void *)first - bpf_core_field_offset(struct task_struct, pid_links) : 0;
}

/* The kernel's find_pid_ns: pids of a namespace are in an xarray of 64 slots a level. */
static __always_inline struct pid *find_pid(struct pid_namespace *space, __u32 number)
{
	__u64 entry = (__u64)BPF_CORE_READ(space, idr.idr_rt.xa_head);

#pragma unroll
	for (int level = 0; level < 6; level++) {
		if ((entry & 3) != 2 || entry <= 4096) /* xa_is_node */
			break;

		struct xa_node *node = (struct xa_node *)(entry - 2);
		__u32 shift = BPF_CORE_READ(node, shift);
		void **slots = (void **)((void *)node + bpf_core_field_offset(struct xa_node, slots));

		if (bpf_probe_read_kernel(&entry, sizeof(entry), slots + ((number >> (shift & 31)) & 63)))
			return 0;
	}
	return entry & 3 ? 0 : (struct pid *)entry;
}

/* Who has a number as the current task means it. */
static __always_inline struct task_struct *task_of_number(struct task_struct *task, __u32 number)
{
	struct pid *own = BPF_CORE_READ(task, thread_pid);
	__u32 level = BPF_CORE_READ(own, level);
	struct upid upid = {};
	struct pid *pid;

	if (!number || level > 32)
		return 0;
	bpf_probe_read_kernel(&upid, sizeof(upid),
			      (void *)own + bpf_core_field_offset(struct pid, numbers) + level * bpf_core_type_size(struct upid));
	pid = upid.ns ? find_pid(upid.ns, number) : 0;
	return pid ? task_of(pid) : 0;
}

/* Open file behind a descriptor of a task. */
static __always_inline struct file *open_file(struct task_struct *task, __u32 descriptor)
{
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file *file = 0;

	if (!table || descriptor >= BPF_CORE_READ(table, max_fds))
		return 0;
	bpf_probe_read_kernel(&file, sizeof(file), BPF_CORE_READ(table, fd) + descriptor);
	return file;
}

/* Whose process it is, as the caller sees it; false when there is nothing to tell: itself, or one of its own step. */
static __always_inline bool foreign_target(const struct member *who, struct task_struct *task, struct intrusion *what)
{
	struct guard_modes *modes = the_guards();
	__u32 group = task ? BPF_CORE_READ(task, tgid) : 0;
	struct task_tag *tag;

	if (!modes || !group || group == who->pid)
		return false;
	what->target_pid = group;
	tag = tag_of(group, BPF_CORE_READ(task, group_leader, start_boottime));
	if (tag) {
		what->target = tag->process;
		what->target_execution = tag->execution;
	}
	if (tag && tag->flags & (SP_TASK_WORKER | SP_TASK_RUNNER)) {
		what->target_kind = tag->flags & SP_TASK_WORKER ? SP_INTRUSION_OF_WORKER : SP_INTRUSION_OF_RUNNER;
		what->mode = modes->runner_memory;
	} else if (tag && !(tag->flags & SP_TASK_DAEMON)) {
		if (tag->execution == who->execution)
			return false;
		what->target_kind = SP_INTRUSION_OF_STEP;
		what->mode = modes->foreign_memory;
	} else {
		what->target_kind = SP_INTRUSION_OF_OTHERS;
		what->mode = modes->foreign_memory;
	}
	return what->mode != SP_GUARD_OFF;
}

/*
 * A child that shares the parent's table of descriptors (clone(2), CLONE_FILES without CLONE_THREAD) leaves there what it opened and
 * was killed for. The leak check of AddressSanitizer makes one too, so it is let be, and reads are looked at from here on.
 */
static __always_inline void watch_shared_table(struct task_struct *parent, struct task_struct *child)
{
	struct guard_modes *modes = the_guards();
	struct member who;
	__u32 zero = 0;
	__u32 one = 1;

	if (!modes || modes->lsm || parent->files != child->files || parent->flags & SP_KERNEL_THREAD)
		return;
	if ((modes->runner_memory == SP_GUARD_BLOCK || modes->foreign_memory == SP_GUARD_BLOCK) && guarded_caller(&who))
		bpf_map_update_elem(&reads_looked_at, &zero, &one, BPF_ANY);
}

#define SOCKET_FILE 0140000 /* S_IFSOCK */
#define FILE_TYPE 0170000
#define ESTABLISHED 1

/* The connection behind a descriptor, when it leads to another machine or namespace. */
static __always_inline struct sock *connection_at(struct task_struct *task, __u32 descriptor)
{
	struct file *file = open_file(task, descriptor);
	struct socket *socket;
	struct sock *sk;
	__u16 family;

	if (!file || (BPF_CORE_READ(file, f_inode, i_mode) & FILE_TYPE) != SOCKET_FILE)
		return 0;
	socket = BPF_CORE_READ(file, private_data);
	sk = BPF_CORE_READ(socket, sk);
	family = BPF_CORE_READ(sk, __sk_common.skc_family);
	if (BPF_CORE_READ(sk, __sk_common.skc_state) != ESTABLISHED)
		return 0;
	if (family == 2)
		return (BPF_CORE_READ(sk, __sk_common.skc_daddr) & 0xff) == 127 ? 0 : sk;
	if (family != 10)
		return 0;

	struct in6_addr peer = {};

	BPF_CORE_READ_INTO(&peer, sk, __sk_common.skc_v6_daddr);
	if (!peer.in6_u.u6_addr32[0] && !peer.in6_u.u6_addr32[1] &&
	    ((!peer.in6_u.u6_addr32[2] && peer.in6_u.u6_addr32[3] == bpf_htonl(1)) ||
	     (peer.in6_u.u6_addr32[2] == bpf_htonl(0xffff) && (peer.in6_u.u6_addr32[3] & 0xff) == 127)))
		return 0;
	return sk;
}

static __always_inline struct sock *connection_of_stdio(struct task_struct *task)
{
	struct sock *input = connection_at(task, 0);

	return input && input == connection_at(task, 1) ? input : 0;
}

/*
 * A program begins, and what it reads and writes is one connection: whoever is at the other end commands it. Or its parent's is,
 * which then copies between the connection and a terminal of its own making.
 */
static __always_inline void watch_shell(struct task_struct *task)
{
	struct guard_modes *modes = the_guards();
	struct intrusion what = { .call = SP_INTRUSION_SOCKET_SHELL };
	struct task_struct *parent = task->real_parent;
	struct sock *connection;
	struct member who;

	if (!modes || !modes->shells || !guarded_caller(&who))
		return;
	connection = connection_of_stdio(task);
	if (!connection && tag_of_task(parent))
		connection = connection_of_stdio(parent);
	if (!connection)
		return;
	what.target = BPF_CORE_READ(connection, __sk_common.skc_cookie.counter);
	what.detail = bpf_ntohs(BPF_CORE_READ(connection, __sk_common.skc_dport));
	what.mode = modes->shells;
	intrude(&who, &what);
}
