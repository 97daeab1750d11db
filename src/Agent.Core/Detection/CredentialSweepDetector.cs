using System.Globalization;
using System.Numerics;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>
/// <c>credentials-swept</c>: one command of a step, with all that it starts, opens credentials of three kinds that are not its
/// own. A tool that reads its own (git, docker, aws) does not count, and a step's script that calls several tools is several commands.
/// Keeps nothing itself: what a command opened is kept with it, by <see cref="Lineage"/>.
/// </summary>
internal sealed class CredentialSweepDetector(Lineage lineage) : IDetector
{
    /// <summary>Kinds that no ordinary program needs together.</summary>
    internal const int Limit = 3;

    private static readonly string[] SystemFolders = ["/usr/", "/bin/", "/sbin/", "/opt/", "/snap/"];

    /// <summary>By processes that are not known, so that what else their command opened is not.</summary>
    public long Overflow { get; private set; }

    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        if (value is not IntrusionSeen { Call: "credential-opened", Process: { } process } seen
            || seen.Detail == 0 || seen.Detail > CredentialFiles.Families.Length)
        {
            return;
        }

        var family = CredentialFiles.Families[(int)seen.Detail - 1];
        var entry = lineage.Find(process);
        if (IsOwner(family, entry?.Exe))
        {
            return;
        }

        if (entry is null)
        {
            Overflow++;
            return;
        }

        var command = entry.Command;
        var before = BitOperations.PopCount(command.Credentials);
        command.Credentials |= 1u << ((int)seen.Detail - 1);
        if (before == Limit - 1 && BitOperations.PopCount(command.Credentials) == Limit)
        {
            sink.Accept(Finding.Of(
                ProcessFindings.CredentialsSwept,
                seen,
                process,
                seen.Step,
                isBlocked: false,
                ("credentials", NamesOf(command.Credentials)),
                ("kinds", Limit.ToString(CultureInfo.InvariantCulture)),
                ("command", command.Exe)));
        }
    }

    private static string NamesOf(uint families) => string.Join(", ", CredentialFiles.Families
        .Where((_, at) => (families & (1u << at)) != 0).Select(family => family.Name).Order(StringComparer.Ordinal));

    private static bool IsOwner(CredentialFamily family, string? exe) => exe is not null
        && family.Owners.Contains(exe[(exe.LastIndexOf('/') + 1)..])
        && SystemFolders.Any(folder => exe.StartsWith(folder, StringComparison.Ordinal));
}
