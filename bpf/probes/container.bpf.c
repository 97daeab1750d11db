/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Containers: made by a daemon that is nobody's child here, so lineage ends at the runtime's socket and begins again
 * at the container's cgroup.
 *
 * Why here: runc makes a cgroup v2 folder per container (hybrid machines too), named by the container's id, and moves the
 * first process into it before any of its code runs; `docker exec` moves its process in before exec, or is cloned there
 * (process.bpf.c). Who asked for it stands in container_owners by then, if the request came through the agent's socket.
 * cgroup_mkdir and cgroup_attach_task since 5.5 as tp_btf; connect_unix since 6.7, without it block mode says so.
 * What they miss: a process started by somebody else's means in a container that is not the job's.
 */

static __always_inline void note_network(__u64 network, __u64 cgroup)
{
	struct cgroup_tag *group = bpf_map_lookup_elem(&cgroups, &cgroup);

	if (network != settings.network && group && group->container && !group->own &&
	    bpf_map_update_elem(&networks, &network, &cgroup, BPF_NOEXIST) && !bpf_map_lookup_elem(&networks, &network))
		lose(SP_LOSS_NETWORK_TABLE);
}

/*
 * Docker's embedded resolver asks upstream from a socket that dockerd makes in the container's namespace: that tells for
 * which container it acts; for which of its processes, each question tells (packet.bpf.c). In the host's namespace it acts for
 * whoever uses it, the job among them.
 */
static __always_inline bool daemon_acts_for_job(__u64 network, struct member *who)
{
	if (network == settings.network)
		return true;

	__u64 *cgroup = bpf_map_lookup_elem(&networks, &network);

	if (!cgroup)
		return false;

	__u64 id = *cgroup;
	struct cgroup_tag *group = bpf_map_lookup_elem(&cgroups, &id);

	who->cgroup = id;
	who->execution = group ? group->execution : 0;
	who->step_policy = policy_until_known();
	return true;
}

/* Of whom a container is no more than made: those who began it are told by the request for it. */
#define SP_TASK_NOT_OF_A_STEP (SP_TASK_WORKER | SP_TASK_RUNNER | SP_TASK_DAEMON | SP_TASK_MACHINE)

/* The maker of a cgroup is a process of the job's lineage: a runtime without a daemon (podman), or one that the job has started. */
static __always_inline bool is_made_by_job(struct member *who)
{
	return current_member(who) && who->process && !(who->flags & SP_TASK_NOT_OF_A_STEP);
}

/* The job reached a runtime by a way that shows no requests: from here on origins are not known. */
static __always_inline void runtime_is_used_unseen(void)
{
	struct container_key key = {};

	runtime_is_used();
	bpf_map_delete_elem(&container_owners, &key);
}

static __always_inline bool is_buildkit(struct cgroup *group)
{
	union {
		char text[16];
		__u64 word[2];
	} name = {}, want = { .text = "buildkit" };
	const char *text = BPF_CORE_READ(group, kn, name);

	bpf_probe_read_kernel_str(name.text, sizeof(name.text), text);
	return name.word[0] == want.word[0] && !name.word[1];
}

