using Sallyport.Agent.Core.Dns;
using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Enforcement.DnsOverTcp;

/// <summary>find_question of bpf/include/dns.h: the name of a question in the table of names.</summary>
internal static class QuestionNames
{
    private const ushort Service = 33;

    // As the kernel's bound: the dot of `_service._proto.` that it looks for stands no further.
    private const int MaxPrefixBytes = 41;

    internal static bool TryFind(IKernelTables tables, DnsQuestion question, out NameValue entry)
    {
        var name = question.Name.ToText();
        return TryFind(tables, name, out entry)
            || (question.Type == Service && TryFind(tables, BehindService(name), out entry));
    }

    private static bool TryFind(IKernelTables tables, ReadOnlySpan<byte> name, out NameValue entry)
    {
        entry = default;
        if (name.IsEmpty)
        {
            return false;
        }

        // "moc.elpmaxe\0": the key of the name itself, and below those of all zones around it
        var key = new NameKey { Prefix = (uint)(name.Length + 1) * 8 };
        Span<byte> reversed = key.Name;
        name.CopyTo(reversed);
        reversed[..name.Length].Reverse();
        return tables.TryFindName(key, out entry);
    }

    /// <summary>
    /// `_service._proto.` before an allowed name may be asked as SRV (RFC 2782); empty when there is none.
    /// </summary>
    private static ReadOnlySpan<byte> BehindService(ReadOnlySpan<byte> name)
    {
        var rest = name;
        for (var label = 0; label < 2; label++)
        {
            var dot = rest.IndexOf((byte)'.');
            if (dot < 0 || rest[0] != (byte)'_')
            {
                return default;
            }

            rest = rest[(dot + 1)..];
        }

        return name.Length - rest.Length <= MaxPrefixBytes ? rest : default;
    }
}
