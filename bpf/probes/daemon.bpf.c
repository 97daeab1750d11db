/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who speaks to a container runtime: from then on containers that are made, and what the runtime itself sends, may be
 * the job's.
 *
 * Why here: connect() on a Unix socket shows the path as the kernel copied it. cgroup/connect_unix since 6.7; on older
 * kernels the agent says DEGRADED(containers) and takes any new container as the job's.
 * A socket reached by another path than those of the list (a link, a bind mount) is suspected until the agent has compared
 * inodes. What it misses: a link that is gone by then. Where runtimes are not to be reached past the agent, the peer is looked at
 * when connect() returns: by then it is known which socket that was, and whoever asked is killed before it can say anything. What
 * that misses: a connect through io_uring, and a second thread that sends in the moment between.
 * A daemon of the machine that was there before the job, and that no list names, is refused in block mode: nothing would tell
 * what it does on the job's word (HARDENING rule 6). So is a daemon that looks names up (technique D9).
 * Where the agent's own socket stands at a runtime's path, connecting there is no use of the runtime: requests tell.
 */

/* A path ends at its NUL, whatever length the caller gave (mostly that of the whole structure); an abstract name does not. */
static long hash_path(__u32 index, void *context)
{
	struct work *work = *(struct work **)context;

	if (index >= work->length)
		return 1;

	__u8 byte = work->name[index & 127];

	if (!byte && work->name[0]) {
		work->length = index;
		return 1;
	}
	work->hash = (work->hash ^ byte) * SP_HASH_PRIME;
	return 0;
}

/* Whether the current task sees the agent's socket at a path: by the mount that its root is, which is one namespace's. */
static __always_inline bool is_led_to_agent(__u32 root_mount)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct vfsmount *vfs = BPF_CORE_READ(task, fs, root.mnt);
	struct mount *mount = container_of(vfs, struct mount, mnt);

	return root_mount > 1 && BPF_CORE_READ(mount, mnt_id) == (int)root_mount &&
	       BPF_CORE_READ(vfs, mnt_root) == BPF_CORE_READ(task, fs, root.dentry);
}

/* False where the path is not one that this process is led away from, or the kernel does not do it. */
static __always_inline bool lead_to_own_socket(struct bpf_sock_addr_kern *kernel, __u64 hash)
{
	struct led_path *own = bpf_map_lookup_elem(&led_paths, &hash);

	return own && has_function(SP_SOCK_ADDR_SET_SUN_PATH) && !bpf_sock_addr_set_sun_path(kernel, own->path, SP_UNIX_PATH);
}

#define REFUSED_NAMES 0x100 /* beside enum sp_daemon_kind: is not told */

/*
 * Somebody outside the job listens at this path since before the job: 0, or SP_DAEMON_HELPER, SP_DAEMON_REFUSED_HELPER. A name
 * service (nscd, systemd-resolved) would ask for any name, and nobody would know for whom. The C library asks the resolver
 * itself when it cannot be reached, where the question is judged: that is no refusal to tell of. Where it is reached, in audit
 * mode, that is the one trace of what was asked there: SP_DAEMON_NAMES.
 */
static __always_inline __u32 judge_helper(__u64 hash, const struct member *who)
{
	__u32 *kind = bpf_map_lookup_elem(&foreign_sockets, &hash);
	struct judgement result;
	struct flow by = {};

	if (!kind)
		return 0;
	own_flow(&by, who);
	begin_judgement(&by, &result);
	if (*kind == SP_FOREIGN_NAMES)
		return result.block ? REFUSED_NAMES : SP_DAEMON_NAMES;
	return result.block ? SP_DAEMON_REFUSED_HELPER : SP_DAEMON_HELPER;
}

/*
 * `work` has the path. As an alert: the agent compares inodes before a container can have started. What every program does
 * that looks up a name is none.
 */
static __always_inline void tell_asked(struct work *work, const struct member *who, __u32 kind)
{
	struct sp_daemon_asked *record = (struct sp_daemon_asked *)work->text;
	__u64 length = work->length;

	record->kind = kind;
	record->padding = 0;
	begin_record(&record->header, SP_DAEMON_ASKED, who->process);
	record->pid = who->pid;
	record->path_offset = sizeof(*record);
	asm volatile("" : "+r"(length));
	length &= 127;
	record->path_length = length;
	if (length && bpf_probe_read_kernel(&work->text[sizeof(*record)], length, work->name))
		return;
	if (kind == SP_DAEMON_NAMES)
		send_event(&record->header, sizeof(*record) + length);
	else
		send_alert(&record->header, sizeof(*record) + length);
}

/* Past the agent, a runtime gives root whatever it asks for: there are no bounds then, and nobody looks at what a container has. */
static __always_inline bool keeps_from_runtimes(const struct member *who)
{
	struct guard_modes *modes = the_guards();
	__u64 cgroup = who->cgroup;
	struct cgroup_tag *group = bpf_map_lookup_elem(&cgroups, &cgroup);

	if (!modes || who->flags & (SP_TASK_WORKER | SP_TASK_RUNNER | SP_TASK_DAEMON | SP_TASK_RUNTIME))
		return false;
	/* The runner gives the socket to containers of its own. */
	return modes->sudo == SP_SUDO_BOUNDED || (modes->runtimes == SP_GUARD_BLOCK && !(group && group->container && !group->own));
}

