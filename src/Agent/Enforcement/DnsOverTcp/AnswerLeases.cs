using System.Runtime.InteropServices;
using Sallyport.Agent.Core.Dns;
using Sallyport.Agent.Kernel;
using Sallyport.Wire;

namespace Sallyport.Agent.Enforcement.DnsOverTcp;

/// <summary>
/// lease_answer of bpf/include/answer.h: what an answer leads to is leased to the rules of the name, before the client
/// sees it. Unlike over UDP, every record of the message is looked at: large answers are what TCP is for.
/// </summary>
internal sealed class AnswerLeases(IKernelTables tables, AgentRecords records)
{
    internal void Lease(PendingQuestion asked, ReadOnlySpan<byte> answer, ulong cookie, ulong process)
    {
        if (asked is not { Question: { } question, Leases: { } rules })
        {
            return;
        }

        var addresses = DnsAddresses.Read(answer, question);
        var leased = new List<AddressBytes>(addresses.Found.Length);
        foreach (var address in addresses.Found)
        {
            var key = default(AddressValue);
            ((ReadOnlySpan<byte>)address).CopyTo(key);
            if ((!AddressRanges.IsInward(address) || tables.IsCovered(key)) && tables.TryLease(key, rules))
            {
                leased.Add(address);
            }
            else
            {
                tables.NoteUnleased(key, rules);
            }
        }

        if (addresses.Found.IsEmpty)
        {
            return;
        }

        var record = new NameLeasedRecord
        {
            Cookie = cookie,
            Rule = rules.IsEmpty ? WireLimits.NoRule : (ushort)rules.LowestSet,
            RefusedCount = (ushort)(addresses.Found.Length - leased.Count),
            TtlSeconds = addresses.TtlSeconds,
        };
        var name = question.Name.ToText();
        var rest = CollectionsMarshal.AsSpan(leased);
        do
        {
            // As many to a record as the kernel's hold
            var some = rest[..Math.Min(rest.Length, WireLimits.DnsLeasesPerAnswer)];
            records.AddLeases(record, process, name, MemoryMarshal.AsBytes(some));
            record.RefusedCount = 0;
            rest = rest[some.Length..];
        }
        while (!rest.IsEmpty);
    }
}
