/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stand-in for the Actions runner where there is no .NET: Runner.Listener and Runner.Worker in one static program, told
 * apart by the name that it was started by. It runs scripts as steps, one after another, and logs what the agent reads of
 * the runner's own log; no actions, no expressions, no containers. tests/Runner is the thorough one.
 *
 *   ROOT/bin/Runner.Listener run       runs a job whenever ROOT/jobs/next appears, a folder with the steps as NAME.sh in
 *                                      the order of their names; renames it to ROOT/jobs/done after the job's end
 *   ROOT/bin/Runner.Worker spawnclient FD FD
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_STEPS 16
#define LOOK_MICROSECONDS 100000
/* Any: what the service calls a step by. The last digit is the step's number. */
#define STEP_ID "0b5c1e8e-5a11-4c3e-9d1b-3c0f5a11b0%02d"

static char root[PATH_MAX];
static FILE *worker_log;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static char *in_root(const char *below)
{
	char *path;

	if (asprintf(&path, "%s/%s", root, below) < 0)
		die("asprintf");
	return path;
}

/* ROOT/bin/NAME by /proc/self/exe, which no argument can change. */
static void find_root(void)
{
	ssize_t length = readlink("/proc/self/exe", root, sizeof(root) - 1);

	if (length <= 0)
		die("readlink");
	root[length] = 0;
	for (int i = 0; i < 2; i++)
		*strrchr(root, '/') = 0;
}

/* ---- Runner.Listener ---- */

static void run_worker(void)
{
	int to[2], from[2];
	char in[16], out[16];
	pid_t worker;

	if (pipe(to) < 0 || pipe(from) < 0)
		die("pipe");
	snprintf(in, sizeof(in), "%d", to[0]);
	snprintf(out, sizeof(out), "%d", from[1]);
	worker = fork();
	if (worker == 0) {
		char *program = in_root("bin/Runner.Worker");

		execl(program, program, "spawnclient", in, out, NULL);
		die(program);
	}
	waitpid(worker, NULL, 0);
	close(to[0]);
	close(to[1]);
	close(from[0]);
	close(from[1]);
}

static void listen_for_jobs(void)
{
	char *next = in_root("jobs/next");
	char *done = in_root("jobs/done");

	for (;;) {
		if (access(next, F_OK) == 0) {
			run_worker();
			if (rename(next, done) < 0)
				die(done);
		}
		usleep(LOOK_MICROSECONDS);
	}
}

/* ---- Runner.Worker ---- */

__attribute__((format(printf, 2, 3))) static void say(const char *source, const char *format, ...)
{
	char stamp[32];
	time_t now = time(NULL);
	va_list values;

	strftime(stamp, sizeof(stamp), "%Y-%m-%d %H:%M:%S", gmtime(&now));
	fprintf(worker_log, "[%sZ INFO %s] ", stamp, source);
	va_start(values, format);
	vfprintf(worker_log, format, values);
	va_end(values);
	fputc('\n', worker_log);
	fflush(worker_log);
}

static void open_log(void)
{
	char name[64], *path;
	time_t now = time(NULL);

	strftime(name, sizeof(name), "_diag/Worker_%Y%m%d-%H%M%S-utc.log", gmtime(&now));
	path = in_root(name);
	worker_log = fopen(path, "ae");
	if (!worker_log)
		die(path);
}

static int is_step(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && dot != entry->d_name && strcmp(dot, ".sh") == 0;
}

static void say_job(struct dirent **steps, int count)
{
	say("Worker", "Job message:");
	fprintf(worker_log, " {\n  \"jobDisplayName\": \"machine\", \"jobName\": \"machine\",\n  \"steps\": [\n");
	for (int i = 0; i < count; i++) {
		const char *name = steps[i]->d_name;

		fprintf(worker_log, "    { \"type\": \"action\", \"reference\": { \"type\": \"Script\" }, ");
		fprintf(worker_log, "\"displayNameToken\": \"%.*s\", ", (int)strlen(name) - 3, name);
		fprintf(worker_log, "\"contextName\": \"__run_%d\", \"id\": \"" STEP_ID "\" }%s\n", i, i,
			i + 1 < count ? "," : "");
	}
	fprintf(worker_log, "  ],\n  \"contextData\": { \"github\": { \"t\": 2, \"d\": [\n");
	fprintf(worker_log, "    { \"k\": \"repository\", \"v\": \"example/project\" },\n");
	fprintf(worker_log, "    { \"k\": \"job\", \"v\": \"machine\" },\n    { \"k\": \"run_id\", \"v\": \"1\" } ] } }\n }\n");
	fflush(worker_log);
}

