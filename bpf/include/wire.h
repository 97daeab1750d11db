/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * THE contract between kernel and agent. Sallyport.Wire mirrors it in C#, and a test compares both with the
 * object's BTF. Fixed-width types, explicit padding, little endian (the machine's own order); addresses and
 * names are in network form. A change of any layout raises SP_WIRE_VERSION.
 *
 * Variable fields stand after the fixed part, each given by (offset, length) in bytes from the start of the
 * record. An offset or length that reaches past header.length is malformed and the record is counted as such.
 */
#pragma once

#define SP_WIRE_VERSION 2

enum sp_record_type {
	SP_PROCESS_FORKED = 1,
	SP_PROCESS_EXECUTED = 2,
	SP_PROCESS_EXITED = 3,
	SP_CONNECTION = 4, /* a new flow, or a packet without one, was judged */
	SP_CONNECTION_CLOSED = 5,
	SP_NAME_ASKED = 6, /* a DNS question was judged */
	SP_NAME_LEASED = 7, /* an answer leased addresses to a name */
	SP_FLOW_NAMED = 8, /* a flow said its name (SNI, Host, CONNECT) and was judged by it */
	SP_CONTAINER_CREATED = 9, /* a cgroup with a container's id was made for the job */
	SP_DAEMON_ASKED = 10, /* a process of the job connected to a Unix socket, maybe a container runtime's */
	SP_ENVIRONMENT = 11, /* a piece of the environment that an execution began with */
	SP_WORKER_ARRIVED = 12, /* of the service's own object: a program named Runner.Worker began */
	SP_MACHINE_CHANGED = 13, /* something that decides where packets go, or what names mean */
	SP_INTRUSION = 20, /* a call that reaches into another process, or into what watches */
};

enum sp_verdict {
	SP_ALLOWED = 1,
	SP_REFUSED = 2,
	SP_OBSERVED = 3, /* audit: block mode would have refused */
};

/* Why. One number, one meaning, never reused; names in the report are these in kebab-case. */
enum sp_reason {
	SP_REASON_RULE = 1, /* a rule allows it: see `rule` */
	SP_REASON_LOOPBACK = 2, /* loopback is not egress */
	SP_REASON_OWN_CONTAINER = 3, /* between the job's own containers */
	SP_REASON_RESOLVER = 4, /* the machine's resolver; the question itself is judged */
	SP_REASON_REPLY = 5, /* reply to an inbound peer that may be answered */
	SP_REASON_UPLINK = 6, /* another namespace's private destination: decided at the uplink */
	SP_REASON_NO_RULE = 16, /* no rule names this destination */
	SP_REASON_NO_LEASE = 17, /* the name is allowed here, but no answer has leased this address to it */
	SP_REASON_PORT = 18, /* the address is leased, but to rules of other ports or protocols */
	SP_REASON_DENIED = 19, /* a deny rule: see `rule` */
	SP_REASON_PROTOCOL = 20, /* neither TCP nor UDP, and no rule of that protocol */
	SP_REASON_RAW_SOCKET = 21, /* a raw socket that speaks TCP or UDP */
	SP_REASON_PACKET_SOCKET = 22, /* AF_PACKET; where BPF LSM is in use also other families that pass by IP */
	SP_REASON_REWRITTEN = 23, /* the packet leaves for another address than the one that was judged */
	SP_REASON_IP_OPTIONS = 24, /* IPv4 options or an IPv6 routing header */
	SP_REASON_INBOUND = 25, /* reply to a peer outside the job's set */
	SP_REASON_NAME = 26, /* the name (SNI, Host, CONNECT, DNS question) is not allowed here */
	SP_REASON_NO_NAME = 27, /* a flow to a leased address did not name itself */
	SP_REASON_NAME_MALFORMED = 28, /* a name or hello that cannot be read */
	SP_REASON_QUESTION_TYPE = 29, /* DNS question of a type that is not on the list */
	SP_REASON_QUESTION_COUNT = 30, /* DNS message with other than one question */
	SP_REASON_FRAGMENT = 31,
	SP_REASON_TABLE_FULL = 32, /* a bounded table is full: refused and counted */
	SP_REASON_DNS_MALFORMED = 33,
	SP_REASON_DNS_TCP = 34, /* DNS over TCP that no rule allows and the agent's resolver does not serve */
	SP_REASON_QUEUE_BYPASS = 35, /* a socket option that would pass by the uplink's hook */
	SP_REASON_AGENT_LOST = 36, /* the agent does not look any more, and the policy says that nothing new leaves then */
	SP_REASON_HELPER = 37, /* a daemon of this machine that was there before the job, and no rule names it */
};