SEC("tp_btf/cgroup_mkdir")
int BPF_PROG(on_cgroup_made, struct cgroup *group, const char *path)
{
	__u32 zero = 0;
	__u64 id = BPF_CORE_READ(group, kn, id);
	struct cgroup *above = cgroup_above(group);
	__u64 above_id = above ? BPF_CORE_READ(above, kn, id) : 0;
	struct cgroup_tag tag = {};
	struct member maker;

	if (BPF_CORE_READ(group, root, hierarchy_id)) /* a v1 hierarchy */
		return 0;

	/* A folder in the job's cgroup, or in a container's, stays what it is in. */
	struct cgroup_tag *outer = bpf_map_lookup_elem(&cgroups, &above_id);
	struct container_scratch *scratch = bpf_map_lookup_elem(&container_scratch, &zero);

	if (!scratch)
		return 0;
	if (outer && outer->container) {
		tag = *outer;
		if (bpf_map_update_elem(&cgroups, &id, &tag, BPF_ANY))
			lose(SP_LOSS_CGROUP_TABLE);
		return 0;
	}

	bool named = has_container_id(group, scratch);

	if (named || (above && is_buildkit(above))) {
		if (named)
			read_key(scratch);

		/* A container that nobody of the job can have asked for is somebody else's. */
		struct container_owner *owner = owner_of(scratch, named);

		tag.own = is_made_by_job(&maker);
		if (!outer && ((!owner && !tag.own && !may_be_of_job()) || !is_below_root(first_argument(ctx))))
			return 0;
		tag.container = id;
		tag.execution = owner ? owner->execution : tag.own ? maker.execution : 0;
		begin_record(&scratch->record.header, SP_CONTAINER_CREATED, owner ? owner->process : tag.own ? maker.process : 0);
		scratch->record.cgroup = id;
		scratch->record.execution = tag.execution;
		scratch->record.flags = tag.own ? SP_CREATED_OWN : owner && !(owner->flags & SP_OWNER_INFERRED) ? 0 : SP_CREATED_INFERRED;
		scratch->record.padding = 0;
		scratch->record.id_offset = sizeof(scratch->record);

		__u32 start = named ? scratch->start : 0;

		asm volatile("" : "+r"(start));
		start &= NAME_SPACE / 2 - 1;
		__builtin_memset(scratch->id, 0, SP_CONTAINER_ID_BYTES);
		bpf_probe_read_kernel(scratch->id, SP_CONTAINER_ID_BYTES, &scratch->name[start]);
		scratch->record.id_length = named ? SP_CONTAINER_ID_BYTES : 25;
		send_event(&scratch->record.header, sizeof(scratch->record) + SP_CONTAINER_ID_BYTES);
	} else if (!outer) {
		return 0;
	} else {
		tag = *outer;
	}
	if (bpf_map_update_elem(&cgroups, &id, &tag, BPF_ANY))
		lose(SP_LOSS_CGROUP_TABLE);
	return 0;
}

SEC("tp_btf/cgroup_rmdir")
int BPF_PROG(on_cgroup_removed, struct cgroup *group, const char *path)
{
	__u64 id = BPF_CORE_READ(group, kn, id);

	bpf_map_delete_elem(&cgroups, &id);
	return 0;
}

/* Scope of the machine: what was a runtime's is the container's from here on, whose step is known or inferred. */
static __always_inline void end_as_machines(struct task_tag *tag, __u32 pid)
{
	struct sp_process_exited record = {};

	begin_record(&record.header, SP_PROCESS_EXITED, tag->process);
	record.pid = pid;
	send_event(&record.header, sizeof(record));
}

/* A task moved into a container of the job: its first process, or one of `docker exec`. */
SEC("tp_btf/cgroup_attach_task")
int BPF_PROG(on_cgroup_attach, struct cgroup *group, const char *path, struct task_struct *task, bool threadgroup)
{
	__u64 id = BPF_CORE_READ(group, kn, id);
	struct cgroup_tag *target = bpf_map_lookup_elem(&cgroups, &id);
	__u32 pid = task->tgid;
	struct task_tag tag = {};
	struct sp_process_forked record = {};
	struct container_owner asked = {};
	bool by_request = false;

	if (BPF_CORE_READ(group, root, hierarchy_id))
		return 0;

	struct task_tag *old = tag_of_task(task);

	/* A runtime moves another one; who goes by itself stays what it is. */
	bool is_moved = bpf_get_current_pid_tgid() >> 32 != pid;

	/* Of the job's own cgroup the agent tags the first process itself. */
	bool joins = !(old && !(old->flags & SP_TASK_MACHINE && is_moved)) && joins_container(first_argument(ctx), target, &asked, &by_request);

	/* In a container that is not the job's, nobody of the job has asked for it: it stays the machine's, and the runtime's no longer. */
	if (old && !(joins && (target || by_request))) {
		if (target)
			old->cgroup = id;
		if (joins)
			old->flags &= ~SP_TASK_RUNTIME;
		return 0;
	}
	if (!joins)
		return 0;
	tag.process = new_process();
	tag.start_boot_ns = start_of(task);
	tag.cgroup = id;
	tag.execution = by_request ? asked.execution : target ? target->execution : 0;
	tag.step_policy = policy_until_known();
	tag.exe_policy = SP_NO_POLICY;
	record.parent = asked.process;
	if (old)
		end_as_machines(old, pid);
	if (bpf_map_update_elem(&tasks, &pid, &tag, BPF_ANY))
		lose(SP_LOSS_TASK_TABLE); /* its cgroup still tells */
	begin_record(&record.header, SP_PROCESS_FORKED, tag.process);
	record.start_boot_ns = tag.start_boot_ns;
	record.cgroup = id;
	record.pid = pid;
	record.parent_pid = BPF_CORE_READ(task, real_parent, tgid);
	record.execution = tag.execution;
	send_event(&record.header, sizeof(record));
	return 0;
}
