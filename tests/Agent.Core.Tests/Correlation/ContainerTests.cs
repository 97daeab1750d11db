using Sallyport.Protocol.Recording;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Tests.Correlation;

public sealed class ContainerTests
{
    private const string Id = RecordBytes.ContainerId;
    private readonly EventList list = new();

    [Fact]
    public void A_container_is_written_once_also_when_it_restarts_in_another_cgroup()
    {
        list.Main(RecordBytes.Container(5), RecordBytes.Container(5), RecordBytes.Container(6));
        Assert.Single(list.Of<ContainerStarted>());
        list.Main(RecordBytes.Connection(cgroup: 6));
        Assert.Equal(Id, list.Last<ConnectionJudged>().Container);
    }

    [Fact]
    public void A_cgroup_made_inside_a_container_belongs_to_it_by_the_process_that_is_in_it()
    {
        list.Main(
            RecordBytes.Container(5), RecordBytes.Forked(1), RecordBytes.Executed(1, cgroup: 5),
            RecordBytes.Forked(2, parent: 1, cgroup: 999));
        Assert.Null(list.Of<ProcessForked>()[0].Container);
        Assert.Equal(Id, list.Last<ProcessExecuted>().Container);
        Assert.Equal(Id, list.Last<ProcessForked>().Container);
        list.Main(RecordBytes.Connection(process: 2, cgroup: 1000));
        Assert.Equal(Id, list.Last<ConnectionJudged>().Container);
    }

    [Fact]
    public void A_step_of_a_BuildKit_build_is_a_container_by_the_id_that_BuildKit_gave()
    {
        const string BuildKit = "9xq2v0e6jz1c4k7w5t8y3h0ab";
        list.Main(RecordBytes.Container(5, BuildKit), RecordBytes.Connection(cgroup: 5));
        Assert.Equal(BuildKit, Assert.Single(list.Of<ContainerStarted>()).Container);
        Assert.Equal(BuildKit, list.Last<ConnectionJudged>().Container);
    }

    [Fact]
    public void Who_asked_a_runtime_is_known_before_the_container_although_it_came_by_the_other_ring()
    {
        list.Correlator.AssignStep(2, "second");
        list.Main(RecordBytes.Forked(9, execution: 2));
        list.Alert(RecordBytes.Daemon(9));
        list.Main(RecordBytes.Container(5));
        Assert.Equal("second", list.Last<ContainerStarted>().Step);
    }

    [Fact]
    public void What_the_runtime_says_before_the_container_is_written_with_it()
    {
        list.Correlator.ContainerDescribed(Id, "db", "postgres:17", null, 1, list);
        Assert.Empty(list.All);
        list.Main(RecordBytes.Container(5));
        Assert.Equal(new ContainerStarted(Id, "db", "postgres:17", null, true) { BootTimeNs = 1 }, Assert.Single(list.All));
    }

    [Fact]
    public void What_the_runtime_says_later_completes_the_line_once()
    {
        list.Main(RecordBytes.Container(5));
        list.Correlator.ContainerDescribed(Id, "db", "postgres:17", null, 9, list);
        list.Correlator.ContainerDescribed(Id, "db", "postgres:17", null, 10, list);
        Assert.Equal(2, list.All.Count);
        Assert.Equal("db", list.Last<ContainerStarted>().Name);
    }

    [Fact]
    public void A_containers_step_is_the_kernels_tag_or_else_inferred_from_who_asked_a_runtime_last()
    {
        list.Correlator.AssignStep(1, "first");
        list.Correlator.AssignStep(2, "second");
        list.Main(RecordBytes.Forked(9, execution: 2), RecordBytes.Daemon(9),
            RecordBytes.Daemon(10, "/run/dbus/system_bus_socket", DaemonKind.Other), RecordBytes.Container(5));
        Assert.Equal(("second", true), (list.Last<ContainerStarted>().Step, list.Last<ContainerStarted>().StepInferred));
        list.Main(RecordBytes.Container(6, new string('a', 64), execution: 1, ContainerMarks.None));
        Assert.Equal(("first", false), (list.Last<ContainerStarted>().Step, list.Last<ContainerStarted>().StepInferred));
        list.Main(RecordBytes.Container(7, new string('b', 64), execution: 0, ContainerMarks.None));
        Assert.Equal((null, false), (list.Last<ContainerStarted>().Step, list.Last<ContainerStarted>().StepInferred));
    }
}
