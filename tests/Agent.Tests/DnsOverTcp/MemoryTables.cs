using System.Collections.Concurrent;
using System.Text;
using Sallyport.Agent.Enforcement.DnsOverTcp;
using Sallyport.Agent.Kernel;
using Sallyport.Policy;
using Sallyport.Policy.Compiling;

namespace Sallyport.Agent.Tests.DnsOverTcp;

/// <summary>The tables as the kernel would hold them, with its longest-prefix rule, in this process.</summary>
internal sealed class MemoryTables : IKernelTables
{
    private readonly CompiledPolicy policy;
    private readonly Dictionary<uint, PolicyValue> policies = [];
    private readonly List<(byte[] Key, NameValue Value)> names = [];
    private readonly ConcurrentDictionary<ulong, RedirectValue> redirects = [];

    internal MemoryTables(CompiledPolicy policy)
    {
        this.policy = policy;
        Array.ForEach([.. policy.Policies], Add);
        foreach (var entry in policy.Names)
        {
            byte[] key = [.. Encoding.ASCII.GetBytes(entry.Name).Reverse(), entry.Wildcard ? (byte)'.' : (byte)0];
            var askOnly = entry.AskOnly ? 1u : 0u;
            names.Add((key, new NameValue { Rules = RuleSetValue.From(entry.Rules), AskOnly = askOnly }));
        }
    }

    internal ConcurrentDictionary<string, RuleSet> Leases { get; } = [];

    internal ConcurrentDictionary<ulong, ushort> Ports { get; } = [];

    internal ConcurrentBag<string> Unleased { get; } = [];

    internal bool IsLeaseTableFull { get; init; }

    internal int Redirects => redirects.Count;

    internal void Add(PolicyEntry entry) => policies[(uint)entry.Index] = new PolicyValue
    {
        Allow = RuleSetValue.From(entry.Allow),
        Mode = entry.ModeInherited && entry.Index > 0 ? 2u : entry.Mode == PolicyMode.Block ? 1u : 0u,
    };

    internal void Redirect(ulong cookie, RedirectValue redirect) => redirects[cookie] = redirect;

    public bool TryGetSettings(out SettingsValue settings)
    {
        settings = new SettingsValue { DenyQuestion = RuleSetValue.From(policy.DenyQuestion) };
        foreach (var type in DnsQuestionType.Always.Concat(policy.Questions))
        {
            settings.QuestionTypes.Open(type.Number);
        }

        return true;
    }

    public bool TryGetPolicy(uint index, out PolicyValue value) => policies.TryGetValue(index, out value);

    public bool TryFindName(in NameKey key, out NameValue entry)
    {
        var asked = ((ReadOnlySpan<byte>)key.Name)[..((int)key.Prefix / 8)].ToArray();
        var found = names.Where(name => asked.AsSpan().StartsWith(name.Key))
            .OrderBy(name => name.Key.Length).LastOrDefault();
        entry = found.Value;
        return found.Key is not null;
    }

    public bool IsCovered(in AddressValue address)
    {
        var text = address.ToAddress().ToString();
        return policy.Addresses.Any(entry => entry.PrefixLength == 128 && entry.Prefix.ToAddress().ToString() == text);
    }

    public bool TryLease(in AddressValue address, RuleSet rules)
    {
        if (!IsLeaseTableFull)
        {
            _ = Leases.AddOrUpdate(address.ToAddress().ToString(), rules, (_, known) => known.Or(rules));
        }

        return !IsLeaseTableFull;
    }

    public void NoteUnleased(in AddressValue address, RuleSet rules) => Unleased.Add(address.ToAddress().ToString());

    public bool TryGetRedirect(ulong cookie, out RedirectValue redirect) => redirects.TryGetValue(cookie, out redirect);

    public void RemoveRedirect(ulong cookie) => redirects.TryRemove(cookie, out _);

    public bool TryOpen(ulong network, ushort port) => Ports.TryAdd(network, port);

    public void Close(ulong network) => Ports.TryRemove(network, out _);
}
