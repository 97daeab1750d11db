/* SPDX-License-Identifier: GPL-2.0-only */
/* io_uring without a library: one ring, one operation at a time. */
#pragma once

#include "attack.h"

#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/syscall.h>

struct ring {
	int fd;
	unsigned int *sq_tail, *sq_mask, *sq_array, *sq_flags;
	unsigned int *cq_head, *cq_tail, *cq_mask;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
	int polled;
};

static inline void ring_open(struct ring *ring, int sqpoll)
{
	struct io_uring_params p = { .flags = sqpoll ? IORING_SETUP_SQPOLL : 0,
				     .sq_thread_idle = 2000 };

	ring->polled = sqpoll;
	ring->fd = (int)syscall(SYS_io_uring_setup, 8, &p);
	if (ring->fd < 0)
		missing("io_uring_setup");
	char *sq = mmap(NULL, p.sq_off.array + p.sq_entries * sizeof(unsigned int),
			PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd,
			IORING_OFF_SQ_RING);
	char *cq = mmap(NULL, p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe),
			PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd,
			IORING_OFF_CQ_RING);
	ring->sqes = mmap(NULL, p.sq_entries * sizeof(struct io_uring_sqe), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_POPULATE, ring->fd, IORING_OFF_SQES);
	if (sq == MAP_FAILED || cq == MAP_FAILED || ring->sqes == MAP_FAILED)
		missing("mmap");
	ring->sq_tail = (unsigned int *)(sq + p.sq_off.tail);
	ring->sq_mask = (unsigned int *)(sq + p.sq_off.ring_mask);
	ring->sq_array = (unsigned int *)(sq + p.sq_off.array);
	ring->sq_flags = (unsigned int *)(sq + p.sq_off.flags);
	ring->cq_head = (unsigned int *)(cq + p.cq_off.head);
	ring->cq_tail = (unsigned int *)(cq + p.cq_off.tail);
	ring->cq_mask = (unsigned int *)(cq + p.cq_off.ring_mask);
	ring->cqes = (struct io_uring_cqe *)(cq + p.cq_off.cqes);
}

/* Submits one operation and returns its result: a value, or a negative errno. */
static inline int ring_do(struct ring *ring, const struct io_uring_sqe *operation)
{
	unsigned int tail = *ring->sq_tail, index = tail & *ring->sq_mask;
	unsigned int flags = IORING_ENTER_GETEVENTS;

	ring->sqes[index] = *operation;
	ring->sq_array[index] = index;
	__atomic_store_n(ring->sq_tail, tail + 1, __ATOMIC_SEQ_CST);
	if (ring->polled &&
	    __atomic_load_n(ring->sq_flags, __ATOMIC_SEQ_CST) & IORING_SQ_NEED_WAKEUP)
		flags |= IORING_ENTER_SQ_WAKEUP;
	while (*ring->cq_head == __atomic_load_n(ring->cq_tail, __ATOMIC_ACQUIRE)) {
		if (syscall(SYS_io_uring_enter, ring->fd, ring->polled ? 0 : 1, 1, flags, NULL, 0) <
			    0 &&
		    errno != EINTR)
			refused("io_uring_enter");
	}
	unsigned int head = *ring->cq_head;
	int result = ring->cqes[head & *ring->cq_mask].res;

	__atomic_store_n(ring->cq_head, head + 1, __ATOMIC_RELEASE);
	return result;
}