/* Where the verdict was given. */
enum sp_hook {
	SP_HOOK_CONNECT = 1,
	SP_HOOK_SENDMSG = 2,
	SP_HOOK_EGRESS = 3, /* cgroup_skb */
	SP_HOOK_UPLINK = 4, /* tc egress */
	SP_HOOK_SOCKOPT = 5,
	SP_HOOK_RESOLVER = 6, /* the agent's own resolver for DNS over TCP */
	SP_HOOK_CREATION = 7, /* BPF LSM: the socket does not come to be */
};

enum sp_name_source {
	SP_NAME_SNI = 1,
	SP_NAME_HTTP_HOST = 2,
	SP_NAME_HTTP_CONNECT = 3,
};

/* What a change was made by, which says how its bytes are read. */
enum sp_change_source {
	SP_CHANGE_ROUTE = 1, /* messages of rtnetlink(7) */
	SP_CHANGE_NETFILTER = 2, /* messages of nf_tables */
	SP_CHANGE_XFRM = 3, /* messages of NETLINK_XFRM */
	SP_CHANGE_TABLE4 = 4, /* start of struct ipt_replace, IPv4: iptables before nf_tables */
	SP_CHANGE_TABLE6 = 5, /* the same, IPv6 */
	SP_CHANGE_FILE = 6, /* by the agent: path, NUL, what is new in it */
	SP_CHANGE_SERVICE = 7, /* by the agent: path of a resolver's program that ended */
	SP_CHANGE_CONTAINER = 8, /* by the agent: a request was refused; what it would have had, NUL, image, NUL, kind of request */
};

/* What a call reached for. */
enum sp_intrusion_call {
	SP_INTRUSION_MEMORY_OPENED = 1, /* /proc/PID/mem */
	SP_INTRUSION_ENVIRONMENT_OPENED = 2, /* /proc/PID/environ */
	SP_INTRUSION_MEMORY_COPIED = 3, /* process_vm_readv(2), process_vm_writev(2) */
	SP_INTRUSION_TRACED = 4, /* ptrace(2), perf_event_open(2) of another process; `detail` is the number of the call */
	SP_INTRUSION_DESCRIPTOR_TAKEN = 5, /* pidfd_getfd(2) */
	SP_INTRUSION_DESCRIPTOR_HIDDEN = 6, /* opened by io_uring where no hook sees what it is */
	SP_INTRUSION_KERNEL_MEMORY_OPENED = 8, /* /proc/kcore, /dev/mem */
	SP_INTRUSION_CORE_PATTERN_OPENED = 9, /* for writing: says where the memory of a process that crashes goes */
	SP_INTRUSION_PROGRAM_LOADED = 10, /* bpf(2): a kernel program, loaded or attached; `detail` is the command */
	SP_INTRUSION_OBJECT_TAKEN = 11, /* bpf(2): a descriptor of a table, program or link of the agent's */
	SP_INTRUSION_SOCKET_SHELL = 12, /* a program began whose input and output are one connection: `target` is its cookie */
	SP_INTRUSION_CREDENTIAL_OPENED = 13, /* a file of credentials, to read; `detail` is the number of its family */
	SP_INTRUSION_MODULE_LOADED = 14, /* init_module(2), kexec_load(2) and their like, tried; `detail` is SP_MODULE_* */
	SP_INTRUSION_ROOT_GAINED = 15, /* a process that had no root has it; `detail` is SP_ROOT_* */
	SP_INTRUSION_MINING_SPOKEN = 16, /* a flow spoke stratum: `target` is its cookie, `detail` its port */
	SP_INTRUSION_DISK_OPENED = 17, /* a block device that is in use, to write */
	SP_INTRUSION_AGENT_ATTACKED = 18, /* a process of the agent's: `detail` is the signal, or SP_ATTACK_* */
	SP_INTRUSION_NAMESPACE_MADE = 19, /* of users */
};

