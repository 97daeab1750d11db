/* SPDX-License-Identifier: GPL-2.0-only */
/* The ways to another process's memory that go through io_uring. */
#pragma once

#include "memory.h"
#include "uring.h"

static int warmed;
static int polled; /* a thread of the kernel's takes what is in the ring, and no call is made for it */

/* The worker that an earlier request was handed to is idle, and waits for another one. */
static void ring_begun(struct ring *ring)
{
	static char byte;
	struct io_uring_sqe sqe = { .opcode = IORING_OP_READ,
				    .flags = IOSQE_ASYNC,
				    .addr = (unsigned long)&byte,
				    .len = 1 };

	ring_open(ring, polled);
	if (!warmed)
		return;
	sqe.fd = opened_file("/proc/self/exe");
	ring_do(ring, &sqe);
	close(sqe.fd);
	usleep(2000);
}

static int ring_opened_for(struct ring *ring, unsigned int rights)
{
	struct io_uring_sqe sqe = { .opcode = IORING_OP_OPENAT,
				    .fd = AT_FDCWD,
				    .addr = (unsigned long)path_of("mem"),
				    .open_flags = rights };

	ring_begun(ring);
	int fd = ring_do(ring, &sqe);

	if (fd < 0) {
		errno = -fd;
		refused("OP_OPENAT");
	}
	return fd;
}

static int ring_opened(struct ring *ring)
{
	return ring_opened_for(ring, O_RDONLY);
}

/* The byte behind the secret, which is zero and stays so. */
static void put_ring(void)
{
	static const char nothing;
	struct ring ring;
	struct io_uring_sqe sqe = { .opcode = IORING_OP_WRITE,
				    .fd = ring_opened_for(&ring, O_RDWR),
				    .addr = (unsigned long)&nothing,
				    .len = 1,
				    .off = address + length };

	if (ring_do(&ring, &sqe) == 1)
		strcpy(shared, "written");
}

static void put_ring_pwrite(void)
{
	struct ring ring;

	if (pwrite(ring_opened_for(&ring, O_RDWR), "", 1, (off_t)(address + length)) == 1)
		strcpy(shared, "written");
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

static void take_ring_sqpoll(void)
{
	polled = 1;
	take_ring();
}

/* As many at once as the ring takes: each worker finds one more when the first has been looked at. */
static void take_ring_many(void)
{
	struct ring ring;
	int fd = ring_opened(&ring);

	for (unsigned int i = 0; i < 8; i++) {
		unsigned int index = (*ring.sq_tail + i) & *ring.sq_mask;

		ring.sqes[index] = (struct io_uring_sqe){ .opcode = IORING_OP_READ,
							  .fd = fd,
							  .addr = (unsigned long)shared + 4096 * i,
							  .len = (unsigned int)length,
							  .off = address };
		ring.sq_array[index] = index;
	}
	__atomic_store_n(ring.sq_tail, *ring.sq_tail + 8, __ATOMIC_SEQ_CST);
	if (syscall(SYS_io_uring_enter, ring.fd, 8, 8, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
		refused("io_uring_enter");
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

static void ring_chain(struct ring *ring, const struct io_uring_sqe chain[2])
{
	for (unsigned int i = 0; i < 2; i++) {
		unsigned int index = (*ring->sq_tail + i) & *ring->sq_mask;

		ring->sqes[index] = chain[i];
		ring->sq_array[index] = index;
	}
	__atomic_store_n(ring->sq_tail, *ring->sq_tail + 2, __ATOMIC_SEQ_CST);
	if (syscall(SYS_io_uring_enter, ring->fd, 2, 2, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
		refused("io_uring_enter");
}

/* By a number that is guessed: the next of the chain reads before the process knows of it. */
static void take_ring_linked(void)
{
	struct ring ring;

	ring_begun(&ring);
	int next = dup(0);

	close(next);
	struct io_uring_sqe chain[2] = {
		{ .opcode = IORING_OP_OPENAT,
		  .flags = IOSQE_IO_LINK,
		  .fd = AT_FDCWD,
		  .addr = (unsigned long)path_of("mem"),
		  .open_flags = O_RDONLY },
		{ .opcode = IORING_OP_READ,
		  .fd = next,
		  .addr = (unsigned long)shared,
		  .len = (unsigned int)length,
		  .off = address },
	};
	ring_chain(&ring, chain);
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

	ring_begun(&ring);
	if (syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES, &none, 1))
		refused("IORING_REGISTER_FILES");
	ring_chain(&ring, chain);
}
