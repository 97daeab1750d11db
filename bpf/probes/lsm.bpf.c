/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What guard.bpf.c kills for, refused before it happens; and what no other hook prevents.
 *
 * Why here: these hooks are asked whoever opens a file, signals a process or makes a socket, and by whichever call or ring, and
 * what they refuse does not come to be: there is no moment between the making of a descriptor and the signal, nothing that a ring
 * could hide, and no need to kill for what only might hide it. Since 5.7 (userns_create 6.1), where `bpf` is among the kernel's
 * security modules (lsm=). Optional: without it guard.bpf.c does what it can; before 6.7, where that does not load, file_open,
 * ptrace_access_check and bpf are the whole guard. Not in the scope of the machine, where who starts and stops the agent is judged too.
 * What it misses: descriptors that were open before; alone, perf_event_open, what has a name in a BPF file system, and all that
 * guard.bpf.c sees besides memory and bpf(2). Of the ways to the agent: cgroup.kill, cgroup.freeze, limits of its cgroup.
 */

#define NOT_PERMITTED -1 /* EPERM */
#define ACCESS_ATTACH 2 /* PTRACE_MODE_ATTACH */
#define ACCESS_OF_FILE 8 /* PTRACE_MODE_FSCREDS: a file of procfs, which on_file_open has seen */

SEC("?lsm/file_open")
int BPF_PROG(on_file_open, struct file *file, int before)
{
	struct guard_modes *modes = the_guards();
	__u64 address = 0;

	if (before || !modes || !modes->lsm)
		return before;
	/* The same as `file`, as a number: the verifier gives no pointer of its own to a function that is not static. */
	bpf_probe_read_kernel(&address, sizeof(address), &ctx[0]);
	if (!is_kernels(file)) {
		/* What holds a disk is known when it is open, which it is not yet. */
		if (modes->lsm != SP_LSM_ALONE || (BPF_CORE_READ(file, f_inode, i_mode) & FILE_TYPE) == BLOCK_DEVICE)
			return 0;
	}
	return look_at_file(address) ? NOT_PERMITTED : 0;
}

/* ---- the agent's processes ---- */

static __always_inline bool is_agents(struct task_struct *task)
{
	__u32 pid = BPF_CORE_READ(task, tgid);
	__u64 *start = bpf_map_lookup_elem(&own_tasks, &pid);

	return start && *start == BPF_CORE_READ(task, group_leader, start_boottime) / SP_TICK_NS;
}

/* Gives 1 where it is to be prevented; who asked lives on. */
static __always_inline int attack(struct member *who, struct task_struct *target, __u32 how)
{
	struct guard_modes *modes = the_guards();
	struct intrusion what = { .call = SP_INTRUSION_AGENT_ATTACKED, .detail = how };

	if (!modes)
		return 0;
	what.target_pid = BPF_CORE_READ(target, tgid);
	what.target_kind = SP_INTRUSION_OF_OTHERS;
	what.mode = modes->agent == SP_GUARD_BLOCK ? SP_GUARD_REFUSE : modes->agent;
	return intrude(who, &what);
}

#define SIGNAL(number) (1ULL << ((number) - 1))
#define SIGNAL_KILL 9
#define SIGNAL_STOP 19
#define SIGNAL_IO 29
#define SIGNALS_OF_NO_HARM (SIGNAL(17) | SIGNAL(18) | SIGNAL(23) | SIGNAL(28)) /* SIGCHLD, SIGCONT, SIGURG, SIGWINCH */

/* What the task has blocked it reads by itself and decides on: `run` has its command's signals so, and takes none of the job's. */
static __always_inline bool harms(struct task_struct *task, int signal)
{
	if (signal <= 0 || signal > 64 || SIGNAL(signal) & SIGNALS_OF_NO_HARM)
		return false;
	return signal == SIGNAL_KILL || signal == SIGNAL_STOP || !(BPF_CORE_READ(task, blocked.sig[0]) & SIGNAL(signal));
}

/* By any call that sends one, to a process, a thread, a group or everybody. What the kernel sends by itself does not pass here. */
SEC("?lsm/task_kill")
int BPF_PROG(on_kill, struct task_struct *target, struct kernel_siginfo *info, int signal)
{
	struct member who;

	if (!is_agents(target) || !harms(target, signal) || !guarded_caller(&who))
		return 0;
	return attack(&who, target, signal) ? NOT_PERMITTED : 0;
}

/* fcntl(2), F_SETOWN and F_SETSIG: sent when the file has something, in the name of whoever brings that. So nobody is named. */
SEC("?lsm/file_send_sigiotask")
int BPF_PROG(on_file_signal, struct task_struct *target, struct fown_struct *owner, int signal)
{
	struct member nobody = {};

	signal = signal ? signal : SIGNAL_IO;
	if (!is_agents(target) || !harms(target, signal))
		return 0;
	return attack(&nobody, target, signal) ? NOT_PERMITTED : 0;
}

