using System.Text.RegularExpressions;

namespace Sallyport.Runner.Tests;

/// <summary>Who starts whom, with which arguments, against the measured tree.</summary>
public sealed partial class ProcessTreeTests(MeasuredRun run)
{
    [Fact]
    public void The_workers_children_are_those_of_the_measured_run_in_its_order()
    {
        // python here is one program; in the measured run it was a chain of shims in one process.
        string[] expected = [.. File.ReadLines($"{StandIn.Samples}/process-tree-ci.txt").Where(line => line[0] != '#')
            .DistinctBy(line => line.Split(' ')[0])
                .Select(line => Shape(Normal.Form(line[(line.IndexOf(" | ", StringComparison.Ordinal) + 3)..])))];
        string[] actual = [.. Started().Matches(run.WorkerLog()).Select(match => Shape(Normal.Form(
            $"{match.Groups[1].Value} {match.Groups[2].Value}".Replace("\"", "", StringComparison.Ordinal),
            run.StandIn.Root)))];
        Assert.Equal(expected, actual);
    }

    [Theory]
    [InlineData("first", "/usr/bin/bash", "-e")]
    [InlineData("explicit_bash", "/usr/bin/bash", "--noprofile --norc -e -o pipefail")]
    [InlineData("sh_shell", "/usr/bin/sh", "-e")]
    [InlineData("inner_world", "/usr/bin/bash", "--noprofile --norc -e -o pipefail")]
    [InlineData("nested", "/usr/bin/bash", "--noprofile --norc -e -o pipefail")]
    public void A_steps_process_is_its_shell_and_a_child_of_the_worker_itself(string probe, string shell,
        string options)
    {
        string[] arguments = run.Probe(probe, "cmdline").Split('\n');
        Assert.Equal(shell, arguments[0]);
        Assert.Equal(options, string.Join(' ', arguments[1..^1]));
        Assert.Matches($@"^{run.StandIn.Root}/_work/_temp/[0-9a-f-]{{36}}\.sh$", arguments[^1]);
        string worker = $"{run.StandIn.Root}/bin/Runner.Worker";
        Assert.Equal(worker, run.Probe(probe, "worker-exe"));
        Assert.Equal("Runner.Worker", run.Probe(probe, "worker-comm"));
        Assert.Matches($@"^{worker}\nspawnclient\n\d+\n\d+$", run.Probe(probe, "worker-cmdline"));
        Assert.Equal($"{run.StandIn.Root}/bin/Runner.Listener", run.Probe(probe, "listener-exe"));
        Assert.Equal($"{run.StandIn.Root}/bin/Runner.Listener\nrun", run.Probe(probe, "listener-cmdline"));
    }

    [Fact]
    public void A_step_has_the_workers_group_session_and_cgroup_a_pipe_for_input_and_500_for_the_oom_killer()
    {
        string[] step = run.Probe("first", "stat").Split(' '), worker = run.Probe("first", "worker-stat").Split(' ');
        Assert.Equal(worker[4..6], step[4..6]);
        Assert.StartsWith("pipe:", run.Probe("first", "stdin"), StringComparison.Ordinal);
        Assert.Equal("500", run.Probe("first", "oom_score_adj"));
        Assert.Equal($"{run.StandIn.Root}/_work/e2e/e2e", run.Probe("first", "cwd"));
        Assert.Equal("/tmp", run.Probe("after", "cwd"));
    }

    [Fact]
    public void The_log_names_the_pid_of_each_process()
    {
        string pid = run.Probe("first", "stat").Split(' ')[0];
        Assert.Contains($"Process started with process id {pid}, waiting for process exit.", run.WorkerLog(),
            StringComparison.Ordinal);
    }

    private static string Shape(string command) => Interpreter().Replace(command, "PYTHON ");

    [GeneratedRegex(@"File name: '([^']*)'\n\[[^\n]*  Arguments: '([^\n]*)'\n")]
    private static partial Regex Started();

    [GeneratedRegex(@"^(?:/usr/bin/env bash  |\S*/python )(?=\S*\.py)")]
    private static partial Regex Interpreter();
}