static pid_t start_step(const char *script, int number)
{
	pid_t step = fork();
	char action[16];

	if (step != 0)
		return step;
	snprintf(action, sizeof(action), "__run_%d", number);
	setenv("CI", "true", 1);
	setenv("GITHUB_ACTIONS", "true", 1);
	setenv("GITHUB_ACTION", action, 1);
	setenv("GITHUB_JOB", "machine", 1);
	setenv("GITHUB_WORKFLOW", "machine", 1);
	setenv("GITHUB_REPOSITORY", "example/project", 1);
	setenv("GITHUB_RUN_ID", "1", 1);
	setenv("GITHUB_RUN_ATTEMPT", "1", 1);
	setenv("RUNNER_NAME", "stand-in", 1);
	setenv("RUNNER_ENVIRONMENT", "self-hosted", 1);
	setenv("RUNNER_TRACKING_ID", "github_0b5c1e8e-5a11-4c3e-9d1b-3c0f5a11beef", 1);
	execl("/usr/bin/bash", "/usr/bin/bash", "-e", script, NULL);
	die("/usr/bin/bash");
	return -1;
}

static int run_step(const char *file, int number)
{
	int length = strlen(file) - 3, status;
	char *script, *below;
	pid_t step;

	if (asprintf(&below, "jobs/next/%s", file) < 0)
		die("asprintf");
	script = in_root(below);
	say("StepsRunner", "Processing step: DisplayName='%.*s'", length, file);
	say("StepsRunner", "Evaluating: success()");
	say("StepsRunner", "Result: true");
	say("StepsRunner", "Starting the step.");
	say("ProcessInvokerWrapper", "Starting process:");
	say("ProcessInvokerWrapper", "  File name: '/usr/bin/bash'");
	say("ProcessInvokerWrapper", "  Arguments: '-e %s'", script);
	say("ProcessInvokerWrapper", "  Working directory: '%s'", root);
	step = start_step(script, number);
	say("ProcessInvokerWrapper", "Process started with process id %d, waiting for process exit.", step);
	waitpid(step, &status, 0);
	status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	say("ProcessInvokerWrapper", "Finished process %d with exit code %d, and elapsed time 00:00:01.0000000.", step, status);
	say("StepsRunner", "Step result: %s", status == 0 ? "" : "Failed");
	say("ExecutionContext",
	    "Publish step telemetry for current step {\n  \"action\": \"bash\",\n  \"type\": \"run\",\n  \"stage\": \"Main\",\n"
	    "  \"stepId\": \"" STEP_ID "\",\n  \"stepContextName\": \"__run_%d\",\n  \"result\": \"%s\"\n}.",
	    number, number, status == 0 ? "succeeded" : "failed");
	return status;
}

static int run_job(void)
{
	struct dirent **steps;
	int count = scandir(in_root("jobs/next"), &steps, is_step, alphasort);
	int failed = 0;

	open_log();
	if (count < 0 || count > MOST_STEPS)
		die("jobs/next");
	say("Worker", "Message received.");
	say_job(steps, count);
	say("JobRunner", "Total job steps: %d.", count);
	for (int i = 0; i < count && !failed; i++)
		failed = run_step(steps[i]->d_name, i);
	say("JobRunner", "Job result after all job steps finish: %s", failed ? "Failed" : "Succeeded");
	say("JobRunner", "Finalize job.");
	say("Worker", "Job completed.");
	return failed ? 102 : 100;
}

int main(int argc, char **argv)
{
	find_root();
	if (argc == 2 && strcmp(argv[1], "run") == 0) {
		listen_for_jobs();
	} else if (argc == 4 && strcmp(argv[1], "spawnclient") == 0) {
		return run_job();
	}
	fputs("usage: Runner.Listener run | Runner.Worker spawnclient FD FD\n", stderr);
	return 64;
}
