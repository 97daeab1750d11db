using Sallyport.Agent.Kernel;
using Sallyport.Policy.Compiling;

namespace Sallyport.Agent.Enforcement.DnsOverTcp;

/// <summary>The tables in the kernel.</summary>
internal sealed class KernelTables(KernelObject kernel) : IKernelTables
{
    private const uint AddressBits = 128;

    private readonly KernelMap settings = kernel.Map(SettingsValue.Table);
    private readonly KernelMap policies = kernel.Map("policies");
    private readonly KernelMap names = kernel.Map("names");
    private readonly KernelMap addresses = kernel.Map("addresses");
    private readonly KernelMap leases = kernel.Map("leases");
    private readonly KernelMap unleased = kernel.Map("unleased");
    private readonly KernelMap ports = kernel.Map("resolver_ports");
    private readonly KernelMap redirects = kernel.Map("redirects");
    private readonly KernelMap executions = kernel.Map("executions");

    public bool TryGetSettings(out SettingsValue value) => settings.TryGet(0u, out value);

    public bool TryGetPolicy(uint index, out PolicyValue policy) => policies.TryGet(index, out policy);

    public bool TryFindName(in NameKey key, out NameValue entry) => names.TryGet(key, out entry);

    public bool IsCovered(in AddressValue address) => addresses.TryGet<AddressKey, RuleSetValue>(
        new AddressKey { Prefix = AddressBits, Address = address }, out _);

    // The kernel adds bits to the same entries. It is written only when bits are missing: what is left of the race is
    // an answer over UDP with other rules for the same address between the two calls, and then a refusal, not a way
    // out.
    public bool TryLease(in AddressValue address, RuleSet rules)
    {
        if (leases.TryGet<AddressValue, RuleSetValue>(address, out var value))
        {
            var known = RuleSet.FromWords(value);
            if (rules.Except(known).IsEmpty)
            {
                return true;
            }

            rules = rules.Or(known);
        }

        return leases.TrySet(address, RuleSetValue.From(rules));
    }

    public void NoteUnleased(in AddressValue address, RuleSet rules) =>
        _ = unleased.TrySet(address, RuleSetValue.From(rules));

    // The step of an execution may have become known since the connection was led here: policies_of of judge.h.
    public bool TryGetRedirect(ulong cookie, out RedirectValue redirect)
    {
        if (!redirects.TryGet(cookie, out redirect))
        {
            return false;
        }

        if (redirect.Execution != 0 && executions.TryGet(redirect.Execution, out uint known) && known != 0)
        {
            redirect.StepPolicy = (byte)(known - 1);
        }

        return true;
    }

    public void RemoveRedirect(ulong cookie) => redirects.Remove(cookie);

    public bool TryOpen(ulong network, ushort port) => ports.TrySet(network, (uint)port);

    public void Close(ulong network) => ports.Remove(network);
}
