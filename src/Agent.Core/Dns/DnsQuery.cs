namespace Sallyport.Agent.Core.Dns;

/// <summary>What a client sent, as far as it can be read.</summary>
/// <param name="Id">Id of the message; 0 when there is not even a header.</param>
/// <param name="Question">The first question, or null when it cannot be read. Only meaningful without a defect.</param>
/// <param name="Defect">What is wrong.</param>
public sealed record DnsQuery(ushort Id, DnsQuestion? Question, DnsQueryDefect Defect)
{
    /// <summary>Reads a message; whatever the bytes are, there is a result.</summary>
    /// <param name="message">Without its length.</param>
    /// <param name="mostBytes">
    /// A longer one is not read: the kernel's side reads no longer ones over UDP either.
    /// </param>
    public static DnsQuery Read(ReadOnlySpan<byte> message, int mostBytes)
    {
        if (!DnsHeader.TryRead(message, out var header))
        {
            return new DnsQuery(0, null, DnsQueryDefect.Malformed);
        }

        DnsQuestion? question = null;
        var readable = message.Length <= mostBytes && DnsQuestion.TryRead(message, out question, out _);
        var defect = header.Questions != 1 ? DnsQueryDefect.QuestionCount
            : !readable || !header.IsQuery || !question!.Name.IsPlain ? DnsQueryDefect.Malformed
            : DnsQueryDefect.None;
        return new DnsQuery(header.Id, question, defect);
    }
}