/* What would end, stop or take over a process of the agent's, where it is no signal. */
#define SP_ATTACK_TRACED 256 /* ptrace(2) and its like */
#define SP_ATTACK_LIMITED 257 /* prlimit(2): past a limit of time the kernel sends the signal */

#define SP_MODULE_OF_KERNEL 1
#define SP_MODULE_NEW_KERNEL 2

/* How root was come by. */
#define SP_ROOT_BY_NEW_FILE 1 /* a set-uid file that the job has made, or that lies where none belongs */
#define SP_ROOT_BY_OLD_FILE 2 /* a set-uid program of the system runs another one as root, though sudo was taken away */
#define SP_ROOT_BY_NOTHING 3 /* no file gave it */
#define SP_ROOT_UNBOUNDED 4 /* with capabilities that `sudo: bounded` takes away */

/* Whose it was. */
enum sp_intrusion_target {
	SP_INTRUSION_OF_NOBODY = 0,
	SP_INTRUSION_OF_WORKER = 1, /* Runner.Worker */
	SP_INTRUSION_OF_RUNNER = 2, /* Runner.Listener */
	SP_INTRUSION_OF_STEP = 3, /* another step of the job */
	SP_INTRUSION_OF_OTHERS = 4, /* not the job's */
};

/* Losses, by hop and reason: index of the per-CPU counters. Zero is the only good value. */
enum sp_loss {
	SP_LOSS_EVENT_RING = 0, /* main ring full */
	SP_LOSS_ALERT_RING = 1, /* ring of refusals and findings full */
	SP_LOSS_TASK_TABLE = 2, /* a child could not be tagged and was killed; before Linux 6.13 its parent */
	SP_LOSS_LEASE_TABLE = 3, /* an address could not be leased */
	SP_LOSS_QUERY_TABLE = 4, /* a question could not be remembered: its answer leases nothing */
	SP_LOSS_SOCKET_STORAGE = 5, /* a socket could not be marked: what a rule alone allows is refused to it */
	SP_LOSS_PEER_TABLE = 6,
	SP_LOSS_CGROUP_TABLE = 7,
	SP_LOSS_ARGUMENTS = 8, /* argv that could not be read */
	SP_LOSS_DEVICE_TABLE = 9, /* a device could not be remembered: who brought it up was killed */
	SP_LOSS_DEVICE_PROGRAMS = 10, /* by the agent: a device that came during the job carries no program */
	SP_LOSS_REDIRECT_TABLE = 11, /* a connection to a resolver could not be led to the agent's: it is judged as any other */
	SP_LOSS_JOB_DEVICES = 12, /* a device of the job's could not be noted as its own: it may count as the machine's */
	SP_LOSS_NETWORK_TABLE = 13, /* whose a container's network is could not be noted: what a runtime asks for it is not judged as its */
	SP_LOSS_REFUSED_SOCKETS = 14, /* by the agent: a refused socket was not destroyed, its client waits until it gives up */
	SP_LOSS_CONTAINER_NAMES = 15, /* by the agent: a container stays without name and image */
	SP_LOSS_EXECUTABLE_HASHES = 16, /* by the agent: an executed file stays without its SHA-256 */
	SP_LOSS_COUNT = 24,
};

struct sp_header {
	__u16 type;
	__u16 version;
	__u32 length; /* bytes of the whole record */
	__u64 boot_ns; /* CLOCK_BOOTTIME */
	__u32 cpu;
	__u32 sequence; /* of this cpu and this ring, from 1: a gap is a loss */
	__u64 process; /* id given by the job's counter, 0 = not known */
};
_Static_assert(sizeof(struct sp_header) == 32, "header is 32 bytes");

