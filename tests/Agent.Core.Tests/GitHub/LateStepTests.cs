using Sallyport.Agent.Core.Tests.Correlation;
using Sallyport.Protocol.Recording;
using Sallyport.Reporting;

namespace Sallyport.Agent.Core.Tests.GitHub;

public sealed class LateStepTests
{
    [Fact]
    public void What_came_before_the_assignment_has_its_step_in_the_report()
    {
        var list = new EventList();
        list.Main(
            RecordBytes.Forked(9, execution: 2), RecordBytes.Connection(process: 9, execution: 2), RecordBytes.Container(5, execution: 2));
        list.Flush();
        var builder = new ReportBuilder();
        foreach (var recorded in list.All)
        {
            builder.Accept(recorded);
        }

        Assert.Null(builder.Build().Connections[0].Step);
        builder.Accept(new ExecutionAssigned("wrong", "p9", 1, null, null, false, "awaiting-log") { Execution = 2 });
        builder.Accept(new ExecutionAssigned("publish", "p9", 1, null, null, true, "identity-and-log") { Execution = 2 });
        var report = builder.Build();
        Assert.Equal("publish", Assert.Single(report.Connections).Step);
        Assert.Equal("publish", Assert.Single(report.Processes).Step);
        Assert.Equal(("publish", true), (report.Containers[0].Step, report.Containers[0].StepInferred));
    }

    [Fact]
    public void A_process_that_outlives_its_step_is_left_running()
    {
        var builder = new ReportBuilder();
        builder.Accept(new StepStarted("one", "One", 1, "main", null, "run") { BootTimeNs = 1 });
        builder.Accept(new ProcessForked("p1", null, 1, null, null) { BootTimeNs = 2, Execution = 1 });
        builder.Accept(new ProcessForked("p2", "p1", 2, null, null) { BootTimeNs = 3, Execution = 1 });
        builder.Accept(new ProcessExited("p1", 0, null) { BootTimeNs = 4 });
        builder.Accept(new ExecutionAssigned("one", "p1", 1, null, null, true, "identity-and-log") { Execution = 1 });
        builder.Accept(new StepEnded("one", "success") { BootTimeNs = 5 });
        builder.Accept(new ProcessExited("p2", 0, null) { BootTimeNs = 9 });
        var step = Assert.Single(builder.Build().Steps);
        Assert.Equal(["p2"], step.LeftRunning);
        Assert.Equal("x1", Assert.Single(step.Executions).Id);
    }
}
