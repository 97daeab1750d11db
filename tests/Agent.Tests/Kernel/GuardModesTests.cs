using System.Collections.Immutable;
using Sallyport.Agent.Core.Detection;
using Sallyport.Agent.Kernel;
using Sallyport.Policy;

namespace Sallyport.Agent.Tests.Kernel;

public sealed class GuardModesTests
{
    private const byte Off = 0;
    private const byte Report = 1;
    private const byte Block = 2;

    /// <summary>What hides a read is prevented with the read, unless the policy says what becomes of it.</summary>
    [Theory]
    [InlineData(DetectionAction.Report, null, Off)]
    [InlineData(DetectionAction.Block, null, Block)]
    [InlineData(DetectionAction.Block, DetectionAction.Off, Off)]
    [InlineData(DetectionAction.Block, DetectionAction.Report, Report)]
    [InlineData(DetectionAction.Block, DetectionAction.Fail, Report)]
    [InlineData(DetectionAction.Report, DetectionAction.Block, Block)]
    [InlineData(DetectionAction.Off, DetectionAction.Block, Block)]
    public void What_hides_a_read_of_memory_does_what_the_policy_says(DetectionAction reads, DetectionAction? evasions, byte mode)
    {
        var named = ImmutableSortedDictionary<string, DetectionAction>.Empty.Add("foreign-memory-read", reads);
        named = evasions is { } action ? named.Add("memory-guard-evaded", action) : named;
        var modes = GuardModesValue.Of(new DetectionActions(false, named), hasRunner: false);
        Assert.Equal(mode, modes.Evasions);
        Assert.Equal(reads == DetectionAction.Block || mode == Block, modes.Blocks);
    }

    /// <summary>What sees every call is not there; BPF LSM asks about bpf(2) all the same.</summary>
    [Theory]
    [InlineData(true, true, Block, GuardModesValue.LsmAlone)]
    [InlineData(false, true, Report, GuardModesValue.LsmAlone)]
    [InlineData(true, false, Off, Off)]
    public void Without_the_guard_what_is_the_agents_is_looked_after_by_what_refuses(bool blocks, bool refuses, byte objects, byte lsm)
    {
        var modes = GuardModesValue.Of(new DetectionActions(blocks, ImmutableSortedDictionary<string, DetectionAction>.Empty), hasRunner: false);
        var rest = modes.WithoutCalls(refuses);
        Assert.Equal((objects, lsm), (rest.Objects, rest.Lsm));
        Assert.Equal((Off, Off, Off), (rest.ForeignMemory, rest.Programs, rest.Modules));
    }
}
