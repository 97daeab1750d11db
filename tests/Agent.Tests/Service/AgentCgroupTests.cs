using Sallyport.Agent.Service;
using Sallyport.Policy.Machine;

namespace Sallyport.Agent.Tests.Service;

/// <summary>A folder stands for the hierarchy: nobody is moved.</summary>
public sealed class AgentCgroupTests
{
    [Fact]
    public void The_share_of_the_processors_is_written()
    {
        using var root = new TestFolder();
        var weight = Path.Combine(Directory.CreateDirectory(Path.Combine(root.Path, "sallyport-agent")).FullName, "cpu.weight");
        File.WriteAllText(weight, "100");

        Assert.Null(AgentCgroup.Enter(MachineSettings.Default with { CgroupRoot = root.Path }));
        Assert.Equal("1000", File.ReadAllText(weight));
    }

    /// <summary>What root of a job before has set there would stop the next job's agent.</summary>
    [Theory]
    [InlineData("cgroup.freeze", "1", "0")]
    [InlineData("cpu.max", "1000 1000000", "max")]
    [InlineData("memory.max", "4096", "max")]
    [InlineData("memory.high", "4096", "max")]
    [InlineData("pids.max", "1", "max")]
    [InlineData("cpuset.cpus", "1", "")]
    public void What_stops_or_starves_it_is_taken_away(string file, string left, string free)
    {
        using var root = new TestFolder();
        var folder = Directory.CreateDirectory(Path.Combine(root.Path, "sallyport-agent")).FullName;
        File.WriteAllText(Path.Combine(folder, file), left + "\n");
        File.WriteAllText(Path.Combine(folder, "cpu.weight"), "100\n");

        Assert.Null(AgentCgroup.Enter(MachineSettings.Default with { CgroupRoot = root.Path }));
        Assert.Equal(free, File.ReadAllText(Path.Combine(folder, file)).Trim());
    }

    [Fact]
    public void Where_the_controller_is_off_that_is_said()
    {
        using var root = new TestFolder();
        var reason = AgentCgroup.Enter(MachineSettings.Default with { CgroupRoot = root.Path });

        Assert.Contains("no larger share of the processors", reason, StringComparison.Ordinal);
        Assert.Contains($"{root.Path}/sallyport-agent/cpu.weight", reason, StringComparison.Ordinal);
    }
}
