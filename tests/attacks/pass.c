/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One process opens a file, another one writes to it (SCM_RIGHTS, unix(7)).
 *
 *   pass take SOCKET TEXT   waits for a descriptor and puts the text into its file
 *   pass give SOCKET PATH   opens the file, hands it over and ends
 */
#include "attack.h"

#include <fcntl.h>
#include <sys/un.h>

static int unix_socket(const char *path, struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		refused("socket");
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(address->sun_path, sizeof(address->sun_path), "%s", path);
	deadline(fd, PATIENCE);
	return fd;
}

/* The message that carries a descriptor: one byte beside it. */
static struct msghdr message(struct iovec *bytes, char *control, size_t length)
{
	return (struct msghdr){
		.msg_iov = bytes, .msg_iovlen = 1, .msg_control = control, .msg_controllen = length,
	};
}

static int give(const char *path, const char *file)
{
	struct sockaddr_un address;
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec bytes = { "x", 1 };
	struct msghdr out = message(&bytes, control, sizeof(control));
	struct cmsghdr *head = CMSG_FIRSTHDR(&out);
	int fd = unix_socket(path, &address);
	int given = open(file, O_RDWR | O_CLOEXEC);
	int tries = 0;

	if (given < 0)
		refused("open");
	while (connect(fd, (struct sockaddr *)&address, sizeof(address)) && ++tries < 200)
		usleep(10000);
	*head = (struct cmsghdr){ CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS };
	memcpy(CMSG_DATA(head), &given, sizeof(given));
	if (sendmsg(fd, &out, MSG_NOSIGNAL) != 1)
		refused("sendmsg");
	return EXIT_SENT;
}

static int take(const char *path, const char *text)
{
	struct sockaddr_un address;
	char control[CMSG_SPACE(sizeof(int))];
	char byte;
	struct iovec bytes = { &byte, 1 };
	struct msghdr in = message(&bytes, control, sizeof(control));
	int fd = unix_socket(path, &address);
	int taken;

	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 1))
		refused("bind");
	int peer = accept(fd, NULL, NULL);

	if (peer < 0 || recvmsg(peer, &in, 0) != 1 || !CMSG_FIRSTHDR(&in))
		refused("recvmsg");
	memcpy(&taken, CMSG_DATA(CMSG_FIRSTHDR(&in)), sizeof(taken));
	if (ftruncate(taken, 0) || write(taken, text, strlen(text)) < 0)
		refused("write");
	return EXIT_SENT;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "give"))
		return give(argv[2], argv[3]);
	if (argc == 4 && !strcmp(argv[1], "take"))
		return take(argv[2], argv[3]);
	usage("pass give SOCKET PATH, pass take SOCKET TEXT");
}
