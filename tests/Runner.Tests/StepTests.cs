using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Sallyport.Runner.Tests;

/// <summary>Steps of small workflows: conditions, commands, outputs, what outlives them.</summary>
public sealed class StepTests
{
    [Fact]
    public async Task Processes_left_behind_are_killed_at_the_end_but_for_those_without_the_tracking_id()
    {
        using StandIn run = await StandIn.RunAsync("""
            on: push
            jobs:
              a:
                runs-on: x
                steps:
                  - id: leave
                    run: |
                      nohup sleep 300 >/dev/null 2>&1 & echo "nohup=$!" >>"$GITHUB_OUTPUT"
                      setsid sleep 300 >/dev/null 2>&1 & echo "setsid=$!" >>"$GITHUB_OUTPUT"
                      RUNNER_TRACKING_ID="" setsid sleep 300 >/dev/null 2>&1 & echo "free=$!" >>"$GITHUB_OUTPUT"
                  - run: |
                      for pid in ${{ steps.leave.outputs.nohup }} ${{ steps.leave.outputs.setsid }}; do
                        for i in $(seq 3000); do [ "$(cat /proc/$pid/comm)" = sleep ] && break; sleep 0.01; done
                        kill -0 $pid
                      done
            """);
        JsonElement outputs = run.Job.GetProperty("steps")[1].GetProperty("outputs");
        string free = outputs.GetProperty("free").GetString()!;
        try
        {
            Assert.True(run.ExitCode == 0, run.Output);
            string[] expected = [$"{outputs.GetProperty("nohup")} sleep", $"{outputs.GetProperty("setsid")} sleep"];
            Assert.Equal(expected.Order(), run.Job.GetProperty("orphans").EnumerateArray().Select(o => o.GetString())
                .Order());
            Assert.False(StandIn.IsAlive(outputs.GetProperty("nohup").GetString()!));
            Assert.True(StandIn.IsAlive(free));
        }
        finally
        {
            using Process survivor = Process.GetProcessById(int.Parse(free, CultureInfo.InvariantCulture));
            survivor.Kill();
        }
    }

    [Fact]
    public async Task A_step_whose_child_holds_its_output_ends_five_seconds_later()
    {
        using StandIn run = await StandIn.RunAsync("""
            on: push
            jobs:
              a:
                runs-on: x
                steps:
                  - name: holds
                    run: sleep 300 &
            """);
        JsonElement step = run.Step("holds");
        TimeSpan taken = step.GetProperty("finished").GetDateTimeOffset() - step.GetProperty("started").GetDateTimeOffset();
        Assert.InRange(taken.TotalSeconds, 5, 200);
        Assert.Single(run.Job.GetProperty("orphans").EnumerateArray());
    }

