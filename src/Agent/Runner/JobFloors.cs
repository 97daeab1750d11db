using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Upload;
using Sallyport.Policy;
using Sallyport.Policy.Machine;
using Sallyport.Policy.Reading;
using Sallyport.Protocol.Control;
using Sallyport.Protocol.Ingest;

namespace Sallyport.Agent.Runner;

/// <summary>
/// Floors that a server's policy store has for one job. Those of the machine's own server hold whatever the job asks for, or nothing
/// (ADR 0028): the owner's from its start, narrower ones from when its first step shows which job it is.
/// </summary>
/// <param name="Stored">As the store has them, the widest first; for whoever takes over.</param>
/// <param name="InForce">Those that this agent can read.</param>
/// <param name="Notices">What the journal and the job's log are to say.</param>
/// <param name="Degraded">Why this is less than the machine's owner asked for; null when it is not.</param>
internal sealed record JobFloors(
    ImmutableArray<StoredPolicy> Stored, ImmutableArray<StoredFloor> InForce, ImmutableArray<ControlNotice> Notices, string? Degraded)
{
    /// <summary>Seconds that the start of a job waits for the server, at once with the deny list's.</summary>
    private const int MostSeconds = 4;

    /// <summary>Of a machine without a server.</summary>
    internal static JobFloors None { get; } = new([], [], [], null);

    /// <summary>
    /// Asks the machine's server, where agent.yml names one. Whatever comes of it the job goes on: with the answer, with the one that was
    /// kept, or without, and then that is said.
    /// </summary>
    /// <param name="settings">Of the machine.</param>
    /// <param name="place">Which job; its owner's alone when that is not known yet.</param>
    /// <param name="patience">What is left for servers.</param>
    internal static JobFloors Take(MachineSettings settings, JobPlace place, StartPatience patience)
    {
        if (settings.Server is not { } server)
        {
            return None;
        }

        try
        {
            var target = Credentials.OfMachine(settings)!;
            using var http = CurlClient.Asking(target, "floors", patience.AtMost(MostSeconds));
            var answer = new PolicyClient(target, http, AgentFolders.Policies).Get(place, name: null, out var staleBecause);
            var floors = Of(answer.Floors);
            return staleBecause is null || floors.Stored.IsEmpty ? floors : floors with
            {
                Notices = [.. floors.Notices, Warning("Earlier floors are in force", $"{floors.Names}: {server.Host} gave none: {staleBecause}")],
            };
        }
        catch (Exception e) when (e is CommandFailure or IOException or UnauthorizedAccessException)
        {
            var missing = Warning("Floors of the policy store are not known", e.Message);
            return None with { Notices = [missing], Degraded = Said(missing) };
        }
    }

    /// <summary>What a store answered, or what was kept of that. One that this agent cannot read is left out, and said.</summary>
    internal static JobFloors Of(ImmutableArray<StoredPolicy> stored)
    {
        var read = stored.Select(floor => (Name: NameOf(floor), Reading: Read(floor))).ToList();
        ImmutableArray<ControlNotice> unread =
        [
            .. read.Where(floor => floor.Reading.Document is null).Select(floor =>
                Warning("A floor of the policy store cannot be read", $"{floor.Name}: {floor.Reading.Mistakes[0]}")),
        ];
        return new JobFloors(
            stored,
            [.. read.Where(floor => floor.Reading.Document is not null).Select(floor => new StoredFloor(floor.Name, floor.Reading.Document!))],
            unread,
            unread.IsEmpty ? null : string.Join("; ", unread.Select(Said)));
    }

    /// <summary>As in <c>floor base version 3</c>; empty for none.</summary>
    internal string Names => string.Join(", ", InForce.Select(floor => floor.Name));

    /// <summary>The same versions: nothing is to be put in force.</summary>
    internal bool IsSame(JobFloors other) => Stored.SequenceEqual(other.Stored);

    private static string NameOf(StoredPolicy floor) => string.Create(CultureInfo.InvariantCulture, $"floor {floor.Name} version {floor.Version}");

    private static PolicyReading Read(StoredPolicy floor) =>
        PolicyReader.Read(PolicySource.File(floor.Name, Encoding.UTF8.GetBytes(floor.Text)));

    private static ControlNotice Warning(string title, string message) => new("warning", title, message);

    private static string Said(ControlNotice notice) => $"{notice.Title}: {notice.Message}";
}
