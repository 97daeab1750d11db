/* SPDX-License-Identifier: GPL-2.0-only */
/* TCP ways out. Each subcommand sends TEXT to ADDR PORT and waits until the peer has closed. */
#include "uring.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/un.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static int run_connect(char **a, int protocol)
{
	struct endpoint to = endpoint(a[0], a[1]);
	int fd = socket(to.family, SOCK_STREAM, protocol);

	if (fd < 0)
		missing("socket");
	deadline(fd, PATIENCE);
	if (connect(fd, sockaddr(&to), to.length))
		refused("connect");
	send_all(fd, a[2], strlen(a[2]));
	return finish(fd);
}

/*
 * The data travels with the SYN and no connect() is called: CONNECT hooks still see it, syscall
 * hooks do not.
 */
static int run_fastopen(char **a)
{
	struct endpoint to = endpoint(a[0], a[1]);
	int fd = opened(to.family, SOCK_STREAM, 0);

	if (sendto(fd, a[2], strlen(a[2]), MSG_FASTOPEN | MSG_NOSIGNAL, sockaddr(&to), to.length) <
	    0)
		refused("sendto");
	return finish(fd);
}

/*
 * Connects first and becomes another program with the socket as descriptor 9: it is older than the
 * agent.
 */
static int run_open_then(char **a)
{
	struct endpoint to = endpoint(a[0], a[1]);
	int fd = opened(to.family, SOCK_STREAM, 0);

	if (connect(fd, sockaddr(&to), to.length))
		refused("connect");
	return hand_on(fd, a + 2);
}

static int run_inherited(char **a)
{
	int fd = atoi(a[0]);

	if (fcntl(fd, F_GETFD) < 0)
		refused("fcntl");
	deadline(fd, PATIENCE);
	send_all(fd, a[1], strlen(a[1]));
	return finish(fd);
}

static struct sockaddr_un unix_address(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	return at;
}

/* A helper that is no part of the job connects and hands the socket to whoever asks at PATH. */
static int run_pass(char **a)
{
	struct sockaddr_un at = unix_address(a[0]);
	struct endpoint to = endpoint(a[1], a[2]);
	int listener = opened(AF_UNIX, SOCK_STREAM, 0);

	unlink(a[0]);
	if (bind(listener, (struct sockaddr *)&at, sizeof(at)) || listen(listener, 1))
		refused("listen");
	printf("listening\n");
	fflush(stdout);
	deadline(listener, PATIENCE);
	int peer = accept(listener, NULL, NULL);
	int fd = opened(to.family, SOCK_STREAM, 0);

	if (peer < 0 || connect(fd, sockaddr(&to), to.length))
		refused("connect");
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec one = { .iov_base = "x", .iov_len = 1 };
	struct msghdr message = { .msg_iov = &one,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	if (sendmsg(peer, &message, 0) < 0)
		refused("sendmsg");
	return finish(peer);
}

/* From a table of files of a ring; nobody has a descriptor any more. */
static void send_by_ring(int fd, const char *text, int sqpoll)
{
	struct ring ring;
	struct io_uring_sqe send_ = { .opcode = IORING_OP_SEND,
				      .flags = IOSQE_FIXED_FILE,
				      .addr = (unsigned long long)text,
				      .len = (unsigned int)strlen(text),
				      .msg_flags = MSG_NOSIGNAL };

	ring_open(&ring, sqpoll);
	if (syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES, &fd, 1))
		refused("IORING_REGISTER_FILES");
	close(fd);
	errno = -ring_do(&ring, &send_);
	if (errno > 0)
		refused("OP_SEND");
	/* The last byte leaves before the process does. */
	sleep(1);
}

#define HIGH 5000

/* Sends, by a descriptor that is higher than anybody looks; by a ring; by a timer, when the call is long over. */
static int send_in_hiding(int fd, const char *text, const char *how)
{
	struct rlimit most = { .rlim_cur = 2 * HIGH, .rlim_max = 2 * HIGH };

	if (!strcmp(how, "high")) {
		if (setrlimit(RLIMIT_NOFILE, &most) || dup2(fd, HIGH) < 0)
			refused("dup2");
		close(fd);
		send_all(HIGH, text, strlen(text));
		return finish(HIGH);
	}
	if (!strcmp(how, "corked")) {
		setsockopt(fd, IPPROTO_TCP, TCP_CORK, &(int){ 1 }, sizeof(int));
		send_all(fd, text, strlen(text));
		sleep(1);
		return finish(fd);
	}
	send_by_ring(fd, text, !strcmp(how, "sqpoll"));
	return EXIT_SENT;
}

