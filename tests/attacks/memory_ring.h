/* SPDX-License-Identifier: GPL-2.0-only */
/* The ways to another process's memory that go through io_uring. */
#pragma once

#include "memory.h"
#include "uring.h"

static int ring_opened(struct ring *ring)
{
	struct io_uring_sqe sqe = { .opcode = IORING_OP_OPENAT,
				    .fd = AT_FDCWD,
				    .addr = (unsigned long)path_of("mem"),
				    .open_flags = O_RDONLY };

	ring_open(ring, 0);
	int fd = ring_do(ring, &sqe);

	if (fd < 0) {
		errno = -fd;
		refused("OP_OPENAT");
	}
	return fd;
}

static void take_ring_pread(void)
{
	struct ring ring;

	take(ring_opened(&ring));
}

static void take_ring(void)
{
	struct ring ring;
	struct io_uring_sqe sqe = { .opcode = IORING_OP_READ,
				    .fd = ring_opened(&ring),
				    .addr = (unsigned long)shared,
				    .len = (unsigned int)length,
				    .off = address };

	ring_do(&ring, &sqe);
}

/* Registered with the ring: its reads name a slot and no descriptor. */
static void take_ring_registered(void)
{
	struct ring ring;
	int fd = ring_opened(&ring);
	struct io_uring_sqe sqe = { .opcode = IORING_OP_READ,
				    .flags = IOSQE_FIXED_FILE,
				    .addr = (unsigned long)shared,
				    .len = (unsigned int)length,
				    .off = address };

	if (syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES, &fd, 1))
		refused("IORING_REGISTER_FILES");
	ring_do(&ring, &sqe);
}

/* Opened into the ring's own table and read by the next of the chain: there is never a descriptor. */
static void take_ring_direct(void)
{
	struct ring ring;
	int none = -1;
	struct io_uring_sqe chain[2] = {
		{ .opcode = IORING_OP_OPENAT,
		  .flags = IOSQE_IO_LINK,
		  .fd = AT_FDCWD,
		  .addr = (unsigned long)path_of("mem"),
		  .open_flags = O_RDONLY,
		  .file_index = 1 },
		{ .opcode = IORING_OP_READ,
		  .flags = IOSQE_FIXED_FILE,
		  .fd = 0,
		  .addr = (unsigned long)shared,
		  .len = (unsigned int)length,
		  .off = address },
	};

	ring_open(&ring, 0);
	if (syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES, &none, 1))
		refused("IORING_REGISTER_FILES");
	for (unsigned int i = 0; i < 2; i++) {
		unsigned int index = (*ring.sq_tail + i) & *ring.sq_mask;

		ring.sqes[index] = chain[i];
		ring.sq_array[index] = index;
	}
	__atomic_store_n(ring.sq_tail, *ring.sq_tail + 2, __ATOMIC_SEQ_CST);
	if (syscall(SYS_io_uring_enter, ring.fd, 2, 2, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
		refused("io_uring_enter");
}
