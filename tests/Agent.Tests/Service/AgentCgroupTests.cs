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

    [Fact]
    public void Where_the_controller_is_off_that_is_said()
    {
        using var root = new TestFolder();
        var reason = AgentCgroup.Enter(MachineSettings.Default with { CgroupRoot = root.Path });

        Assert.Contains("no larger share of the processors", reason, StringComparison.Ordinal);
        Assert.Contains($"{root.Path}/sallyport-agent/cpu.weight", reason, StringComparison.Ordinal);
    }
}