static int run_take(char **a)
{
	struct sockaddr_un at = unix_address(a[0]);
	int peer = opened(AF_UNIX, SOCK_STREAM, 0);
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	char byte;
	struct iovec one = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = { .msg_iov = &one,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof(control) };
	int fd;

	if (connect(peer, (struct sockaddr *)&at, sizeof(at)))
		refused("connect");
	if (recvmsg(peer, &message, 0) <= 0 || !CMSG_FIRSTHDR(&message))
		refused("recvmsg");
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	printf("taken\n");
	fflush(stdout);
	deadline(fd, PATIENCE);
	if (a[2])
		return send_in_hiding(fd, a[1], a[2]);
	send_all(fd, a[1], strlen(a[1]));
	return finish(fd);
}

static struct endpoint flipped;
static volatile unsigned char *last; /* byte of its address: the rest of the two is alike */
static unsigned char lasts[2];
static volatile int stop;

static void *flip(void *unused)
{
	unsigned int i = 0;

	(void)unused;
	while (!stop)
		*last = lasts[i++ & 1];
	return NULL;
}

/*
 * flip GOOD BAD PORT TEXT ROUNDS: one thread connects while another rewrites the address that it
 * passes.
 */
static int run_flip(char **a)
{
	int rounds = atoi(a[4]), bad = 0;
	pthread_t thread;

	struct endpoint wrong = endpoint(a[1], a[2]);

	flipped = endpoint(a[0], a[2]);
	last = last_byte(&flipped);
	lasts[0] = *last;
	lasts[1] = *last_byte(&wrong);
	if (pthread_create(&thread, NULL, flip, NULL))
		refused("pthread_create");
	for (int i = 0; i < rounds; i++) {
		int fd = opened(wrong.family, SOCK_STREAM, 0);
		struct endpoint peer = { .length = sizeof(peer.address), .family = wrong.family };
		/*
		 * A reset at the end leaves no TIME_WAIT: thousands of rounds do not run out of
		 * ports.
		 */
		struct linger reset = { .l_onoff = 1, .l_linger = 0 };

		setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		if (connect(fd, sockaddr(&flipped), flipped.length) == 0 &&
		    getpeername(fd, (struct sockaddr *)&peer.address, &peer.length) == 0 &&
		    *last_byte(&peer) == lasts[1]) {
			bad++;
			send(fd, a[3], strlen(a[3]), MSG_NOSIGNAL);
		}
		close(fd);
	}
	stop = 1;
	pthread_join(thread, NULL);
	printf("%d of %d reached %s\n", bad, rounds, a[1]);
	return bad ? EXIT_SENT : EXIT_REFUSED;
}

/* listen PORT TEXT: gives TEXT to the first caller. Being called instead of calling. */
static int run_listen(char **a)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6,
				    .sin6_port = htons((unsigned short)atoi(a[0])) };
	int listener = opened(AF_INET6, SOCK_STREAM, 0);

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
	if (bind(listener, (struct sockaddr *)&any, sizeof(any)) || listen(listener, 8))
		refused("listen");
	printf("listening\n");
	fflush(stdout);
	deadline(listener, IN_VAIN);
	int peer = accept(listener, NULL, NULL);

	if (peer < 0)
		refused("accept");
	send_all(peer, a[1], strlen(a[1]));
	return finish(peer);
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";

	if (argc == 5 && !strcmp(what, "connect"))
		return run_connect(argv + 2, 0);
	if (argc == 5 && !strcmp(what, "mptcp"))
		return run_connect(argv + 2, IPPROTO_MPTCP);
	if (argc == 5 && !strcmp(what, "fastopen"))
		return run_fastopen(argv + 2);
	if (argc >= 5 && !strcmp(what, "open-then"))
		return run_open_then(argv + 2);
	if (argc == 4 && !strcmp(what, "inherited"))
		return run_inherited(argv + 2);
	if (argc == 5 && !strcmp(what, "pass"))
		return run_pass(argv + 2);
	if ((argc == 4 || argc == 5) && !strcmp(what, "take"))
		return run_take(argv + 2);
	if (argc == 7 && !strcmp(what, "flip"))
		return run_flip(argv + 2);
	if (argc == 4 && !strcmp(what, "listen"))
		return run_listen(argv + 2);
	usage("tcp connect|mptcp|fastopen ADDR PORT TEXT | open-then ADDR PORT CMD… | inherited FD "
	      "TEXT"
	      " | pass PATH ADDR PORT | take PATH TEXT [high|corked|ring|sqpoll] | flip GOOD BAD PORT TEXT ROUNDS | listen "
	      "PORT TEXT");
}
