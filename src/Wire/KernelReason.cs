namespace Sallyport.Wire;

/// <summary><c>enum sp_reason</c>: why a verdict was given. One number, one meaning, never reused.</summary>
public enum KernelReason : byte
{
    /// <summary>A rule allows it; the record's rule says which.</summary>
    Rule = 1,

    /// <summary>Loopback is not egress.</summary>
    Loopback = 2,

    /// <summary>Between the job's own containers.</summary>
    OwnContainer = 3,

    /// <summary>The machine's resolver; the question itself is judged.</summary>
    Resolver = 4,

    /// <summary>Reply to an inbound peer that may be answered.</summary>
    Reply = 5,

    /// <summary>Another namespace's private destination: decided at the uplink.</summary>
    Uplink = 6,

    /// <summary>No rule names this destination.</summary>
    NoRule = 16,

    /// <summary>The name is allowed here, but no answer has leased this address to it.</summary>
    NoLease = 17,

    /// <summary>The address is leased, but to rules of other ports or protocols.</summary>
    Port = 18,

    /// <summary>A deny rule; the record's rule says which.</summary>
    Denied = 19,

    /// <summary>Neither TCP nor UDP, and no rule of that protocol.</summary>
    Protocol = 20,

    /// <summary>A raw socket that speaks TCP or UDP.</summary>
    RawSocket = 21,

    /// <summary>AF_PACKET.</summary>
    PacketSocket = 22,

    /// <summary>The packet leaves for another address than the one that was judged.</summary>
    Rewritten = 23,

    /// <summary>IPv4 options or an IPv6 routing header.</summary>
    IpOptions = 24,

    /// <summary>Reply to a peer outside the job's set.</summary>
    Inbound = 25,

    /// <summary>The name (SNI, Host, CONNECT, DNS question) is not allowed here.</summary>
    Name = 26,

    /// <summary>A flow to a leased address did not name itself.</summary>
    NoName = 27,

    /// <summary>A name or hello that cannot be read.</summary>
    NameMalformed = 28,

    /// <summary>DNS question of a type that is not on the list.</summary>
    QuestionType = 29,

    /// <summary>DNS message with other than one question.</summary>
    QuestionCount = 30,

    /// <summary>An IP fragment whose ports cannot be read.</summary>
    Fragment = 31,

    /// <summary>A bounded table is full: refused and counted.</summary>
    TableFull = 32,

    /// <summary>A DNS message that cannot be read.</summary>
    DnsMalformed = 33,

    /// <summary>DNS over TCP that no rule allows and the agent's resolver does not serve.</summary>
    DnsTcp = 34,

    /// <summary>A socket option that would pass by the uplink's hook.</summary>
    QueueBypass = 35,

    /// <summary>The agent does not look any more, and the policy says that nothing new leaves then.</summary>
    AgentLost = 36,

    /// <summary>A daemon of this machine that was there before the job, and no rule names it.</summary>
    Helper = 37,
}
