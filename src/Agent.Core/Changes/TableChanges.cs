using System.Globalization;
using System.Runtime.InteropServices;
using Sallyport.Agent.Core.Detection;

namespace Sallyport.Agent.Core.Changes;

/// <summary>
/// A table of iptables as it was before nf_tables, which is always replaced whole (struct ipt_replace: 32 bytes of
/// name, …, the number of entries at 36, of those that were there at 84).
/// </summary>
internal static class TableChanges
{
    private const int NameBytes = 32;
    private const int NewEntries = 36;
    private const int OldEntries = 84;
    private const int FixedBytes = 96;

    public static void Read(ReadOnlySpan<byte> data, string family, ChangeList list)
    {
        if (data.Length < FixedBytes)
        {
            return;
        }

        var name = ChangeText.Of(data[..NameBytes]) ?? string.Empty;
        var now = MemoryMarshal.Read<uint>(data[NewEntries..]);
        var before = MemoryMarshal.Read<uint>(data[OldEntries..]);
        var kind = now < before ? FindingCatalogue.FirewallFlushed
            : name == "nat" ? FindingCatalogue.NatRuleAdded
            : FindingCatalogue.FirewallChanged;
        list.Add(
            kind,
            ("table", $"{family} {name}"),
            ("by", "iptables (legacy)"),
            ("entries", string.Create(CultureInfo.InvariantCulture, $"{before} → {now}")));
    }
}