    [Fact]
    public async Task Outcome_and_conclusion_of_failed_continued_and_skipped_steps()
    {
        using StandIn run = await StandIn.RunAsync("""
            on: push
            jobs:
              a:
                runs-on: x
                steps:
                  - name: continued
                    id: c
                    continue-on-error: true
                    run: exit 3
                  - name: sees it
                    if: steps.c.outcome == 'failure' && steps.c.conclusion == 'success'
                    run: "true"
                  - name: not this one
                    if: ${{ github.repository == 'other/one' }}
                    run: "true"
                  - name: fails
                    run: "false"
                  - name: not after a failure
                    run: "true"
                  - name: for failures
                    if: failure()
                    run: "true"
                  - name: always
                    if: always()
                    run: "true"
            """);
        string[] expected =
        [
            "Set up job success success", "continued failure success", "sees it success success",
                "not this one skipped skipped",
            "fails failure failure", "not after a failure skipped skipped", "for failures success success",
            "always success success", "Complete job success success",
        ];
        Assert.Equal(expected, run.Job.GetProperty("steps").EnumerateArray()
            .Select(s => $"{s.GetProperty("name")} {s.GetProperty("outcome")} {s.GetProperty("conclusion")}"));
        Assert.Equal("failure", run.Job.GetProperty("conclusion").GetString());
        Assert.Equal(102, run.Job.GetProperty("workerExitCode").GetInt32());
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task Commands_become_annotations_masks_and_outputs_and_can_be_stopped()
    {
        using StandIn run = await StandIn.RunAsync("""
            on: push
            jobs:
              a:
                runs-on: x
                steps:
                  - name: says
                    run: |
                      echo "::warning file=a.txt,line=3,title=T::two%0Alines"
                      echo "::notice::n"
                      echo "::add-mask::hidden-value"
                      echo "a hidden-value and ${{ secrets.KEY }}"
                      echo "::set-output name=old::way"
                      echo "::stop-commands::tok"
                      echo "::error::not this"
                      echo "::tok::"
                      echo "# summary hidden-value" >>"$GITHUB_STEP_SUMMARY"
                      printf 'LONG<<END\na\nb\nEND\nNODE_OPTIONS=--x\n' >>"$GITHUB_ENV"
                  - name: says on the other stream
                    run: echo "::error::e" >&2
                  - name: reads
                    run: test "$LONG" = "$(printf 'a\nb')" && test -z "$NODE_OPTIONS"
                  - name: refused
                    run: echo "::set-env name=A::b"
            """, "--secret", "KEY=s3cr3t-text");
        string[] annotations = [.. ((string[])["says", "says on the other stream"])
            .SelectMany(step => run.Step(step).GetProperty("annotations").EnumerateArray())
            .Select(a => $"{a.GetProperty("level")} {a.GetProperty("message")} {a.GetProperty("file")} {a.GetProperty("line")} {a.GetProperty("title")}")];
        Assert.Contains("warning two\nlines a.txt 3 T", annotations);
        Assert.Contains("notice n   ", annotations);
        Assert.Contains("error e   ", annotations);
        Assert.DoesNotContain(annotations, a => a.Contains("not this", StringComparison.Ordinal));
        Assert.Contains(annotations, a => a.Contains("`set-output` command is deprecated", StringComparison.Ordinal));
        Assert.Contains(annotations, a => a.Contains("NODE_OPTIONS", StringComparison.Ordinal));
        Assert.Equal("way", run.Step("says").GetProperty("outputs").GetProperty("old").GetString());
        Assert.Equal("# summary ***\n", run.Step("says").GetProperty("summary").GetString());
        Assert.Contains("a *** and ***", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t-text", run.Output, StringComparison.Ordinal);
        Assert.Equal("success", run.Step("reads").GetProperty("outcome").GetString());
        Assert.Equal("failure", run.Step("refused").GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Pre_runs_before_all_mains_and_post_in_reverse_after_them()
    {
        StandIn run = new();
        using (run)
        {
            string action = $"{StandIn.Samples}/harden-runner";
            string map = run.Write("map.json", $$"""{"a/one@v1": "{{action}}", "a/two@v1": "{{action}}"}""");
            Directory.CreateDirectory(Path.Combine(run.Folder, "probes"));
            run.Start(run.Write("repository/.github/workflows/test.yml", """
                on: push
                jobs:
                  a:
                    runs-on: x
                    steps:
                      - uses: a/one@v1
                      - run: "true"
                      - uses: a/two@v1
                      - if: false
                        uses: a/two@v1
                """), ["--actions", map, "--env", $"PROBES={run.Folder}/probes"]);
            await run.EndAsync();
            string[] expected =
            [
                "Set up job", "Pre Run a/one@v1", "Pre Run a/two@v1", "Pre Run a/two@v1", "Run a/one@v1", "Run true",
                "Run a/two@v1", "Run a/two@v1", "Post Run a/two@v1", "Post Run a/two@v1", "Post Run a/one@v1",
                    "Complete job",
            ];
            Assert.Equal(expected, run.Job.GetProperty("steps").EnumerateArray()
                .Select(s => s.GetProperty("name").GetString()));
            Assert.Equal("skipped", run.Job.GetProperty("steps")[7].GetProperty("conclusion").GetString());
        }
    }

    /// <summary>As the runner's source has it: for a composite that is fetched, and not for a local one, which says so.</summary>
    [Fact]
    public async Task Parts_of_a_composite_have_their_pre_in_its_own_and_a_local_one_has_none()
    {
        using StandIn run = new();
        string action = $"{StandIn.Samples}/harden-runner";
        string inner = run.Write("inner/action.yml", Composite("a/part@v1"));
        string outer = run.Write("outer/action.yml", $"{Composite("a/inner@v1")}\n    - uses: a/part@v1\n      with: {{ egress-policy: second }}");
        string map = run.Write("map.json", $$"""
            {"a/part@v1": "{{action}}", "a/inner@v1": "{{Path.GetDirectoryName(inner)}}", "a/outer@v1": "{{Path.GetDirectoryName(outer)}}"}
            """);
        Directory.CreateDirectory(Path.Combine(run.Folder, "probes"));
        run.Start(run.Write("repository/.github/workflows/test.yml", $"""
            on: push
            jobs:
              a:
                runs-on: x
                steps:
                  - run: cp -r {Path.GetDirectoryName(outer)} local
                  - uses: ./local
                    with: {"{ word: first }"}
                  - uses: a/outer@v1
                    id: fetched
                    with: {"{ word: first }"}
            """), ["--actions", map, "--env", $"PROBES={run.Folder}/probes"]);
        await run.EndAsync();
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Equal(
            ["Set up job", "Pre Run a/outer@v1", $"Run cp -r {Path.GetDirectoryName(outer)} local", "Run ./local", "Run a/outer@v1",
                "Post Run ./local", "Post Run a/outer@v1", "Complete job"],
            run.Job.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("name").GetString()));
        Assert.Equal(["pre first undefined", "pre second undefined"], Said("Pre Run a/outer@v1"));
        Assert.Equal(["main first from_pre", "main second from_pre"], Said("Run a/outer@v1"));
        Assert.Equal(["main first undefined", "main second undefined"], Said("Run ./local"));
        Assert.All(["Post Run a/outer@v1", "Post Run ./local"], step => Assert.Equal(["post from_main", "post from_main"], Said(step)));
        Assert.Contains(
            run.Step("Run ./local").GetProperty("annotations").EnumerateArray(),
            one => one.GetProperty("message").GetString() == "`pre` execution is not supported for local action from './local'");
        Assert.Empty(run.Step("Run a/outer@v1").GetProperty("annotations").EnumerateArray());
        Assert.Contains("GITHUB_ACTION=fetched", File.ReadAllLines(Path.Combine(run.Folder, "probes", "hr-pre", "environ")));

        string[] Said(string step) => [.. File.ReadLines(run.Step(step).GetProperty("log").GetString()!)
            .Select(line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..])
            .Where(line => line.StartsWith("pre ", StringComparison.Ordinal) || line.StartsWith("main ", StringComparison.Ordinal)
                || line.StartsWith("post ", StringComparison.Ordinal))];
        static string Composite(string uses) => $$$"""
            name: Composite
            inputs: { word: { default: "" } }
            runs:
              using: composite
              steps:
                - uses: {{{uses}}}
                  with: { {{{(uses.Contains("part", StringComparison.Ordinal) ? "egress-policy" : "word")}}}: "${{ inputs.word }}" }
            """;
    }

    [Fact]
    public async Task Shorter_sleeps_change_nothing_else_in_the_text()
    {
        using StandIn run = await StandIn.RunAsync("""
            on: push
            jobs:
              a:
                runs-on: x
                steps:
                  - id: s
                    run: |
                      start_time=$(date +%s)
                      end_time=$((start_time + 90))
                      while [ $(date +%s) -lt $end_time ]; do
                        sleep 10
                      done
                      cat "$0" | tr '\n' '|' | sed 's/^/text=/' >>"$GITHUB_OUTPUT"
            """, "--sleep-scale", "0.02");
        Assert.True(run.ExitCode == 0, run.Output);
        string text = run.Job.GetProperty("steps")[1].GetProperty("outputs").GetProperty("text").GetString()!;
        Assert.StartsWith(
            "start_time=$(date +%s)|end_time=$((start_time + 2))|while [ $(date +%s) -lt $end_time ]; do|  sleep 0.2|done|",
            text, StringComparison.Ordinal);
    }
}
