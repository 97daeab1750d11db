using System.Globalization;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Protocol.Recording;

namespace Sallyport.Agent.Core.Detection;

/// <summary>
/// <c>credentials-swept</c>: one command of a step, with all that it starts, opens credentials of three kinds that are not its
/// own. A tool that reads its own (git, docker, aws) does not count, and a script that calls several tools is several commands.
/// Bounded by <see cref="MostCommands"/>, for the length of the job.
/// </summary>
internal sealed class CredentialSweepDetector(Lineage lineage) : IDetector
{
    /// <summary>Kinds that no ordinary program needs together.</summary>
    internal const int Limit = 3;

    private const int MostCommands = 4096;
    private static readonly string[] SystemFolders = ["/usr/", "/bin/", "/sbin/", "/opt/", "/snap/"];

    private readonly Dictionary<string, SortedSet<string>> swept = new(StringComparer.Ordinal);

    public void Accept(RecordedEvent value, IEventSink<RecordedEvent> sink)
    {
        if (value is not IntrusionSeen { Call: "credential-opened", Process: { } process } seen
            || seen.Detail == 0 || seen.Detail > CredentialFiles.Families.Length)
        {
            return;
        }

        var family = CredentialFiles.Families[(int)seen.Detail - 1];
        if (IsOwner(family, lineage.Find(process)?.Exe))
        {
            return;
        }

        var command = lineage.CommandOf(process);
        if (!swept.TryGetValue(command, out var families))
        {
            if (swept.Count >= MostCommands)
            {
                return;
            }

            swept[command] = families = new SortedSet<string>(StringComparer.Ordinal);
        }

        if (families.Count < Limit && families.Add(family.Name) && families.Count == Limit)
        {
            sink.Accept(Finding.Of(
                ProcessFindings.CredentialsSwept,
                seen,
                process,
                seen.Step,
                isBlocked: false,
                ("credentials", string.Join(", ", families)),
                ("kinds", Limit.ToString(CultureInfo.InvariantCulture)),
                ("command", lineage.Find(command)?.Exe)));
        }
    }

    private static bool IsOwner(CredentialFamily family, string? exe) => exe is not null
        && family.Owners.Contains(exe[(exe.LastIndexOf('/') + 1)..])
        && SystemFolders.Any(folder => exe.StartsWith(folder, StringComparison.Ordinal));
}
