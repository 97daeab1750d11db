using System.Collections.Immutable;

namespace Sallyport.Protocol.Report;

/// <summary>A process of the job. Its ancestry is the chain of <paramref name="Parent"/>.</summary>
/// <param name="Id">Other tables refer to it.</param>
/// <param name="Pid">In the initial pid namespace.</param>
/// <param name="Parent">Id, or null when the parent is outside the job.</param>
/// <param name="Exe">Path of the last program it ran, or its parent's; null when neither was seen.</param>
/// <param name="Argv">Of that program, masked.</param>
/// <param name="ArgvTruncated">True when argv was longer than what is captured.</param>
/// <param name="Cwd">Working directory when that program began; null when not seen.</param>
/// <param name="User">Real user id, decimal; null when not seen.</param>
/// <param name="Executed">False when it is a fork that ran its parent's program to the end.</param>
/// <param name="Unlinked">True when the executable has no name left (memfd, deleted).</param>
/// <param name="Sha256">Of the executable, 64 hexadecimal digits; null when not taken.</param>
/// <param name="Earlier">Programs that it ran before, the oldest first; the last few.</param>
/// <param name="Started">Wall clock; null when its start was not seen.</param>
/// <param name="Ended">Null when it outlived the recording.</param>
/// <param name="ExitCode">Null when a signal ended it, or it outlived the recording.</param>
/// <param name="Signal">That ended it, or null.</param>
/// <param name="Step">Id, or null.</param>
/// <param name="Container">Id, or null on the host.</param>
public sealed record ProcessDocument(
    string Id,
    int Pid,
    string? Parent,
    string? Exe,
    ImmutableArray<string> Argv,
    bool ArgvTruncated,
    string? Cwd,
    string? User,
    bool Executed,
    bool Unlinked,
    string? Sha256,
    ImmutableArray<ProgramDocument> Earlier,
    DateTimeOffset? Started,
    DateTimeOffset? Ended,
    int? ExitCode,
    int? Signal,
    string? Step,
    string? Container);
