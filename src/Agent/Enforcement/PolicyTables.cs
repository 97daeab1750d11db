using System.Buffers.Binary;
using System.Text;
using Sallyport.Agent.Kernel;
using Sallyport.Policy;
using Sallyport.Policy.Compiling;

namespace Sallyport.Agent.Enforcement;

/// <summary>Writes a compiled policy into the kernel's tables.</summary>
internal static class PolicyTables
{
    private const uint Audit = 0;
    private const uint Block = 1;
    private const uint Inherit = 2;

    /// <param name="kernel">Loaded, not attached.</param>
    /// <param name="policy">In force from the attachment on.</param>
    /// <param name="machine">The settings that do not come from the policy.</param>
    internal static void Write(KernelObject kernel, CompiledPolicy policy, SettingsValue machine)
    {
        WriteNames(kernel.Map("names"), policy);
        WriteAddresses(kernel.Map("addresses"), policy);
        WritePorts(kernel.Map("ports"), policy);
        WritePolicies(kernel.Map("policies"), policy);
        var executables = WriteExecutables(kernel.Map("executables"), policy);
        kernel.Map(SettingsValue.Table).Set(0u, Settings(policy, machine, executables));
    }

    private static SettingsValue Settings(CompiledPolicy policy, SettingsValue machine, bool executables)
    {
        var settings = machine with
        {
            Deny = RuleSetValue.From(policy.Deny),
            DenyAny = RuleSetValue.From(policy.DenyAnyPort),
            DenyQuestion = RuleSetValue.From(policy.DenyQuestion),
            Inbound = RuleSetValue.From(policy.Inbound),
            NeedsName = RuleSetValue.From(policy.RequiresName.Or(policy.Proxy)),
            Proxy = RuleSetValue.From(policy.Proxy),
            HasAddresses = policy.Addresses.IsEmpty ? 0u : 1u,
            HasExecutables = executables ? 1u : 0u,
            DeniesWhenLost = policy.OnAgentLoss == AgentLoss.Deny ? (byte)1 : (byte)0,
        };
        foreach (var type in DnsQuestionType.Always.Concat(policy.Questions))
        {
            settings.QuestionTypes.Open(type.Number);
        }

        return settings;
    }

    private static void WriteNames(KernelMap names, CompiledPolicy policy)
    {
        foreach (var entry in policy.Names)
        {
            if (!NameKey.TryOf(entry.Name, entry.Wildcard, out var key))
            {
                continue; // the policy's reader takes no such name
            }

            names.Set(key, new NameValue { Rules = RuleSetValue.From(entry.Rules), AskOnly = entry.AskOnly ? 1u : 0u });
        }
    }

    private static void WriteAddresses(KernelMap addresses, CompiledPolicy policy)
    {
        foreach (var entry in policy.Addresses)
        {
            var key = new AddressKey { Prefix = (uint)entry.PrefixLength };
            entry.CopyAddress(key.Address);
            addresses.Set(key, RuleSetValue.From(entry.Rules));
        }
    }

    private static void WritePorts(KernelMap ports, CompiledPolicy policy)
    {
        foreach (var entry in policy.Ports)
        {
            var key = new PortKey
            {
                Prefix = 16u + (uint)entry.PrefixLength,
                Protocol = entry.Protocol,
                Port = BinaryPrimitives.ReverseEndianness(entry.Port),
            };
            ports.Set(key, RuleSetValue.From(entry.Rules));
        }
    }

    private static void WritePolicies(KernelMap policies, CompiledPolicy policy)
    {
        foreach (var entry in policy.Policies)
        {
            WritePolicy(policies, entry);
        }
    }

    internal static void WritePolicy(KernelMap policies, PolicyEntry entry)
    {
        var mode = entry.Mode == PolicyMode.Block ? Block : Audit;
        policies.Set((uint)entry.Index, new PolicyValue
        {
            Allow = RuleSetValue.From(entry.Allow),
            Mode = entry.ModeInherited && entry.Index > 0 ? Inherit : mode,
        });
    }

    /// <summary>
    /// The kernel takes the last key that it meets on the way to the executable, the longest: so each key gets the
    /// policy of everything that matches there.
    /// </summary>
    private static bool WriteExecutables(KernelMap executables, CompiledPolicy policy)
    {
        const string Below = "**";
        var selector = new PolicySelector(policy);
        var any = false;
        foreach (var exe in policy.Policies.Select(entry => entry.Match?.Exe).OfType<string>())
        {
            var isFolder = exe.EndsWith("/" + Below, StringComparison.Ordinal);
            var key = isFolder ? exe[..^Below.Length] : exe;
            if (selector.ForExecutable(isFolder ? key + "?" : key) is { } match)
            {
                executables.Set(Fnv1a.Hash(Encoding.UTF8.GetBytes(key)), (uint)match.Index);
                any = true;
            }
        }

        return any;
    }
}
