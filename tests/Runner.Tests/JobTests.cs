using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Sallyport.Runner.Tests;

/// <summary>Jobs: matrix, needs, reusable workflows, several runners, cancellation, what is refused.</summary>
public sealed class JobTests
{
    [Fact]
    public async Task A_matrix_is_one_job_for_each_combination_with_the_same_id()
    {
        using StandIn run = await StandIn.RunAsync("""
            on: push
            jobs:
              m:
                strategy:
                  matrix:
                    os: [one, two]
                    n: [1, 2]
                    exclude: [{ os: two, n: 1 }]
                    include: [{ os: three, extra: yes }]
                runs-on: x
                outputs:
                  said: ${{ steps.s.outputs.said }}
                steps:
                  - id: s
                    run: echo "said=${{ matrix.os }} ${{ matrix.n }} $GITHUB_JOB" >>"$GITHUB_OUTPUT"
            """);
        Assert.Equal(["m (one, 1): one 1 m", "m (one, 2): one 2 m", "m (two, 2): two 2 m", "m (three, yes): three  m"],
            run.Result.GetProperty("jobs").EnumerateArray().Select(job =>
                $"{job.GetProperty("name")}: {job.GetProperty("outputs").GetProperty("said")}"));
        Assert.Equal(4, run.Result.GetProperty("jobs").EnumerateArray()
            .Select(job => job.GetProperty("workerLog").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task Hooks_of_the_machine_are_the_first_and_the_last_step_and_no_step_of_the_workflows()
    {
        using StandIn run = new();
        string hook = run.Write("hook.sh", "echo \"hook ${GITHUB_ACTION-none} $GITHUB_JOB $0\"; echo SET=by-hook >>\"$GITHUB_ENV\"; exit $CODE\n");
        run.Start(
            run.Write("repository/.github/workflows/test.yml", """
                on: push
                jobs:
                  j:
                    runs-on: x
                    steps:
                      - name: Own
                        run: echo "own $SET"
                """),
            ["--env", $"ACTIONS_RUNNER_HOOK_JOB_STARTED={hook}", "--env", $"ACTIONS_RUNNER_HOOK_JOB_COMPLETED={hook}", "--env", "CODE=0"]);
        await run.EndAsync();
        Assert.Equal(
            ["Set up job", "Set up runner", "Own", "Complete runner", "Complete job"],
            run.Job.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("name").GetString()));
        Assert.Equal(2, run.Output.Split($"hook none j {hook}\n").Length - 1);
        Assert.Contains("own by-hook\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Needs_hand_outputs_on_and_a_reusable_workflow_has_its_inputs()
    {
        StandIn run = new();
        using (run)
        {
            run.Write("repository/.github/workflows/called.yml", """
                on:
                  workflow_call:
                    inputs:
                      who: { type: string, required: true }
                      how: { type: string, default: well }
                jobs:
                  inner:
                    runs-on: x
                    steps:
                      - id: s
                        run: echo "said=${{ inputs.who }} ${{ inputs.how }} $GITHUB_JOB $GITHUB_WORKFLOW ${{ secrets.KEY }}" >>"$GITHUB_OUTPUT"
                """);
            run.Start(run.Write("repository/.github/workflows/test.yml", """
                name: Outer
                on: push
                jobs:
                  first:
                    runs-on: x
                    outputs:
                      v: ${{ steps.s.outputs.v }}
                    steps:
                      - id: s
                        run: echo v=7 >>"$GITHUB_OUTPUT"
                  second:
                    needs: first
                    runs-on: x
                    steps:
                      - run: test "${{ needs.first.outputs.v }} ${{ needs.first.result }}" = "7 success"
                      - run: "false"
                  third:
                    needs: [first, second]
                    runs-on: x
                    steps:
                      - run: "true"
                  call:
                    name: Caller
                    uses: ./.github/workflows/called.yml
                    with: { who: world }
                    secrets: inherit
                """), ["--secret", "KEY=k"]);
            await run.EndAsync();
            JsonElement jobs = run.Result.GetProperty("jobs");
            Assert.Equal(["first success", "second failure", "third skipped", "call/inner success"],
                jobs.EnumerateArray().Select(job => $"{job.GetProperty("job")} {job.GetProperty("conclusion")}"));
            Assert.Equal("success", jobs[1].GetProperty("steps")[1].GetProperty("outcome").GetString());
            Assert.Equal("Caller / inner", jobs[3].GetProperty("name").GetString());
            Assert.Equal("world well inner Outer k",
                jobs[3].GetProperty("steps")[1].GetProperty("outputs").GetProperty("said").GetString());
        }
    }

    [Fact]
    public async Task Parallel_jobs_have_a_runner_each_and_run_at_once()
    {
        // Each waits until the other has begun.
        using StandIn meeting = new();
        using StandIn run = await StandIn.RunAsync("""
            on: push
            jobs:
              a: &job
                runs-on: x
                steps:
                  - run: |
                      mkfifo "$MEET/${GITHUB_JOB}" 2>/dev/null || true
                      for i in $(seq 300); do [ -p "$MEET/a" ] && [ -p "$MEET/b" ] && exit 0; sleep 0.2; done
                      exit 1
              b: *job
            """, "--parallel", "--env", $"MEET={meeting.Folder}");
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Equal(2, run.Result.GetProperty("jobs").EnumerateArray()
            .Select(job => Path.GetDirectoryName(job.GetProperty("workerLog").GetString())).Distinct().Count());
    }

    [Fact]
    public async Task SIGINT_cancels_the_step_and_runs_what_always_runs()
    {
        StandIn run = new();
        using (run)
        {
            string began = Path.Combine(run.Folder, "began");
            run.Start(run.Write("repository/.github/workflows/test.yml", """
                on: push
                jobs:
                  a:
                    runs-on: x
                    steps:
                      - name: long
                        run: |
                          trap 'echo interrupted; exit 1' INT
                          echo $$ >"$BEGAN.new" && mv "$BEGAN.new" "$BEGAN"
                          while true; do sleep 0.2; done
                      - name: not this
                        run: "true"
                      - name: always
                        if: always()
                        run: "true"
                """), ["--env", $"BEGAN={began}"]);
            using (FileSystemWatcher watcher = new(run.Folder) { EnableRaisingEvents = true })
            {
                while (!File.Exists(began))
                {
                    watcher.WaitForChanged(WatcherChangeTypes.All, TimeSpan.FromSeconds(1));
                }
            }

            string pid = run.Pid.ToString(CultureInfo.InvariantCulture);
            using (Process kill = Process.Start("kill", ["-INT", pid]))
            {
                await kill.WaitForExitAsync();
            }

            await run.EndAsync();
            Assert.Contains("interrupted", run.Output, StringComparison.Ordinal);
            Assert.Equal("cancelled", run.Step("long").GetProperty("conclusion").GetString());
            Assert.Equal("skipped", run.Step("not this").GetProperty("conclusion").GetString());
            Assert.Equal("success", run.Step("always").GetProperty("conclusion").GetString());
            Assert.Equal("cancelled", run.Job.GetProperty("conclusion").GetString());
        }
    }

    [Fact]
    public async Task Listener_and_worker_run_as_the_user_that_is_asked_for()
    {
        Assert.SkipWhen(Environment.UserName != "root", "needs root to become another user");
        using StandIn run = await StandIn.RunAsync("""
            on: push
            jobs:
              a:
                runs-on: x
                steps:
                  - run: |
                      test "$(id -un)" = nobody
                      test "$HOME" = "$(getent passwd nobody | cut -d ':' -f 6)"
                      touch "$GITHUB_WORKSPACE/mine"
            """, "--user", "nobody");
        Assert.True(run.ExitCode == 0, run.Output);
    }

    [Theory]
    [InlineData("cancel: true", "'cancel' of a step is not known")]
    [InlineData("if: contains(github.ref, 'x')", "the stand-in does not know")]
    [InlineData("uses: other/action@v1", "a step has one of 'run', 'uses', 'wait' and 'wait-all: true'")]
    public async Task What_it_does_not_do_is_refused_by_name(string line, string message)
    {
        using StandIn run = await StandIn.RunAsync($"""
            on: push
            jobs:
              a:
                runs-on: x
                steps:
                  - run: "true"
                    {line}
            """);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(message, run.Output, StringComparison.Ordinal);
    }
}
