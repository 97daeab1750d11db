using Sallyport.Agent.Kernel;
using Sallyport.Policy.Compiling;

namespace Sallyport.Agent.Enforcement.DnsOverTcp;

/// <summary>
/// The tables that the kernel judges by. The resolver reads these very tables and has no policy of its own, so a
/// question over TCP and one over UDP cannot be judged by two different policies.
/// </summary>
internal interface IKernelTables
{
    bool TryGetSettings(out SettingsValue settings);

    bool TryGetPolicy(uint index, out PolicyValue policy);

    /// <summary>The entry of the longest key that is a prefix of this one.</summary>
    bool TryFindName(in NameKey key, out NameValue entry);

    /// <summary>An address rule covers it.</summary>
    bool IsCovered(in AddressValue address);

    /// <summary>Adds rules to those that an address is leased to; false when the table is full.</summary>
    bool TryLease(in AddressValue address, RuleSet rules);

    /// <summary>An address of an allowed name that leases nothing: the reason of a refusal is to say so.</summary>
    void NoteUnleased(in AddressValue address, RuleSet rules);

    /// <summary>
    /// Who connected with this socket, and to which resolver; false when the kernel led nobody here with it.
    /// </summary>
    bool TryGetRedirect(ulong cookie, out RedirectValue redirect);

    void RemoveRedirect(ulong cookie);

    /// <summary>Leads connections of the job in a network namespace to this port of loopback; false when the table is full.</summary>
    bool TryOpen(ulong network, ushort port);

    /// <summary>From here on they are ordinary destinations there.</summary>
    void Close(ulong network);
}
