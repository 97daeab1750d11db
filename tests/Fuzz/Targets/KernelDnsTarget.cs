using System.Text;
using Sallyport.Agent.Core.Dns;
using Sallyport.Agent.Core.Tests.Dns;
using Sallyport.Fuzz.Kernel;
using Sallyport.Wire;

namespace Sallyport.Fuzz.Targets;

/// <summary>
/// The kernel's decoder of DNS over UDP beside the agent's, which reads the same over TCP: what one allows or leases and the other does
/// not is a way around one of them.
/// </summary>
internal sealed class KernelDnsTarget : IFuzzTarget
{
    private const int MostBytes = 4095;
    private const int MostAnswers = 64;
    private readonly DnsTarget agent = new();

    public string Name => "kernel-dns";

    public IReadOnlyList<byte[]> Seeds => agent.Seeds;

    public IReadOnlyList<byte[]> Words => agent.Words;

    public void Prove()
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(KernelDecoders.Question(Seeds[0]).Name, "a.example.com");
        ArgumentOutOfRangeException.ThrowIfNotEqual(KernelDecoders.Leases(Seeds[2]).Count, 2);

        // The owner of the answer is the name that was asked for, by a pointer to what stands behind it.
        const string Name = "0161076578616D706C6503636F6D00";
        ReadAnswer(Convert.FromHexString($"123481800001000100000000{Name}00010001C02F000100010000012C0004C6336407{Name}"));
    }

    public void Read(ReadOnlySpan<byte> input)
    {
        ReadQuestion(input);
        ReadAnswer(input);
        KernelDecoders.ThrowIfOutOfBounds();
    }

    private static void ReadQuestion(ReadOnlySpan<byte> input)
    {
        var (reason, name, type) = KernelDecoders.Question(input);
        if (reason is KernelReason.DnsMalformed or KernelReason.QuestionCount)
        {
            return;
        }

        var query = DnsQuery.Read(input, MostBytes);
        if (query.Defect != DnsQueryDefect.None || Encoding.Latin1.GetString(query.Question!.Name.ToText()) != name
            || query.Question.Type != type)
        {
            throw new InvalidOperationException($"the kernel reads '{name}' type {type}, the agent {query.Defect} {query.Question}");
        }
    }

    private static void ReadAnswer(ReadOnlySpan<byte> input)
    {
        var leases = KernelDecoders.Leases(input);
        if (!DnsHeader.TryRead(input, out var header) || !DnsQuestion.TryRead(input, out var question, out _))
        {
            Same(leases, []);
            return;
        }

        var addresses = DnsAddresses.Read(input, question).Found
            .Select(address => Convert.ToHexString(System.Runtime.InteropServices.MemoryMarshal.AsBytes([address])))
            .ToHashSet();
        if (input.Length > MostBytes || header.Answers > MostAnswers)
        {
            addresses.IntersectWith(leases);
        }

        Same(leases, addresses);
    }

    private static void Same(HashSet<string> kernel, HashSet<string> agent)
    {
        if (!kernel.SetEquals(agent))
        {
            throw new InvalidOperationException($"the kernel leases {string.Join(' ', kernel)}, the agent {string.Join(' ', agent)}");
        }
    }
}
