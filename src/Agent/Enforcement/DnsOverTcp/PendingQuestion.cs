using Sallyport.Agent.Core.Dns;
using Sallyport.Policy.Compiling;

namespace Sallyport.Agent.Enforcement.DnsOverTcp;

/// <summary>A question that was passed on.</summary>
/// <param name="Id">Of its message.</param>
/// <param name="Question">
/// Null when it could not be read: audit mode passes it on all the same, and it leases nothing.
/// </param>
/// <param name="Leases">Rules that its answer leases to; null when the name is in no rule.</param>
/// <param name="Failure">What the client gets when the resolver does not answer.</param>
internal sealed record PendingQuestion(ushort Id, DnsQuestion? Question, RuleSet? Leases, byte[] Failure)
{
    private const ushort IncrementalTransfer = 251;
    private const ushort Transfer = 252;

    /// <summary>A zone is sent in many messages (RFC 5936 section 2.2), which audit mode lets pass.</summary>
    internal bool HasManyAnswers => Question?.Type is Transfer or IncrementalTransfer;

    internal bool IsAnsweredBy(ReadOnlySpan<byte> message)
    {
        if (!DnsHeader.TryRead(message, out var header) || header.Id != Id)
        {
            return false;
        }

        // An error may come without the question (RFC 1035 section 4.1.1 lets FORMERR do so); it has nothing to lease.
        return Question is null || header.Questions == 0
            || (DnsQuestion.TryRead(message, out var answered, out _) && answered == Question);
    }
}