SEC("?lsm/task_setrlimit")
int BPF_PROG(on_limit, struct task_struct *target)
{
	struct member who;

	if (!is_agents(target) || !guarded_caller(&who))
		return 0;
	return attack(&who, target, SP_ATTACK_LIMITED) ? NOT_PERMITTED : 0;
}

SEC("?lsm/ptrace_access_check")
int BPF_PROG(on_ptrace_access, struct task_struct *child, unsigned int mode, int before)
{
	struct guard_modes *modes = the_guards();
	struct intrusion what = { .call = SP_INTRUSION_TRACED };
	struct member who;

	if (before || !modes || !(mode & ACCESS_ATTACH))
		return before;
	if (is_agents(child) && guarded_caller(&who) && attack(&who, child, SP_ATTACK_TRACED))
		return NOT_PERMITTED;
	if (modes->lsm != SP_LSM_ALONE || mode & ACCESS_OF_FILE)
		return 0;
	if (!guarded_caller(&who) || !foreign_target(&who, child, &what))
		return 0;
	return intrude(&who, &what) ? NOT_PERMITTED : 0;
}

/* ---- bpf(2) ---- */

/* Of own_objects, for commands that make a descriptor of what an id names; 0 for others. */
static __always_inline __u64 key_of_command(int command, union bpf_attr *attributes)
{
	__u64 kind = command == COMMAND_MAP_BY_ID     ? SP_OBJECT_MAP :
		     command == COMMAND_PROGRAM_BY_ID ? SP_OBJECT_PROGRAM :
		     command == COMMAND_LINK_BY_ID    ? SP_OBJECT_LINK :
							0;
	__u32 id = 0;

	if (!kind)
		return 0;
	bpf_probe_read_kernel(&id, sizeof(id), attributes);
	return kind << 32 | id;
}

/*
 * Judged as guard.bpf.c does, and before anything has come of it: an attachment without a link stays when its maker is killed. Who
 * only reports sees by guard.bpf.c what came to pass; where that is missing, what was tried.
 */
SEC("?lsm/bpf")
int BPF_PROG(on_bpf, int command, union bpf_attr *attributes)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct guard_modes *modes = the_guards();
	struct member who;
	__u64 key;

	if (!modes || !modes->lsm || !guarded_caller(&who) || !may_load(task))
		return 0;
	if (look_at_loading(task, &who, command, SP_GUARD_BLOCK))
		return NOT_PERMITTED;
	if (modes->lsm == SP_LSM_ALONE)
		look_at_loading(task, &who, command, SP_GUARD_REPORT);
	else if (modes->objects != SP_GUARD_BLOCK)
		return 0;
	key = key_of_command(command, attributes);
	return key && look_at_key(&who, key) ? NOT_PERMITTED : 0;
}

/* ---- sockets that pass by IP ---- */

#define FAMILY(number) (1ULL << (number))

/* Frames: AF_PACKET, AF_LLC, AF_XDP. What leaves another namespace by them is judged as it is forwarded. */
#define FAMILIES_OF_FRAMES (FAMILY(17) | FAMILY(26) | FAMILY(44))
/* To other machines without a packet that a hook of ours would know as the job's: AF_RDS, AF_TIPC, AF_BLUETOOTH, AF_RXRPC, AF_VSOCK. */
#define FAMILIES_UNSEEN (FAMILY(21) | FAMILY(30) | FAMILY(31) | FAMILY(33) | FAMILY(40))

static __always_inline bool passes_by_ip(int family, __u64 network)
{
	return FAMILY(family) & FAMILIES_UNSEEN || settings.network == network;
}

/* In an audit it may be: what it then sends is told where the uplink sees it. */
SEC("?lsm/socket_create")
int BPF_PROG(on_socket_create, int family, int type, int protocol, int kern)
{
	struct member who;
	__u64 network;

	if (kern || family < 0 || family > 63 || !(FAMILY(family) & (FAMILIES_OF_FRAMES | FAMILIES_UNSEEN)))
		return 0;
	network = BPF_CORE_READ(bpf_get_current_task_btf(), nsproxy, net_ns, net_cookie);
	if (!passes_by_ip(family, network) || !guarded_caller(&who))
		return 0;

	struct destination to = {};
	struct judgement result = {};
	struct flow flow = { .network = network };

	own_flow(&flow, &who);
	if (begin_judgement(&flow, &result) && !result.block)
		return 0;
	decide(&result, SP_REFUSED, SP_REASON_PACKET_SOCKET, SP_NO_RULE);
	tell_connection(&flow, &to, &result, SP_HOOK_CREATION, 0);
	return NOT_PERMITTED;
}

/* ---- user namespaces ---- */

SEC("?lsm/userns_create")
int BPF_PROG(on_user_namespace)
{
	struct guard_modes *modes = the_guards();
	struct intrusion what = { .call = SP_INTRUSION_NAMESPACE_MADE };
	struct member who;

	if (!modes || !modes->namespaces || !guarded_caller(&who))
		return 0;
	what.mode = modes->namespaces == SP_GUARD_BLOCK ? SP_GUARD_REFUSE : modes->namespaces;
	return intrude(&who, &what) ? NOT_PERMITTED : 0;
}
