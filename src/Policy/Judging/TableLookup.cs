using Sallyport.Policy.Compiling;
using Sallyport.Policy.Endpoints;

namespace Sallyport.Policy.Judging;

/// <summary>Finds rules as the kernel does: the longest key of each table, and nothing else.</summary>
internal static class TableLookup
{
    public static RuleMatches Find(CompiledPolicy policy, PolicySelector selector, JudgeRequest request)
    {
        NameEntry? name = request.Name is null ? null : LongestName(policy, request.Name);
        AddressEntry? address = request.Address is null || request.IsQuestion ? null
            : LongestAddress(policy, IpPrefix.Of(request.Address).Bits);
        PolicyEntry? step = request.Step is null ? null : selector.ForStep(request.Step);
        PolicyEntry? process = request.Exe is null ? null : selector.ForExecutable(request.Exe);
        step = step is { Index: 0 } ? null : step;
        return new RuleMatches(
            (name?.Rules ?? RuleSet.None).Or(address?.Rules ?? RuleSet.None),
            LongestPort(policy, request.Protocol, request.Port)?.Rules ?? RuleSet.None,
            (step, process) switch
            {
                ({ } left, { } right) => left.Allow.And(right.Allow),
                _ => (step ?? process ?? policy.Policies[0]).Allow,
            },
            name?.AskOnly == true,
            ModeOf(policy, step, process));
    }

    private static PolicyMode ModeOf(CompiledPolicy policy, PolicyEntry? step, PolicyEntry? process)
    {
        PolicyEntry[] written = [.. new[] { step, process }.OfType<PolicyEntry>().Where(entry => !entry.ModeInherited)];
        return written.Length == 0 ? policy.Mode : written.Max(entry => entry.Mode);
    }

    private static NameEntry? LongestName(CompiledPolicy policy, string name) => policy.Names
        .Where(entry => entry.Wildcard ? HostName.IsBelow(name, entry.Name) : entry.Name == name)
        .MaxBy(entry => entry.Name.Length);

    private static AddressEntry? LongestAddress(CompiledPolicy policy, UInt128 bits) => policy.Addresses
        .Where(entry => IpPrefix.Mask(bits, entry.PrefixLength) == entry.Prefix.Bits)
        .MaxBy(entry => entry.PrefixLength);

    private static PortEntry? LongestPort(CompiledPolicy policy, int protocol, int port) => policy.Ports
        .Where(entry => entry.Protocol == protocol && new PortPrefix(entry.Port, entry.PrefixLength).Contains(port))
        .MaxBy(entry => entry.PrefixLength);
}
