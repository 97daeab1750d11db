using System.Collections.Immutable;

namespace Sallyport.Protocol.Recording;

/// <summary>A process replaced its program.</summary>
/// <param name="Process">Id.</param>
/// <param name="Exe">Path of the executable, from the inode that the kernel opened.</param>
/// <param name="Argv">Arguments, masked; invalid UTF-8 becomes U+FFFD.</param>
/// <param name="ArgvTruncated">True when argv was longer than the capture limit of 4096 bytes.</param>
/// <param name="WorkingDirectory">At the time of exec.</param>
/// <param name="Pid">In the initial pid namespace.</param>
/// <param name="UserId">Real user id in the initial user namespace.</param>
/// <param name="Unlinked">True when the executable has no name left (memfd, deleted).</param>
/// <param name="Container">Id of the container, or null on the host.</param>
/// <param name="Executable">Id of the executable as it is, for <see cref="ExecutableHashed"/>; null when it has none.</param>
public sealed record ProcessExecuted(
    string Process,
    string Exe,
    ImmutableArray<string> Argv,
    bool ArgvTruncated,
    string WorkingDirectory,
    int Pid,
    uint UserId,
    bool Unlinked,
    string? Container,
    string? Executable = null) : RecordedEvent;