#define SP_FORK_OPENS_EXECUTION 1 /* forked by the runner's worker itself: the first process of its execution */

struct sp_process_forked {
	struct sp_header header; /* process = the child */
	__u64 parent; /* process id; 0 = outside the job */
	__u64 start_boot_ns; /* task->start_boottime: with pid, the identity of a process */
	__u64 cgroup; /* cgroup v2 id */
	__u32 pid; /* tgid in the initial pid namespace */
	__u32 parent_pid;
	__u32 execution; /* step tag */
	__u32 flags; /* SP_FORK_* */
};
_Static_assert(sizeof(struct sp_process_forked) == 72, "layout");

#define SP_EXEC_ARGV_TRUNCATED 1
#define SP_EXEC_PATH_TRUNCATED 2
#define SP_EXEC_CWD_TRUNCATED 4
#define SP_EXEC_UNLINKED 8 /* the executable has no name left: memfd or deleted */

struct sp_process_executed {
	struct sp_header header;
	__u64 start_boot_ns;
	__u64 cgroup;
	__u64 inode;
	__u64 ctime_ns; /* change time of the executable, with (device, inode, size) its identity */
	__u64 size; /* bytes */
	__u32 device; /* kernel encoding: major << 20 | minor */
	__u32 pid;
	__u32 uid;
	__u32 gid;
	__u32 flags;
	__u32 argv_total; /* bytes of argv as the process has it */
	__u32 execution;
	__u16 exe_offset;
	__u16 exe_length;
	__u16 cwd_offset;
	__u16 cwd_length;
	__u16 argv_offset; /* NUL separated */
	__u16 argv_length;
};
_Static_assert(sizeof(struct sp_process_executed) == 112, "layout");

struct sp_process_exited {
	struct sp_header header;
	__u32 pid;
	__u32 status; /* as wait(2) gives it */
};
_Static_assert(sizeof(struct sp_process_exited) == 40, "layout");

struct sp_connection {
	struct sp_header header;
	__u64 cookie; /* of the socket; 0 = none */
	__u64 network; /* namespace cookie */
	__u64 cgroup;
	__u8 address[16]; /* IPv4 as ::ffff:a.b.c.d */
	__u16 port; /* host order; for ICMP the type */
	__u8 protocol; /* IPPROTO_* */
	__u8 verdict;
	__u8 reason;
	__u8 hook;
	__u16 rule; /* 0xffff = none */
	__u32 pid;
	__u32 execution;
	__u32 uid;
	__u32 count; /* packets or attempts that this record stands for */
};
_Static_assert(sizeof(struct sp_connection) == 96, "layout");

struct sp_connection_closed {
	struct sp_header header;
	__u64 cookie;
	__u64 bytes_out;
	__u64 bytes_in;
};
_Static_assert(sizeof(struct sp_connection_closed) == 56, "layout");

struct sp_name_asked {
	struct sp_header header;
	__u64 cookie;
	__u64 cgroup;
	__u8 resolver[16];
	__u16 question_type; /* RFC 1035 QTYPE */
	__u8 verdict;
	__u8 reason;
	__u16 rule;
	__u16 transport; /* IPPROTO_* */
	__u32 pid;
	__u32 execution;
	__u16 name_offset; /* lower case, dots, no trailing dot */
	__u16 name_length;
	__u32 padding;
};
_Static_assert(sizeof(struct sp_name_asked) == 88, "layout");

struct sp_name_leased {
	struct sp_header header;
	__u64 cookie;
	__u16 rule; /* lowest rule of the lease */
	__u16 address_offset; /* 16 bytes each */
	__u16 address_count;
	__u16 name_offset;
	__u16 name_length;
	__u16 refused_count; /* addresses that leased nothing: private, link-local, loopback, or table full */
	__u32 ttl_seconds; /* smallest of the answer; for the record: a lease lasts until the job ends */
};
_Static_assert(sizeof(struct sp_name_leased) == 56, "layout");

