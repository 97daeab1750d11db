using Sallyport.Agent.Core.GitHub.Log;

namespace Sallyport.Agent.Core.Tests.GitHub;

public sealed class StartedContainersTests
{
    private static readonly string s_id = new('a', 64);

    [Fact]
    public void The_sample_names_the_jobs_container_and_its_service_with_their_clients()
    {
        var started = new StartedContainers();
        new WorkerLogReader().Accept(RunnerSamples.Log("Worker_container.log"), started);
        Assert.Equal(
            [
                ("27155bc4a46d438f443988d9ec5f0e39b2b61d790ab793d932f84e4541e918c7", 19589),
                ("6e01ffabc8e9f4015e55358766ca1f1058f1610924ea674fcabb5c623695ba4a", 19485),
            ],
            started.Clients.Select(one => (one.Key, one.Value)).Order());
        Assert.False(started.IsUncertain);
    }

    [Theory]
    [InlineData("/usr/bin/docker", "start ID", true)]
    [InlineData("/usr/bin/docker", "start ID ", false)]
    [InlineData("/usr/bin/docker", "start --attach ID", false)]
    [InlineData("/usr/bin/docker", "start Ab", false)]
    [InlineData("/usr/bin/dockerd", "start ID", false)]
    [InlineData("/usr/bin/bash", "start ID", false)]
    public void Only_a_start_of_one_whole_id_by_docker_counts(string program, string arguments, bool counts)
    {
        var started = new StartedContainers();
        started.Accept(new ProcessStartedEntry(7, program, arguments.Replace("ID", s_id, StringComparison.Ordinal)));
        Assert.Equal(counts ? 1 : 0, started.Clients.Count);
    }

    [Fact]
    public void What_stands_behind_text_that_could_be_anybodys_does_not_count_and_is_said()
    {
        var started = new StartedContainers();
        var entries = new EntryList().Lines(
            "ProcessInvokerWrapper|Starting process:",
            "ProcessInvokerWrapper|  File name: '/usr/bin/docker'",
            "ProcessInvokerWrapper|  Arguments: 'create -e \"A=first line",
            "ProcessInvokerWrapper|Starting process:",
            "ProcessInvokerWrapper|  File name: '/usr/bin/docker'",
            $"ProcessInvokerWrapper|  Arguments: 'start {s_id}'",
            "ProcessInvokerWrapper|  Working directory: '/tmp'",
            "ProcessInvokerWrapper|Process started with process id 7, waiting for process exit.");
        entries.All.ForEach(started.Accept);
        Assert.Empty(started.Clients);
        Assert.True(started.IsUncertain);
    }

    [Fact]
    public void There_is_room_for_so_many_and_the_rest_is_counted()
    {
        var started = new StartedContainers();
        for (var i = 0; i < StartedContainers.Most + 2; i++)
        {
            started.Accept(new ProcessStartedEntry(i + 1, "/usr/bin/docker", $"start {i:x64}"));
        }

        Assert.Equal((StartedContainers.Most, 2L), (started.Clients.Count, started.Overflow));
    }
}