/* Whose socket it is, and what follows; 0 when the connection is refused. */
static __always_inline int look_at_socket(struct work *work, struct bpf_sock_addr_kern *kernel, const struct member *who)
{
	struct work *context = work;
	struct sockaddr_un *address = (void *)BPF_CORE_READ(kernel, uaddr);
	__u64 length = BPF_CORE_READ(kernel, uaddrlen);

	if (length <= 2 || length > 110)
		return 1;
	length -= 2;
	asm volatile("" : "+r"(length));
	length &= 127;
	if (bpf_probe_read_kernel(work->name, length, address->sun_path))
		return 1;
	work->length = length;
	work->hash = 0xcbf29ce484222325ULL;
	bpf_loop(128, hash_path, &context, 0);

	__u64 hash = work->hash;

	__u32 one = 1;

	__u32 *listed = bpf_map_lookup_elem(&runtime_sockets, &hash);
	bool led = listed && is_led_to_agent(*listed);

	/* Of `run` the job's own mounts lead there, and there is no such path. */
	if (led && bpf_map_lookup_elem(&led_paths, &hash))
		led = lead_to_own_socket(kernel, hash);

	__u32 helper = led || listed ? 0 : judge_helper(hash, who);
	int go_on = helper != SP_DAEMON_REFUSED_HELPER;

	if (helper == REFUSED_NAMES)
		return 0;

	/* One process's path may lead elsewhere than another's. */
	hash = (hash ^ who->pid) * SP_HASH_PRIME;
	__u32 kind = led || (listed && *listed == 1) ? SP_DAEMON_RUNTIME : helper;

	if (led) {
		runtime_is_used();
	} else if (kind == SP_DAEMON_RUNTIME) {
		runtime_is_used_unseen();
		if (keeps_from_runtimes(who)) {
			kind = SP_DAEMON_REFUSED_HELPER;
			go_on = 0;
		}
	} else if (!helper && !work->name[0]) {
		return 1; /* an abstract name is no runtime's */
	} else if (bpf_map_update_elem(&told_sockets, &hash, &one, BPF_NOEXIST)) {
		bool told = bpf_map_lookup_elem(&told_sockets, &hash);

		/* Once for a process. There may be too many to remember: a helper is told again, another is taken for a runtime's. */
		if (told || !helper) {
			if (!told)
				runtime_is_used_unseen();
			return go_on;
		}
	}
	if (kind == SP_DAEMON_OTHER)
		suspect_runtime();
	tell_asked(work, who, kind);
	return go_on;
}

/* A connection was made, by whatever path: the socket at its other end has the name that the daemon gave it. */
static __always_inline void look_at_peer(struct work *work, struct sock *socket, const struct member *who)
{
	struct sock *peer = BPF_CORE_READ((struct unix_sock *)socket, peer);
	struct unix_address *address = BPF_CORE_READ((struct unix_sock *)peer, addr);
	__u64 length = BPF_CORE_READ(address, len);
	struct work *context = work;

	if (!address || length <= 2 || length > 110)
		return;
	length -= 2;
	asm volatile("" : "+r"(length));
	length &= 127;
	if (bpf_probe_read_kernel(work->name, length, (void *)address + bpf_core_field_offset(struct unix_address, name) + 2))
		return;
	work->length = length;
	work->hash = 0xcbf29ce484222325ULL;
	bpf_loop(128, hash_path, &context, 0);

	__u64 hash = work->hash;

	if (!bpf_map_lookup_elem(&runtime_sockets, &hash))
		return;
	runtime_is_used_unseen();
	bpf_send_signal(9);
	tell_asked(work, who, SP_DAEMON_REFUSED_HELPER);
}

#define UNIX_FAMILY 1

/* At the end of connect(2). */
__global int look_at_connection(__u32 descriptor)
{
	struct file *file = open_file(bpf_get_current_task_btf(), descriptor);
	struct socket *socket;
	struct member who;
	struct sock *sk;

	if (!file || (BPF_CORE_READ(file, f_inode, i_mode) & FILE_TYPE) != SOCKET_FILE)
		return 0;
	socket = BPF_CORE_READ(file, private_data);
	sk = BPF_CORE_READ(socket, sk);
	if (BPF_CORE_READ(sk, __sk_common.skc_family) != UNIX_FAMILY || !current_member(&who) || !keeps_from_runtimes(&who))
		return 0;

	int slot = take_work();
	struct work *work = slot < 0 ? 0 : work_at(slot);

	if (!work) {
		runtime_is_used_unseen();
		return 0;
	}
	look_at_peer(work, sk, &who);
	give_back(slot);
	return 0;
}

/* libbpf knows this section since 1.3: the agent looks after it. */
SEC("?cgroup/connect_unix")
int on_connect_unix(struct bpf_sock_addr *ctx)
{
	struct bpf_sock_addr_kern *kernel = bpf_cast_to_kern_ctx(ctx);
	struct member who;

	if (!current_member(&who) || who.flags & SP_TASK_DAEMON)
		return 1;

	int slot = take_work();
	struct work *work = slot < 0 ? 0 : work_at(slot);

	if (!work) {
		runtime_is_used_unseen(); /* not known: assume it */
		return 1;
	}
	int go_on = look_at_socket(work, kernel, &who);

	give_back(slot);
	return go_on;
}
