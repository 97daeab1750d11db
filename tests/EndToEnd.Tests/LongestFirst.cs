using Sallyport.EndToEnd.Tests.Machine;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(Sallyport.EndToEnd.Tests.LongestFirst))]

namespace Sallyport.EndToEnd.Tests;

/// <summary>Classes that take longest begin first: what begins last would otherwise have the machine to itself at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] s_longest =
    [
        nameof(ActionDocker), nameof(ServedDocker), nameof(PolicyStoreTests), nameof(DenyListTests), nameof(StepPolicyTests),
        nameof(OverrideTests), nameof(ActionTests), nameof(SudoTests),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => Place(collection.TestCollectionDisplayName))];

    private static int Place(string name)
    {
        int at = Array.FindIndex(s_longest, one => name.Contains(one, StringComparison.Ordinal));
        return at < 0 ? s_longest.Length : at;
    }
}
