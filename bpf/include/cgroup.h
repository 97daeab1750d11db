/* SPDX-License-Identifier: GPL-2.0-only */
/* The folders of cgroup v2 as the kernel has them. */
#pragma once

#define CGROUP_DEPTH 12

/* The folder above; kernfs_node.parent became __parent (an RCU pointer) in 6.15. */
static __always_inline struct cgroup *cgroup_above(struct cgroup *group)
{
	struct cgroup_subsys_state *above = BPF_CORE_READ(group, self.parent);

	return above ? container_of(above, struct cgroup, self) : 0;
}

/* Whether a cgroup is that of `id` or below it. What lies too deep to be sure is: cgroups in cgroups are no way out. */
static __always_inline bool is_below(struct cgroup *group, __u64 id)
{
	for (int i = 0; i < CGROUP_DEPTH && group; i++) {
		if (BPF_CORE_READ(group, kn, id) == id)
			return true;
		group = cgroup_above(group);
	}
	return group;
}
