/* SPDX-License-Identifier: GPL-2.0-only */
/* What libbpf's header of this name gives the kernel programs, for a program of user space: see decoders.c. */
#pragma once

#define SEC(name) __attribute__((section(name), used))
#define __always_inline inline __attribute__((always_inline))
#define __noinline __attribute__((noinline))
#define __weak __attribute__((weak))
#define __hidden

#define __uint(name, value) int(*name)[value]
#define __type(name, value) value *name
#define __array(name, value) value *name[]
#define container_of(pointer, type, member) ((type *)(void *)(pointer))

long bpf_loop(__u32 most, void *step, void *context, __u64 flags);
void *bpf_map_lookup_elem(void *map, const void *key);
long bpf_map_update_elem(void *map, const void *key, const void *value, __u64 flags);
long bpf_map_delete_elem(void *map, const void *key);
long bpf_probe_read_kernel(void *to, __u32 bytes, const void *from);
long bpf_ringbuf_output(void *ring, const void *data, __u64 bytes, __u64 flags);
long bpf_skb_load_bytes(const void *skb, __u32 offset, void *to, __u32 bytes);
void *bpf_sk_storage_get(void *map, void *socket, void *value, __u64 flags);
__u64 bpf_get_socket_cookie(void *context);
__u64 bpf_get_current_uid_gid(void);
__u32 bpf_get_smp_processor_id(void);
__u64 bpf_ktime_get_boot_ns(void);
