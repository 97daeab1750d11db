using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Tests.Correlation;

public sealed class ProcessTests
{
    private readonly EventList list = new();

    [Fact]
    public void A_fork_names_parent_step_and_pid()
    {
        list.Correlator.AssignStep(7, "build");
        list.Main(RecordBytes.Forked(1), RecordBytes.Forked(2, parent: 1, pid: 4242, execution: 7, bootNs: 99));
        Assert.Equal(
            new ProcessForked("p2", "p1", 4242, "build", null) { BootTimeNs = 99, Execution = 7 }, list.Last<ProcessForked>());
    }

    [Fact]
    public void A_process_without_a_fork_is_announced_once_at_its_first_exec()
    {
        list.Main(RecordBytes.Executed(1), RecordBytes.Executed(1));
        Assert.IsType<ProcessForked>(list.All[0]);
        Assert.Single(list.Of<ProcessForked>());
        Assert.Equal(2, list.Of<ProcessExecuted>().Count);
    }

    [Fact]
    public void An_exec_carries_paths_arguments_and_marks()
    {
        list.Main(RecordBytes.Executed(
            1, "/usr/bin/x", "/deep", "x\0y", marks: ExecMarks.Unlinked | ExecMarks.CwdTruncated, argvTotal: 9000));
        var executed = list.Last<ProcessExecuted>();
        Assert.Equal("/usr/bin/x", executed.Exe);
        Assert.Equal("…/deep", executed.WorkingDirectory);
        Assert.Equal(["x", "y"], executed.Argv);
        Assert.True(executed.ArgvTruncated);
        Assert.True(executed.Unlinked);
        Assert.Equal(1000u, executed.UserId);
    }

    [Fact]
    public void Secrets_in_arguments_are_masked_and_bytes_that_are_no_text_replaced()
    {
        list.Main(RecordBytes.Executed(1, argv: "tool\0--token\0hunter2secret\0\u00ff\0"));
        Assert.Equal(["tool", "--token", "***", "\ufffd"], list.Last<ProcessExecuted>().Argv);
    }

    [Fact]
    public void An_exit_says_code_or_signal()
    {
        list.Main(RecordBytes.Forked(1), RecordBytes.Exited(1, 0x0300), RecordBytes.Exited(1, 15));
        Assert.Equal([(3, null), (null, 15)], list.Of<ProcessExited>().Select(exit => (exit.ExitCode, exit.Signal)));
    }

    [Fact]
    public void A_registered_daemon_has_a_line_of_its_own_and_no_parent()
    {
        list.Correlator.RegisterDaemon(4, 812, "/usr/bin/dockerd", 5, list);
        list.Main(RecordBytes.Connection(process: 4));
        Assert.Equal(new ProcessForked("p4", null, 812, null, null) { BootTimeNs = 5 }, list.Last<ProcessForked>());
        Assert.Equal("/usr/bin/dockerd", list.Last<ProcessExecuted>().Exe);
        Assert.Equal("p4", list.Last<ConnectionJudged>().Process);
    }

    [Fact]
    public void The_table_of_processes_is_bounded_by_those_alive_and_some_that_ended()
    {
        for (ulong process = 1; process <= 3 * ProcessTable.ExitedCapacity; process++)
        {
            list.Main(RecordBytes.Forked(process), RecordBytes.Exited(process));
        }

        list.Correlator.AcceptLosses([], 1, list);
        Assert.Empty(list.Of<EventsLost>());
        for (ulong process = 0; process <= ProcessTable.Capacity; process++)
        {
            list.Main(RecordBytes.Forked(1_000_000 + process));
        }

        list.Correlator.AcceptLosses([], 1, list);
        Assert.Equal("process-table", list.Last<EventsLost>().Reason);
        Assert.Equal($"p{1_000_000 + ProcessTable.Capacity}", list.Last<ProcessForked>().Process);
    }
}