struct sp_flow_named {
	struct sp_header header;
	__u64 cookie;
	__u64 network;
	__u64 cgroup;
	__u8 address[16];
	__u16 port;
	__u8 source; /* enum sp_name_source; 0 = did not name itself */
	__u8 verdict;
	__u8 reason;
	__u8 padding8;
	__u16 rule;
	__u32 pid;
	__u32 execution;
	__u16 name_offset;
	__u16 name_length;
	__u16 asked_port; /* of CONNECT or an absolute URI, of a proxy; 0 = none said */
	__u16 padding;
};
_Static_assert(sizeof(struct sp_flow_named) == 96, "layout");

#define SP_CREATED_INFERRED 1 /* nobody saw the request: process and execution are a guess, or 0 */
#define SP_CREATED_OWN 2 /* by a process of the job, not by a daemon: the name proves nothing */

struct sp_container_created {
	struct sp_header header; /* process = the one that asked, when known */
	__u64 cgroup;
	__u32 execution;
	__u16 id_offset; /* 64 hexadecimal digits */
	__u16 id_length;
	__u32 flags; /* SP_CREATED_* */
	__u32 padding;
};
_Static_assert(sizeof(struct sp_container_created) == 56, "layout");

enum sp_daemon_kind {
	SP_DAEMON_OTHER = 0, /* the agent looks at the inode */
	SP_DAEMON_RUNTIME = 1, /* the path of a container runtime's socket */
	SP_DAEMON_HELPER = 2, /* the path of a daemon that was there before the job */
	SP_DAEMON_REFUSED_HELPER = 3, /* the same, and block mode did not let it */
	SP_DAEMON_NAMES = 4, /* the path of a service that looks names up, which block mode refuses and tells nobody of */
};

struct sp_daemon_asked {
	struct sp_header header;
	__u32 pid;
	__u16 path_offset; /* of the Unix socket, as the process named it; a leading NUL is an abstract name */
	__u16 path_length;
	__u32 kind; /* enum sp_daemon_kind */
	__u32 padding;
};
_Static_assert(sizeof(struct sp_daemon_asked) == 48, "layout");

/* NUL-separated, as the process has it at exec. Ring of alerts: the process may be held until the agent has read it. */
struct sp_environment {
	struct sp_header header;
	__u32 execution;
	__u32 total; /* bytes of the whole environment; more than SP_ENVIRONMENT_BYTES are not sent */
	__u32 position; /* of this piece in it */
	__u32 held; /* 1 = the process is stopped until the agent lets it go */
	__u16 data_offset;
	__u16 data_length;
	__u32 padding;
};
_Static_assert(sizeof(struct sp_environment) == 56, "layout");

struct sp_worker_arrived {
	struct sp_header header;
	__u64 start_boot_ns;
	__u32 pid;
	__u32 held; /* 1 = it is stopped until the agent lets it go */
};
_Static_assert(sizeof(struct sp_worker_arrived) == 48, "layout");

struct sp_machine_changed {
	struct sp_header header; /* process = who did it, 0 = not known */
	__u64 cgroup;
	__u32 pid;
	__u32 execution;
	__u32 total; /* bytes that the kernel told; more than data_length when cut off */
	__u16 source; /* enum sp_change_source */
	__u16 data_offset; /* as the kernel tells it: see `source` */
	__u16 data_length;
	__u16 padding16;
	__u32 padding;
};
_Static_assert(sizeof(struct sp_machine_changed) == 64, "layout");

/* Ring of alerts. */
struct sp_intrusion {
	struct sp_header header; /* process = who did it, 0 = not known */
	__u64 cgroup;
	__u64 target; /* its process id, 0 = it has none; see `call` */
	__u32 pid;
	__u32 execution;
	__u32 target_pid; /* in the initial pid namespace; 0 = nobody's */
	__u32 target_execution;
	__u32 detail; /* see `call` */
	__u32 count; /* calls that this record stands for */
	__u16 call; /* enum sp_intrusion_call */
	__u8 target_kind; /* enum sp_intrusion_target */
	__u8 blocked; /* 1 = it was refused, or the process was killed before it had what it asked for */
	__u32 padding;
};
_Static_assert(sizeof(struct sp_intrusion) == 80, "layout");
