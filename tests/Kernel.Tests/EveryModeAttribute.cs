using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Sallyport.Kernel.Tests;

/// <summary>
/// Runs a test with the agent off, in audit and in block mode, for each value if there are any. The mode comes first,
/// then the value.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EveryModeAttribute(params string[] values) : DataAttribute
{
    public IReadOnlyList<string> Values { get; } = values;

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(
        MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        var modes = Enum.GetValues<LabMode>();
        IReadOnlyCollection<ITheoryDataRow> rows = Values.Count == 0
            ? [.. modes.Select(mode => new TheoryDataRow<LabMode>(mode))]
            : [.. Values.SelectMany(value => modes.Select(mode => new TheoryDataRow<LabMode, string>(mode, value)))];
        return ValueTask.FromResult(rows);
    }

    public override bool SupportsDiscoveryEnumeration() => true;
}
