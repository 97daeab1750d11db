/* SPDX-License-Identifier: GPL-2.0-only */
/* Every bound of the kernel side, with its unit and the reason for it. */
#pragma once

#define SP_MAX_RULES 512 /* rules of one policy; one bit each */
#define SP_RULE_WORDS (SP_MAX_RULES / 64)
#define SP_MAX_POLICIES 128 /* top level + steps + processes */
#define SP_MAX_NAMES 16384 /* names and wildcards, search suffixes included */
#define SP_MAX_ADDRESS_RULES 4096 /* CIDR prefixes */
#define SP_MAX_PORT_PREFIXES 8192 /* port ranges, split into prefixes */
#define SP_MAX_LEASES 65536 /* addresses learned from answers; full = refuse and count */
#define SP_MAX_UNLEASED 4096 /* addresses of allowed names that lease nothing: for the reason of a refusal alone */
#define SP_MAX_TASKS 131072 /* processes of the job alive at once */
#define SP_MAX_CGROUPS 4096 /* cgroups of the job and its containers */
#define SP_MAX_CONTAINERS 8192 /* containers whose asker is known; full = unknown origin, as without */
#define SP_MAX_RESOLVERS 16 /* the machine's own, fixed at the start */
#define SP_MAX_FRAGMENTED 4096 /* forwarded packets in fragments, the newest */
#define SP_MAX_QUERIES 16384 /* DNS questions in flight */
#define SP_MAX_FORWARDED 4096 /* where containers send, for the uplink to tell whose it is; the newest */
#define SP_MAX_PEERS 16384 /* UDP peers heard from */
#define SP_MAX_DEVICES 65536 /* network devices that the job made or brought up; a number is never given twice */
#define SP_MAX_OWN_ADDRESSES 4096 /* addresses of the job's own containers */

#define SP_MAX_EXECUTIONS 16384 /* processes that a runner's worker forks in one job; past it, the policy of unknown steps */

#define SP_NAME_BYTES 256 /* RFC 1035 section 2.3.4: 255 octets on the wire, and a NUL */
#define SP_NAME_LABELS 128
#define SP_ARGV_BYTES 4096
#define SP_ENVIRONMENT_BYTES 131072 /* of an execution's first exec; longer is flagged by its total */
#define SP_ENVIRONMENT_PIECE 4096 /* bytes in one record */
#define SP_PATH_BYTES 1024 /* executable and working directory; longer is flagged */
#define SP_PATH_DEPTH 64
#define SP_DNS_MESSAGE_BYTES 4096 /* larger UDP messages are refused */
#define SP_DNS_ANSWERS 64 /* records looked at in one answer */
#define SP_DNS_LEASES_PER_ANSWER 64 /* a power of two: every record that is looked at may be an address */
#define SP_HELLO_BYTES 16384 /* bytes of a flow that may pass before it has named itself */
#define SP_UNIX_PATH 108 /* unix(7), sun_path */
#define SP_CONTAINER_ID_BYTES 64
#define SP_CHANGE_BYTES 4096 /* of what the kernel tells of one change; nf_tables sends no more at once */

#define SP_UDP_REPLY_NS (30ULL * 1000000000ULL) /* replies to a peer heard from this long ago */
#define SP_QUERY_NS (20ULL * 1000000000ULL) /* an answer after this long leases nothing */
#define SP_MAX_FOREIGN_LISTENERS 2048
#define SP_HEARTBEAT_NS (3ULL * 1000000000ULL) /* the agent is lost when it has not looked for this long */
#define SP_MAX_BESIDE 1024 /* sockets of the job that have no storage for their mark; full = nothing of further ones leaves */
#define SP_MAX_OWN_TASKS 64 /* processes of the agent's */
#define SP_MAX_OWN_OBJECTS 1024 /* tables, programs and links of the agent's */
#define SP_MAX_SECRET_NAMES 256 /* names of files that hold credentials */
#define SP_SECRET_FOLDER_BYTES 16 /* of such a name's folder, the NUL included; longer is cut off on both sides */
#define SP_SECRET_FILE_BYTES 24
#define SP_INTRUSION_REPEAT_NS 1000000000ULL /* the same call on the same target is told again after this */
#define SP_FUNCTION_BASE 0x5a110000 /* a call of this number and more is one of the kernel's functions: functions.h */
#define SP_CAST_TO_KERN_CTX 0 /* counted from it */
#define SP_SEND_SIGNAL_TASK 1
#define SP_SOCK_ADDR_SET_SUN_PATH 2
