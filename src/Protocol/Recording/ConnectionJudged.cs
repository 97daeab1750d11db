namespace Sallyport.Protocol.Recording;

/// <summary>A flow, or a packet without a flow, was judged.</summary>
/// <param name="Connection">Id of the socket's flow; several lines may share it.</param>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c>, <c>icmp</c>, <c>ip-N</c>, or <c>unix</c>: a socket of this machine.</param>
/// <param name="Address">IPv4 dotted, IPv6 in RFC 5952 form; of <c>unix</c> the path, or <c>@</c> and an abstract name.</param>
/// <param name="Port">0 for protocols without ports.</param>
/// <param name="Name">Name that the job had asked for and that leased this address; null when none did.</param>
/// <param name="Verdict">Of the kernel.</param>
/// <param name="Rule">Number of the rule that decided, or null.</param>
/// <param name="Reason">Kebab-case name of the kernel's reason.</param>
/// <param name="Hook"><c>connect</c>, <c>sendmsg</c>, <c>egress</c>, <c>uplink</c>, <c>sockopt</c>, <c>resolver</c>, <c>creation</c>.</param>
/// <param name="Process">Who, or null when unknown.</param>
/// <param name="Step">Id of the step, when known.</param>
/// <param name="Container">Id of the container, or null on the host.</param>
/// <param name="Count">Attempts that this line stands for.</param>
public sealed record ConnectionJudged(
    string Connection,
    string Protocol,
    string Address,
    int Port,
    string? Name,
    RecordedVerdict Verdict,
    int? Rule,
    string Reason,
    string Hook,
    string? Process,
    string? Step,
    string? Container,
    long Count) : RecordedEvent;
