using System.Net.Sockets;
using System.Runtime.InteropServices;
using Sallyport.Agent.Core.Dns;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;
using Sallyport.Wire;

namespace Sallyport.Agent.Enforcement.DnsOverTcp;

/// <summary>
/// One client and, once a question may pass, the resolver that it meant. Answers go back as they come, in whatever
/// order (RFC 7766 section 7). Bounded by <see cref="MostPending"/> questions and the bounds of <see
/// cref="FramedSocket"/>; ends when no whole message has come from either side for <see cref="IdleNs"/>, however many
/// bytes have.
/// </summary>
internal sealed class Session(
    Socket socket, ulong cookie, RedirectValue who, ResolverParts parts, long now) : IDisposable
{
    internal const long IdleNs = WireLimits.QueryNs;
    private const int MostPending = 32;
    private const ushort Tcp = 6;
    private const short PollError = 8; // POLLERR
    private const int MostQueryBytes = WireLimits.DnsMessageBytes - 1;

    private readonly FramedSocket client = new(socket);
    private readonly List<PendingQuestion> pending = [];
    private FramedSocket? upstream;
    private bool isConnected;
    private bool isUnanswerable;
    private long lastMessage = now;

    internal ulong Cookie => cookie;

    internal int ClientDescriptor => client.Descriptor;

    internal short ClientEvents => client.Events(reads: MayAsk);

    /// <summary>-1, which poll(2) passes over, when nobody was asked.</summary>
    internal int UpstreamDescriptor => upstream?.Descriptor ?? -1;

    internal short UpstreamEvents =>
        upstream is null ? (short)0 : isConnected ? upstream.Events(reads: !client.IsCongested) : Native.POLLOUT;

    private bool MayAsk => pending.Count < MostPending && !client.IsCongested && upstream?.IsCongested != true;

    /// <summary>Does what can be done without waiting; false when the session is over.</summary>
    /// <param name="clientReturned">What poll(2) says of the client.</param>
    /// <param name="upstreamReturned">And of the resolver.</param>
    /// <param name="time">Boot time, ns.</param>
    internal bool Advance(short clientReturned, short upstreamReturned, long time)
    {
        if (HasBroken(clientReturned))
        {
            return false;
        }

        if (upstreamReturned != 0)
        {
            HearUpstream(HasBroken(upstreamReturned));
        }

        if (clientReturned != 0 && MayAsk)
        {
            client.Receive();
        }

        client.Flush();
        while (AnswerNext() || AskNext())
        {
            lastMessage = time;
            client.Flush();
        }

        client.Flush();
        if (isConnected)
        {
            upstream?.Flush();
        }

        var isDone = (client.HasEnded && pending.Count == 0 && client.IsFlushed) || isUnanswerable;
        return !client.HasFailed && !isDone && time - lastMessage < IdleNs;
    }

    public void Dispose()
    {
        client.Dispose();
        upstream?.Dispose();
    }

    private static bool HasBroken(short returned) => (returned & (Native.POLLHUP | PollError)) != 0;

    private void HearUpstream(bool hasBroken)
    {
        if (upstream is null)
        {
            return;
        }

        if (!isConnected && !(isConnected = !hasBroken && parts.Upstreams.IsGenuine(upstream, who.Resolver)))
        {
            GiveUpUpstream();
        }
        else if (!client.IsCongested)
        {
            // Of a broken one too: the answer may have come before the break, which shows when everything was read.
            upstream.Receive();
        }
        else if (hasBroken)
        {
            GiveUpUpstream();
        }
    }

    private bool AnswerNext()
    {
        if (upstream is null || client.IsCongested)
        {
            return false;
        }

        if (upstream.TryTake(out var message))
        {
            Answer(message);
            return true;
        }

        if (upstream.HasEnded || upstream.HasFailed)
        {
            GiveUpUpstream();
        }

        return false;
    }

    private bool AskNext()
    {
        if (!MayAsk || !client.TryTake(out var message))
        {
            return false;
        }

        var query = DnsQuery.Read(message, MostQueryBytes);
        var verdict = parts.Judge.Judge(query, who);
        Tell(query, verdict);
        if (verdict.Verdict == KernelVerdict.Refused)
        {
            Reply(DnsReply.To(message, verdict.Code));
        }
        else
        {
            Forward(message, query, verdict);
        }

        return true;
    }

    private void Forward(ReadOnlySpan<byte> message, DnsQuery query, QuestionVerdict verdict)
    {
        var failure = DnsReply.To(message, DnsReply.ServerFailure);
        if (upstream is null)
        {
            isConnected = false;
            upstream = parts.Upstreams.Begin(who.Resolver);
        }

        if (upstream is null)
        {
            Reply(failure);
            return;
        }

        var question = query.Defect == DnsQueryDefect.None ? query.Question : null;
        pending.Add(new PendingQuestion(query.Id, question, verdict.Leases, failure));
        upstream.Send(message);
    }

    private void Answer(ReadOnlySpan<byte> message)
    {
        for (var i = 0; i < pending.Count; i++)
        {
            var asked = pending[i];
            if (asked.IsAnsweredBy(message))
            {
                parts.Leases.Lease(asked, message, cookie, who.Process);
                client.Send(message);
                if (!asked.HasManyAnswers)
                {
                    pending.RemoveAt(i);
                }

                return;
            }
        }
    }

    /// <summary>
    /// A message without a header has no answer: the connection ends instead of leaving its client waiting.
    /// </summary>
    private void Reply(byte[] message)
    {
        if (message.Length > 0)
        {
            client.Send(message);
        }
        else
        {
            isUnanswerable = true;
        }
    }

    /// <summary>What was asked gets SERVFAIL; the next question connects anew.</summary>
    private void GiveUpUpstream()
    {
        upstream?.Dispose();
        upstream = null;
        foreach (var asked in pending)
        {
            Reply(asked.Failure);
        }

        pending.Clear();
    }

    private void Tell(DnsQuery query, QuestionVerdict verdict)
    {
        var record = new NameAskedRecord
        {
            Cookie = cookie,
            Cgroup = who.Cgroup,
            QuestionType = query.Question?.Type ?? 0,
            Verdict = verdict.Verdict,
            Reason = verdict.Reason,
            Rule = verdict.Rule,
            Transport = Tcp,
            Pid = who.Pid,
            Execution = who.Execution,
        };
        MemoryMarshal.AsBytes(new ReadOnlySpan<AddressValue>(in who.Resolver)).CopyTo(record.Resolver);
        parts.Records.AddQuestion(record, who.Process, query.Question?.Name.ToText());
    }
}
